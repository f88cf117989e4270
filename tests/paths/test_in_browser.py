"""The pages of paths in Chromium: axe-core finds nothing; the editor by drag, by keys, on a phone, without a script."""

from __future__ import annotations

import pytest

from coe.paths import services
from coe.paths.models import Path, Step
from tests.paths.conftest import ASKED

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BASE = "/paths/team-start/"
STEPS = ("draft/add/", *(f"draft/add/?kind={kind}" for kind in ("read", "task", "quiz", "meet", "verified")))
PAGES = (
    *("/paths/", "/paths/new/", "/paths/rung-1/", BASE, f"{BASE}editions/2/", f"{BASE}changes/?before=1&after=2"),
    *(f"{BASE}{page}" for page in (*STEPS, "edit/", "draft/", "draft/preview/", "draft/publish/", "draft/discard/")),
    f"{BASE}draft/preview/?role=mentor&experience=experienced",
    f"{BASE}draft/add/?kind=verified&check=look-here",
    *(f"{BASE}draft/steps/{key}/" for key in ("read", "run", "quiz", "run/remove")),
)


@pytest.fixture
def writer(make, admin, path, draft):
    by = {"slug": path.slug, "actor": admin}
    guide = make.document("how-to-log", title="How to log a run")
    services.add_step(**by, key="log", kind="read", title="Read how to log a run", document=guide, minutes=15)
    services.add_step(**by, key="bare", kind="quiz", title="Ask what was learnt", roles=["mentor"], is_optional=True)
    services.edit_step(**by, key="read", title="Read what we are for", text="Read *this* and `that`.")
    for level in (1, 2, 3):
        make.path(f"rung-{level}", audience="mentor", level=level, summary="One rung further up.")
    return admin


def keys():
    return list(Step.objects.filter(edition__state="draft").order_by("position").values_list("key", flat=True))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark on a phone"])
def test_nothing_is_found(chromium, axe, writer, dark):
    page = chromium(writer, dark=dark, phone=dark)
    for address in PAGES:
        assert page.goto(address).status == 200, address
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{address} is too wide"


def test_what_is_wrong_is_found_too(chromium, axe, writer):
    page = chromium(writer)
    page.goto(f"{BASE}draft/add/?kind=quiz")
    page.get_by_label("It asks").first.fill("Half a question")
    page.get_by_role("button", name="Add").last.click()
    page.get_by_text("Nothing was saved yet").wait_for()
    axe(page)


def handle(page, title):
    return page.get_by_role("button", name=f"Move {title}", exact=True)


def drag(page, title, onto, *, below=True, release=True):
    """The handle of one step onto the lower (or upper) half of another one."""
    start = handle(page, title).bounding_box()
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    box = page.locator(f"li[data-key={onto}]").bounding_box()
    at = box["y"] + box["height"] * (0.75 if below else 0.25)
    page.mouse.move(start["x"] + 8, (start["y"] + at) / 2)
    page.mouse.move(start["x"] + 8, at)
    if release:
        page.mouse.up()


def said(page, sentence):
    page.locator("[data-reorder-said]", has_text=sentence).wait_for(state="attached")


class TestByDrag:
    def test_down_and_up(self, chromium, writer):
        page = chromium(writer)
        page.goto(f"{BASE}draft/")
        drag(page, "Run", "ask")
        said(page, "Run is step 3 now.")
        assert keys()[:4] == ["read", "ask", "run", "quiz"]
        drag(page, "Read how to log a run", "ask", below=False)
        said(page, "Read how to log a run is step 2 now.")
        assert keys() == ["read", "log", "ask", "run", "quiz", "bare"]
        # What was dragged keeps the focus, and the page goes on with the newest version.
        assert page.evaluate("document.activeElement.closest('li').dataset.key") == "log"
        page.reload()
        shown = page.locator("li[data-key]").evaluate_all("all => all.map(one => one.dataset.key)")
        assert shown == keys()

    def test_what_is_refused_is_shown_and_nothing_moves(self, chromium, writer, axe):
        page = chromium(writer)
        page.goto(f"{BASE}draft/")
        drag(page, "Run", "read", below=False)
        page.get_by_role("alert").get_by_text("“Run” needs “Read what we are for” first").wait_for()
        axe(page)
        assert keys()[:2] == ["read", "run"]

    def test_escape_lets_it_go(self, chromium, writer):
        page = chromium(writer)
        page.goto(f"{BASE}draft/")
        drag(page, "Run", "ask", release=False)
        assert page.locator(".dragged").count() == 1
        page.keyboard.press("Escape")
        page.mouse.up()
        assert page.locator(".dragged, .drop-before, .drop-after").count() == 0
        assert keys()[:3] == ["read", "run", "ask"]

    def test_somebody_else_changed_it_meanwhile(self, chromium, writer, path):
        page = chromium(writer)
        page.goto(f"{BASE}draft/")
        services.edit_step(slug=path.slug, actor=writer, key="ask", title="Ask away")
        drag(page, "Run", "ask")
        page.get_by_role("alert").get_by_text("Somebody else changed this draft").wait_for()
        # The list is as it stands now; once more, and it moves.
        drag(page, "Run", "ask")
        said(page, "Run is step 3 now.")
        assert page.get_by_role("alert").count() == 0

    def test_to_the_edge_of_a_small_screen_and_on(self, chromium, make, admin):
        make.path("long", owner=admin, steps=[{"key": f"s{n}"} for n in range(25)], published=False)
        page = chromium(admin, phone=True)
        page.goto("/paths/long/draft/")
        start = handle(page, "S1").bounding_box()
        page.mouse.move(start["x"] + 8, start["y"] + 8)
        page.mouse.down()
        page.mouse.move(start["x"] + 8, 730)
        # It scrolls as far as the list goes, in so many frames at most: the page must not grow with what is dragged.
        seen = """new Promise(done => { let frames = 0; const look = () => {
            const end = document.querySelector("#steps ol").getBoundingClientRect().bottom;
            end <= innerHeight || ++frames > 3000 ? done(end <= innerHeight) : requestAnimationFrame(look);
        }; look(); })"""
        assert page.evaluate(seen)
        page.mouse.up()
        said(page, "S1 is step 25 now.")
        assert keys()[-1] == "s1"


class TestByKeys:
    def test_alt_and_arrows_one_after_the_other(self, chromium, writer):
        page = chromium(writer)
        page.goto(f"{BASE}draft/")
        handle(page, "Read how to log a run").focus()
        # Faster than the server answers: each is asked on what the one before it left.
        for _ in range(3):
            page.keyboard.press("Alt+ArrowUp")
        said(page, "Read how to log a run is step 2 now.")
        assert keys()[:3] == ["read", "log", "run"]
        assert page.evaluate("document.activeElement.matches('[data-handle]')")
        page.keyboard.press("Alt+ArrowDown")
        said(page, "Read how to log a run is step 3 now.")

    def test_at_the_ends_it_says_so(self, chromium, writer):
        page = chromium(writer)
        page.goto(f"{BASE}draft/")
        handle(page, "Read what we are for").focus()
        page.keyboard.press("Alt+ArrowUp")
        said(page, "It is the first one already.")
        handle(page, "Ask what was learnt").focus()
        page.keyboard.press("Alt+ArrowDown")
        said(page, "It is the last one already.")

    def test_the_buttons_keep_the_focus(self, chromium, writer):
        page = chromium(writer)
        page.goto(f"{BASE}draft/")
        page.get_by_role("button", name="Down Run", exact=True).press("Enter")
        said(page, "Run is step 3 now.")
        assert page.evaluate("document.activeElement.dataset.way") == "down"
        assert "#" not in page.url


def test_a_path_is_written_without_a_script(chromium, make, admin):
    make.document("how-to-log", title="How to log a run")
    page = chromium(admin, javascript=False)
    page.goto("/paths/new/")
    page.get_by_label("Title").fill("First run")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("link", name="Add a step").click()
    page.get_by_role("link", name="Read", exact=True).click()
    page.get_by_label("Title").fill("Read how")
    page.locator("#id_guide").fill("how to log")
    page.get_by_role("button", name="Add").last.click()
    page.get_by_role("link", name="Add a step").click()
    page.get_by_role("link", name="Quiz", exact=True).click()
    page.get_by_label("Title").fill("Know it")
    page.get_by_label("It asks").first.fill(ASKED["text"])
    page.get_by_label("Options").first.fill("* This\nThat")
    page.get_by_role("button", name="More questions").click()
    assert page.get_by_label("It asks").count() == 4
    page.get_by_role("button", name="Add").last.click()
    assert page.get_by_role("button", name="Move Know it").count() == 0
    page.get_by_role("button", name="Up Know it").click()
    assert keys() == ["know-it", "read-how"]
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("Edition 1 is published").wait_for()
    steps = list(Path.objects.get(slug="first-run").editions.get().steps.order_by("position"))
    assert steps[0].questions == [{**ASKED, "why": ""}]
    assert steps[1].document.slug == "how-to-log"
