"""A reader votes, reports a wrong output and is answered, in Chromium; the library; axe on each page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from coe.guides.models import Feedback
from tests.factories import Make
from tests.guides.readers import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = pytest.mark.parametrize(
    ("phone", "dark"), [(False, False), (True, True)], ids=["wide and light", "phone and dark"]
)


@pytest.fixture
def world(make: Make) -> Any:
    world = build(make)
    make.version(world.churn_model, 7)
    return world


def fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"


@LOOKS
@pytest.mark.parametrize("where", ["/guides/read-scores/", "/models/tracker/churn-xgb/"])
def test_a_reader_speaks_and_is_answered(
    world: Any, chromium: Any, axe: Any, phone: bool, dark: bool, where: str
) -> None:
    reader = chromium(world.reader, phone=phone, dark=dark)
    reader.goto(where)
    panel = reader.locator("#feedback")
    panel.get_by_role("button", name="No", exact=True).click()
    expect(panel.get_by_text("You said no.")).to_be_visible()
    axe(reader)
    panel.get_by_label("What did you miss?").fill("An example.")
    panel.get_by_role("button", name="Send it to the owner").click()
    expect(panel.get_by_text("1 comment waits for an answer")).to_be_visible()
    expect(panel.get_by_label("What did you miss?")).to_have_count(0)
    assert reader.url.endswith(where)

    with reader.expect_navigation():
        panel.get_by_role("link", name="Report a wrong output").click()
    axe(reader)
    fits(reader)
    reader.get_by_label("What came out").fill("A score of 90 for somebody who stayed")
    reader.get_by_label("What was right").fill("Below 40")
    reader.get_by_role("button", name="Send it").click()
    expect(reader.get_by_role("heading", name="1 open report of a wrong output")).to_be_visible()
    axe(reader)
    fits(reader)

    owner = chromium(world.owner, phone=phone, dark=dark)
    owner.goto("/")
    axe(owner)
    with owner.expect_navigation():
        owner.get_by_role("link", name="A score of 90 for somebody who stayed").click()
    axe(owner)
    fits(owner)
    owner.get_by_label("What comes of it").select_option("mended")
    owner.get_by_label("Your answer").fill("The **next** version has it right.")
    owner.get_by_role("button", name="Answer", exact=True).click()
    expect(owner.get_by_text("Answered. Whoever said it sees the answer on their home page.")).to_be_visible()
    axe(owner)
    owner.goto("/feedback/")
    axe(owner)
    fits(owner)

    reader.goto("/")
    expect(reader.get_by_role("heading", name="You were answered")).to_be_visible()
    axe(reader)
    fits(reader)
    reader.get_by_role("link", name="A score of 90 for somebody who stayed").click()
    expect(reader.locator(".thread strong", has_text="next")).to_be_visible()
    assert Feedback.objects.filter(state="answered").count() == 1


def test_without_javascript_a_vote_is_one_click_too(world: Any, chromium: Any) -> None:
    reader = chromium(world.reader, javascript=False)
    reader.goto("/models/tracker/churn-xgb/")
    reader.locator("#feedback").get_by_role("button", name="Yes", exact=True).click()
    expect(
        reader.locator("#feedback").get_by_text("1 of 1 found it helpful in version 7. You said yes.")
    ).to_be_visible()
    assert reader.url.endswith("/models/tracker/churn-xgb/#feedback")


@LOOKS
def test_the_library(world: Any, make: Make, chromium: Any, axe: Any, phone: bool, dark: bool) -> None:
    make.document(
        "wrong", title="What went wrong", kind="lesson", outcome="failure", about=world.churn, tags=["pricing"]
    )
    make.document("auc", title="AUC", kind="glossary")
    owner = chromium(world.owner, phone=phone, dark=dark)
    owner.goto("/guides/")
    axe(owner)
    fits(owner)
    owner.get_by_role("link", name="What did not work").click()
    expect(owner.get_by_role("link", name="What went wrong")).to_be_visible()
    axe(owner)
    fits(owner)
    owner.get_by_role("link", name="pricing").click()
    expect(owner.get_by_role("heading", name="Tagged “pricing”")).to_be_visible()
    owner.goto("/guides/glossary/")
    axe(owner)
    fits(owner)
    owner.goto("/projects/churn/")
    expect(owner.get_by_role("link", name="Write a lesson")).to_be_visible()
    axe(owner)
    fits(owner)
