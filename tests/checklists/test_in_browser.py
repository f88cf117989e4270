"""The pages of checklists in Chromium: axe-core finds nothing, and the editor works without JavaScript."""

from __future__ import annotations

import pytest

from projects.checklists import services
from projects.checklists.models import Item
from tests.factories import Make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    *("", "new/", "production-readiness/", "production-readiness/1/", "production-readiness/2/", "pilot/"),
    *("production-readiness/edit/", "production-readiness/draft/", "production-readiness/draft/publish/"),
    *("production-readiness/draft/add/", "production-readiness/draft/add/?kind=automatic"),
    "production-readiness/draft/add/?kind=automatic&check=metric_beats_threshold",
    *("production-readiness/draft/add/?kind=sign_off", "production-readiness/draft/items/model-code-reviewed/"),
    *("production-readiness/draft/items/model-code-reviewed/remove/", "production-readiness/draft/discard/"),
    "production-readiness/diff/?before=1&after=2",
)


@pytest.fixture
def admin():
    admin = Make().person(roles=[("administrator", None)])
    by = {"slug": "production-readiness", "actor": admin}
    services.draft_edition(**by)
    services.edit_item(
        **by, key="model-code-reviewed", title="Somebody else reviewed the code", help="Link the review."
    )
    services.remove_item(**by, key="data-features-cost")
    services.add_item(**by, key="data-licences", group="Data", title="Licences of the data allow it")
    services.move_group(**by, group="Handover", way="up")
    return admin


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_is_found(chromium, axe, admin, dark):
    page = chromium(admin, dark=dark, phone=dark)
    for path in PAGES:
        assert page.goto(f"/checklists/{path}").status == 200, path
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{path} is too wide"


def test_an_edition_is_written_without_javascript(chromium, admin):
    page = chromium(admin, javascript=False)
    page.goto("/checklists/pilot/")
    page.get_by_role("button", name="Begin the next edition").click()
    page.get_by_role("link", name="Add to Facts").click()
    page.get_by_role("navigation", name="Kind of item").get_by_role("link", name="Check").click()
    page.get_by_label("Check").select_option(label="Metric beats a threshold")
    page.get_by_role("button", name="Choose").click()
    page.get_by_label("Title").fill("It is good enough to try")
    page.get_by_label("Metric").fill("auc")
    page.get_by_label("Threshold").fill("0.7")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Up It is good enough to try").click()
    page.get_by_role("link", name="Take off The model is described").click()
    page.get_by_role("button", name="Take it off").click()
    page.get_by_role("link", name="Publish").click()
    page.get_by_label("What changed").fill("A first threshold")
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("It is good enough to try").first.wait_for()
    keys = Item.objects.filter(edition__checklist__slug="pilot", edition__number=2, group="Facts")
    assert list(keys.values_list("key", flat=True)) == [
        "handover-owner-support",
        "handover-source-run",
        "handover-signature",
        "it-is-good-enough-to-try",
    ]
