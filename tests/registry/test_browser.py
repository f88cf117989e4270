"""An approver decides about a drifted alias in Chromium: with a keyboard, on a phone, in the dark, without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from projects.registry.models import AliasOrder
from tests.factories import Make
from tests.fixtures import Browsing
from tests.registry import paper

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Axe = Callable[[Page], None]
PAGE = "/sources/lab/registry/"


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)])
def test_an_approver_puts_an_alias_back(make: Make, chromium: Browsing, axe: Axe, phone: bool, dark: bool) -> None:
    written = paper.build(make)
    AliasOrder.objects.update(error="mlflow.example does not answer on port 5000.", attempts=3)
    page = chromium(written.approver, phone=phone, dark=dark)
    page.goto(PAGE)
    axe(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Moved aliases").click()
    axe(page)
    with page.expect_navigation():
        page.get_by_role("link", name="standby", exact=True).click()
    axe(page)
    page.get_by_label("Why").fill("Nobody tested version 1")
    page.get_by_role("button", name="Put it back on version 2").click()
    page.get_by_text("Decided. MLflow is asked to put it back.").wait_for()
    axe(page)
    written.drift.refresh_from_db()
    assert written.drift.state == "put_back"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_it_works_without_scripts(make: Make, chromium: Browsing) -> None:
    written = paper.build(make)
    page = chromium(written.approver, javascript=False)
    page.goto(PAGE + "?show=drift")
    page.get_by_role("link", name="Keep it").click()
    page.get_by_label("Why").fill("Rolled back at night")
    page.get_by_role("button", name="Keep standby on version 1").click()
    page.get_by_text("Recorded.").wait_for()
    written.drift.refresh_from_db()
    assert written.drift.state == "recorded"


def test_an_administrator_sets_the_opening_rule(make: Make, chromium: Browsing, axe: Axe) -> None:
    paper.build(make)
    page = chromium(make.person(roles=[("administrator", None)]))
    page.goto(PAGE)
    page.get_by_label("A draft opens for").select_option("tag")
    page.get_by_label("Tag").fill("")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("must name the tag that versions carry").first.wait_for()
    axe(page)
    page.get_by_label("Tag").fill("coe.handoff")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("For versions with the tag coe.handoff").wait_for()
