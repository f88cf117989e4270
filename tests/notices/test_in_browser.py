"""In Chromium: the count updates by itself, the inbox, the choices, the way out, the mail; axe on each page."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from coe.accounts.services import end_sessions
from coe.notices import links, services
from coe.notices.models import Choice, Notice
from tests.factories import Make
from tests.notices.conftest import Notices

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = pytest.mark.parametrize(
    ("phone", "dark"), [(False, False), (True, True)], ids=["wide and light", "phone and dark"]
)
HALF_A_MINUTE = 31_000


@pytest.fixture
def reader(make: Make) -> Any:
    return make.person("reader@example.com", name="Rita Reader")


@pytest.fixture
def project(make: Make) -> Any:
    return make.project("churn", name="Churn score")


def fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"


def bell(page: Page, count: int) -> Any:
    name = f"Notices {count} unread" if count else "Notices"
    return page.get_by_role("navigation", name="You").get_by_role("link", name=name, exact=True)


@LOOKS
def test_the_count_updates_by_itself(
    notices: Notices, reader: Any, project: Any, chromium: Any, axe: Any, phone: bool, dark: bool
) -> None:
    page = chromium(reader, phone=phone, dark=dark)
    page.clock.install()
    page.goto("/units/")
    expect(bell(page, 0)).to_be_visible()
    before = page.get_by_role("link", name="Notices").bounding_box()
    notices.tell(project, reader)
    page.clock.run_for(HALF_A_MINUTE)
    expect(bell(page, 1)).to_be_visible()
    expect(page.locator("#notices-said")).to_have_text("1 unread notice")
    # Nothing moved.
    assert bell(page, 1).bounding_box() == before
    axe(page)
    fits(page)
    notices.tell(project, reader, thread="handoff:2")
    bell(page, 1).focus()
    page.clock.run_for(HALF_A_MINUTE)
    expect(bell(page, 2)).to_be_visible()
    expect(bell(page, 2)).to_be_focused()
    # Read elsewhere: the number goes, and nothing is said aloud.
    services.mark_all_read(actor=reader)
    page.clock.run_for(HALF_A_MINUTE)
    expect(bell(page, 0)).to_be_visible()
    expect(page.locator("#notices-said")).to_have_text("2 unread notices")


def test_a_page_whose_session_ends_stays_as_it_is(notices: Notices, reader: Any, project: Any, chromium: Any) -> None:
    notices.tell(project, reader)
    page = chromium(reader)
    page.clock.install()
    page.goto("/units/")
    expect(bell(page, 1)).to_be_visible()
    end_sessions(person_id=reader.pk, actor=reader)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(HALF_A_MINUTE)
    expect(bell(page, 0)).to_be_visible()
    expect(page.get_by_role("heading", name="Sign in")).to_have_count(0)
    first = len(asked)
    page.clock.run_for(3 * HALF_A_MINUTE)
    page.evaluate("new Promise(resolve => requestAnimationFrame(() => resolve(1)))")
    assert (first, len(asked)) == (1, 1)


def test_a_server_that_is_away_is_no_news(reader: Any, project: Any, chromium: Any) -> None:
    page = chromium(reader)
    page.clock.install()
    page.goto("/units/")
    page.evaluate("document.getElementById('live').textContent = 'Something that matters'")
    page.route("**/notices/unread/**", lambda route: route.fulfill(status=500, body="broken"))
    with page.expect_response("**/notices/unread/**"):
        page.clock.run_for(HALF_A_MINUTE)
    expect(page.locator("#live")).to_have_text("Something that matters")
    page.unroute("**/notices/unread/**")
    with page.expect_response("**/notices/unread/**"):
        page.clock.run_for(HALF_A_MINUTE)
    expect(page.locator("#live")).to_have_text("Something that matters")
    # The script's own word on the answer that was broken on purpose.
    assert all("Response Status Error Code 500" in said for said in chromium.complaints)
    chromium.complaints.clear()


@LOOKS
def test_the_inbox(
    make: Make, notices: Notices, reader: Any, project: Any, chromium: Any, axe: Any, phone: bool, dark: bool
) -> None:
    page = chromium(reader, phone=phone, dark=dark)
    page.goto("/notices/")
    expect(page.get_by_role("heading", name="Nothing yet")).to_be_visible()
    axe(page)
    fits(page)
    for n in (1, 2, 3):
        notices.tell(project, reader, text=f"Ada wrote a {'very ' * 30}long message {n}.", url="/units/")
    notices.tell(project, reader, text="Björn accepted it.", thread="handoff:2", url="/units/")
    page.reload()
    expect(page.get_by_text("the newest of 3")).to_be_visible()
    expect(bell(page, 2)).to_be_visible()
    axe(page)
    fits(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Mark as read “Björn accepted it.”").click()
    expect(bell(page, 1)).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("link", name="long message 3").click()
    assert page.url.endswith("/units/")
    expect(bell(page, 0)).to_be_visible()
    notices.tell(project, reader, text="Once more.", thread="handoff:3")
    page.goto("/notices/?state=unread")
    axe(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("1 notice is marked as read.")).to_be_visible()
    page.get_by_label("State").select_option("unread")
    expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
    axe(page)
    assert not Notice.objects.unread().exists()


@LOOKS
def test_choosing(reader: Any, chromium: Any, axe: Any, phone: bool, dark: bool) -> None:
    page = chromium(reader, phone=phone, dark=dark)
    page.goto("/me/")
    with page.expect_navigation():
        page.get_by_role("link", name="What reaches me").click()
    axe(page)
    fits(page)
    group = page.get_by_role("group", name="Handoffs")
    expect(group.get_by_label("E-mail")).to_have_value("at_once")
    group.get_by_label("E-mail").select_option("daily")
    page.get_by_label("Hour of the daily digest").select_option("17")
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. It holds for what happens from now on.")).to_be_visible()
    expect(page.get_by_role("group", name="Handoffs").get_by_label("E-mail")).to_have_value("daily")
    page.get_by_label("Address of the webhook").fill("http://hooks.slack.com/services/x")
    page.get_by_role("button", name="Save the address").click()
    expect(page.locator("ul.errors").get_by_text("must begin with https://")).to_be_visible()
    axe(page)
    fits(page)
    page.get_by_label("Address of the webhook").fill("https://hooks.slack.com/services/x")
    page.get_by_role("button", name="Save the address").click()
    expect(page.get_by_role("button", name="Send a test message")).to_be_visible()
    axe(page)
    fits(page)


@LOOKS
@pytest.mark.parametrize("javascript", [True, False], ids=["with a script", "without a script"])
def test_the_way_out(reader: Any, chromium: Any, axe: Any, phone: bool, dark: bool, javascript: bool) -> None:
    page = chromium(phone=phone, dark=dark, javascript=javascript)
    page.goto(f"/notices/unsubscribe/{links.unsubscribe_token(reader.pk, 'handoffs')}/")
    if javascript:
        axe(page)
    fits(page)
    page.get_by_role("button", name="Stop these mails").click()
    expect(page.get_by_role("heading", name="Done: no more of these mails")).to_be_visible()
    if javascript:
        axe(page)
    fits(page)
    assert Choice.objects.get().when == "off"


def test_without_a_script_the_inbox_works_too(notices: Notices, reader: Any, project: Any, chromium: Any) -> None:
    notices.tell(project, reader, text="Ada accepted it.", url="/units/")
    page = chromium(reader, javascript=False)
    page.goto("/units/")
    page.get_by_role("link", name="Notices").click()
    page.get_by_role("link", name="Ada accepted it.").click()
    assert page.url.endswith("/units/")
    assert not Notice.objects.unread().exists()


@LOOKS
@pytest.mark.parametrize("is_digest", [False, True], ids=["at once", "digest"])
def test_the_mail_as_it_looks(
    notices: Notices, reader: Any, project: Any, chromium: Any, phone: bool, dark: bool, is_digest: bool
) -> None:
    if is_digest:
        notices.choose(reader, "handoffs", "email", "daily")
        notices.tell(project, reader, topic="projects", text="Churn score moved to production.", thread="project:1")
    for n in (1, 2):
        notices.tell(project, reader, text=f"Ada Lovelace wrote {n}: the calibration is off for customers of a year.")
    notices.post()
    page = chromium(phone=phone, dark=dark)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(mail.outbox[0].alternatives[0][0])
    expect(page.get_by_role("link", name="Ada Lovelace wrote 2")).to_be_visible()
    fits(page)
    # Nothing is fetched: no picture tells anybody that the mail was opened.
    assert asked == []
