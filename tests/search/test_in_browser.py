"""The palette and the page in Chromium, with the keys alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("look", [{}, {"dark": True}, {"phone": True}], ids=str)
def test_the_palette_finds_a_model_by_a_misspelt_word(company, chromium, axe, look):
    page = chromium(company.boss, **look)
    page.goto("/me/")
    page.keyboard.press("/")
    box = page.locator("#palette-q")
    expect(box).to_be_focused()
    axe(page)
    box.press_sequentially("chrun")
    option = page.locator("#palette-list").get_by_role("option", name="churn-xgb")
    expect(option).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    axe(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "-")
    page.keyboard.press("Enter")
    page.wait_for_url("**/models/main/churn-xgb/")


def test_arrows_go_round_by_way_of_what_is_typed(company, chromium):
    page = chromium(company.boss)
    page.goto("/me/")
    page.keyboard.press("/")
    box = page.locator("#palette-q")
    box.press_sequentially("chur")
    options = page.locator("#palette-list [role=option]")
    expect(options).to_have_count(3)
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette-list [aria-selected=true]")).to_have_count(0)
    expect(box).to_be_focused()


def test_escape_closes_and_enter_searches(company, chromium, axe):
    page = chromium(company.boss)
    page.goto("/me/")
    page.keyboard.press("/")
    dialog = page.locator("dialog.palette")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("/")
    page.locator("#palette-q").press_sequentially("churn")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=churn")
    axe(page)


def test_a_slash_that_is_typed_stays_a_slash(company, chromium):
    page = chromium(company.boss)
    page.goto("/search/")
    page.get_by_label("Words").press_sequentially("a/b")
    expect(page.get_by_label("Words")).to_have_value("a/b")
    expect(page.locator("dialog.palette")).to_be_hidden()


@pytest.mark.parametrize("look", [{}, {"dark": True}, {"phone": True}], ids=str)
@pytest.mark.parametrize("query", ["", "?q=churn&unit=retail", "?q=chrun", "?q=zzzzqqqq"])
def test_the_page_is_accessible(company, chromium, axe, look, query):
    page = chromium(company.boss, **look)
    page.goto(f"/search/{query}")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_without_javascript_the_box_of_the_page_searches(company, chromium):
    page = chromium(company.boss, javascript=False)
    page.goto("/me/")
    page.get_by_role("searchbox").fill("churn")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=churn")
    page.get_by_role("link", name="Customer churn").click()
    page.wait_for_url("**/projects/churn/")
