"""Model pages in Chromium: nothing for axe to find, nothing wider than the screen, a guide written and read."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from coe.guides.services import publish_document
from projects.modelpages import services
from projects.modelpages.sections import guide_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def full(world: Any) -> Any:
    """With a guide for version 1, verified, and version 2 in production since; figures, a report, a user."""
    world.bind()
    world.bind(0.6, key="recall", name="Recall")
    world.publish(1, verified=True)
    services.use_model(model_id=world.model.pk, actor=world.stakeholder, purpose="Whom to call on Monday")
    world.make.feedback(world.model, author=world.stakeholder)
    return world


PATHS = ("", "versions/", "guide/edit/", "guide/confirm/")


@pytest.mark.parametrize(("dark", "phone"), [(False, False), (True, False), (False, True), (True, True)])
def test_axe_finds_nothing(full: Any, chromium: Any, axe: Any, dark: bool, phone: bool) -> None:
    page = chromium(full.owner, dark=dark, phone=phone)
    for path in (*(full.url + part for part in PATHS), "/models/mine/", "/models/", "/"):
        assert page.goto(path).ok, path
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.parametrize("phone", [False, True])
def test_the_emptiest_page_too(world: Any, chromium: Any, axe: Any, phone: bool) -> None:
    bare = world.make.model(world.source, project=world.project, name="bare")
    page = chromium(world.stakeholder, phone=phone)
    assert page.goto(bare.get_absolute_url()).ok
    axe(page)
    assert page.goto("/models/mine/?q=nothing").ok
    axe(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_written_published_read_and_used(world: Any, chromium: Any, javascript: bool) -> None:
    page = chromium(world.member, javascript=javascript)
    page.goto(world.url)
    page.get_by_role("link", name="Write the guide").click()
    page.get_by_label("Title").fill("Churn risk score")
    page.get_by_role("textbox", name="What it decides").fill("Whom to **call** on Monday.")
    if javascript:
        expect(page.locator("#p-decides strong")).to_have_text("call")
    else:
        page.get_by_role("button", name="Preview").click()
        expect(page.locator("#p-decides strong")).to_have_text("call")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Readers see it now.")).to_be_visible()
    page = chromium(world.stakeholder, javascript=javascript)
    page.goto(world.url)
    expect(page.get_by_role("heading", name="Churn risk score")).to_be_visible()
    expect(page.locator("article strong")).to_have_text("call")
    page.get_by_label("What for").fill("Calls")
    page.get_by_role("button", name="I use this").click()
    page.get_by_role("link", name="models that touch me").click()
    expect(page.get_by_text("You use it: Calls.")).to_be_visible()


def test_two_editors_at_once(world: Any, chromium: Any, axe: Any) -> None:
    made = world.write(1, decides="Whom to call.", act="Call them.")
    publish_document(slug=made.document.slug, actor=world.owner, revision=1)
    one, other = chromium(world.owner), chromium(world.member)
    for page in (one, other):
        page.goto(world.url + "guide/edit/")
    one.get_by_role("textbox", name="What it decides").fill("Whom to call first.")
    one.get_by_role("button", name="Publish").click()
    expect(one.get_by_text("Readers see it now.")).to_be_visible()
    other.get_by_role("textbox", name="What to do with it").fill("Call them on Monday.")
    other.get_by_role("button", name="Publish").click()
    expect(other.get_by_text("saved revision 2 while you were writing")).to_be_visible()
    axe(other)
    expect(other.get_by_role("textbox", name="What it decides")).to_have_value("Whom to call first.")
    expect(other.get_by_role("textbox", name="What to do with it")).to_have_value("Call them on Monday.")
    other.get_by_role("button", name="Publish").click()
    expect(other.get_by_text("Readers see it now.")).to_be_visible()
    latest = guide_of(world.model)
    assert latest
    assert latest.published
    assert latest.published.number == 3
