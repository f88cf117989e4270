import pytest

from tests.paths.test_in_browser import *  # noqa
from tests.paths.test_in_browser import writer  # noqa

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
for name in [n for n in globals() if n.startswith(("test_", "Test"))]:
    del globals()[name]

LOOK = {
    "library": "/paths/",
    "path": BASE,
    "draft": f"{BASE}draft/",
    "preview": f"{BASE}draft/preview/",
    "quiz": f"{BASE}draft/steps/quiz/",
    "kinds": f"{BASE}draft/add/",
    "publish": f"{BASE}draft/publish/",
    "changes": f"{BASE}changes/?before=1&after=2",
    "checks": f"{BASE}draft/add/?kind=verified",
    "read": f"{BASE}draft/steps/log/",
    "remove": f"{BASE}draft/steps/run/remove/",
}


@pytest.mark.parametrize("dark", [False, True])
def test_zz(chromium, writer, dark):
    page = chromium(writer, dark=dark, phone=dark)
    for name, address in LOOK.items():
        page.goto(address)
        page.screenshot(path=f"/tmp/g-{name}-{'d' if dark else 'l'}.png", full_page=True)
    if not dark:
        page.goto(f"{BASE}draft/")
        drag(page, "Run", "ask", release=False)
        page.screenshot(path="/tmp/g-drag.png")
        page.mouse.up()
