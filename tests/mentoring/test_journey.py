"""A team that is stuck has the right person: asked, routed, accepted on a phone, answered, resolved, rated, a guide."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from coe.mentoring import places, placing, services
from coe.mentoring.models import Message, Request, Served
from coe.mentors.models import Skill
from tests.factories import Make
from tests.guides.pictures import png
from tests.mentoring.company import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """([name, type, body]) => {
  const bytes = Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type }));
  const target = document.querySelector("#reply textarea");
  target.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data }));
}"""


@pytest.fixture
def world(make: Make, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(places, "wake", lambda: None)
    made = build(make)
    made.churn.techniques = ["boosting"]
    made.churn.save()
    Skill.objects.create(mentor=made.wanjiru, tag="boosting", level=3)
    made.wanjiru.zone = "Africa/Nairobi"
    made.wanjiru.save()
    guide = make.document("scores", title="Calibrate the scores of a classifier", text="How to calibrate scores.")
    made.guide = guide
    call_command("rebuild_search", verbosity=0)
    return made


def go(page: Page, name: str, role: str = "button") -> None:
    """Click what leads to another page, and wait for it."""
    with page.expect_navigation():
        page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]  # a role's name


def paste(page: Page, name: str, kind: str, body: bytes) -> None:
    page.evaluate(PASTE, [name, kind, base64.b64encode(body).decode()])


def narrow_enough(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels wider than the screen"


def test_a_team_that_is_stuck_is_helped(world, chromium, axe) -> None:  # type: ignore[no-untyped-def]  # fixtures
    team = chromium(world.asker)
    team.goto("/projects/churn/")
    go(team, "Ask a mentor", "link")
    expect(team.locator(".lede")).to_contain_text("About Churn")
    team.get_by_label("What are you trying to do?").press_sequentially("Calibrate the scores", delay=5)
    offered = team.locator("#answers")
    expect(offered.get_by_role("link", name="Calibrate the scores of a classifier")).to_be_visible()
    axe(team)
    team.get_by_label("Topic", exact=True).fill("calibration")
    team.get_by_label("Today: we are stuck").check()
    team.get_by_text("More: details, people, what it is about").click()
    expect(team.get_by_label("Further skills that would help")).to_have_value("boosting")
    team.get_by_label("More about it").fill("Version 7 is **too high**.")
    expect(team.locator(".previewed strong")).to_have_text("too high")
    team.get_by_label("Somebody by name").select_option(label="Rosalind Franklin")
    team.get_by_label("Somebody by name").select_option(label="Whoever fits best")
    axe(team)
    # The answers stood there while they typed: nobody is held up by them once more.
    go(team, "Ask")
    expect(team.get_by_text("Sent. Cairn looks for a mentor.")).to_be_visible()
    axe(team)
    row = Request.objects.get()
    assert placing.route() == 1

    phone = chromium(world.wanjiru.person, phone=True, dark=True)
    phone.goto("/")
    expect(phone.get_by_role("heading", name="Requests that wait for your answer")).to_be_visible()
    phone.goto("/mentoring/")
    expect(phone.get_by_text("You can teach boosting, use calibration.")).to_be_visible()
    axe(phone)
    narrow_enough(phone)
    with phone.expect_navigation():
        phone.get_by_role("button", name="Accept").tap()
    expect(phone.get_by_text("You have it. Say hello below.")).to_be_visible()
    axe(phone)
    narrow_enough(phone)

    # The page that stood open hears of it by itself, and keeps what is being typed.
    team.get_by_label("Your message").fill("Here is the log")
    team.get_by_role("link", name="Look for new messages").click()
    expect(team.locator("#stands")).to_contain_text("Wanjiru Kamau is on it. See what you can do now")
    expect(team.get_by_label("Your message")).to_have_value("Here is the log")
    paste(team, "plot.png", "image/png", png())
    expect(team.locator("[data-attached]")).to_have_text("With the message: plot.png")
    axe(team)
    go(team, "Send")
    expect(team.get_by_role("link", name="plot.png")).to_be_visible()

    phone.get_by_label("Your message").fill("Let us look at it together.")
    go(phone, "Send")
    phone.get_by_text("Propose to meet").tap()
    starts = timezone.now() + timedelta(days=1)
    phone.get_by_label("When").fill(f"{starts:%Y-%m-%dT%H:%M}")
    phone.get_by_role("textbox", name="Where").fill("Room 4")
    go(phone, "Propose")
    expect(phone.get_by_text("Room 4")).to_be_visible()
    narrow_enough(phone)
    axe(phone)

    team.get_by_role("link", name="Look for new messages").click()
    expect(team.locator("#thread")).to_contain_text("for Wanjiru Kamau (Nairobi)")
    with team.expect_download() as saved:
        team.get_by_role("link", name="Add to your calendar").click()
    assert saved.value.suggested_filename == f"mentoring-{Message.objects.get(minutes=30).pk}.ics"
    team.goto(row.get_absolute_url())
    team.get_by_text("It is done").click()
    team.get_by_label("What the answer was").fill("Wanjiru Kamau showed us **isotonic** regression.")
    go(team, "Resolve")
    expect(team.get_by_role("heading", name="Did it help?")).to_be_visible()
    axe(team)
    go(team, "Very helpful")
    expect(team.get_by_text("You said: very helpful.")).to_be_visible()
    go(team, "Why this mentor", "link")
    expect(team.get_by_role("cell", name="can teach boosting, uses calibration")).to_be_visible()
    axe(team)

    phone.goto(row.get_absolute_url())
    go(phone, "Make a guide of this")
    text = phone.get_by_label("Text", exact=True)
    expect(text).to_contain_text("isotonic")
    assert "Wanjiru" not in text.input_value()
    axe(phone)
    row.refresh_from_db()
    assert (row.state, row.rating, row.guide is not None) == ("resolved", 5, True)


def test_an_answer_that_is_there_serves(world, chromium, axe) -> None:  # type: ignore[no-untyped-def]  # fixtures
    page = chromium(world.asker)
    page.goto("/mentoring/ask/?goal=Calibrate+the+scores")
    with page.expect_navigation():
        page.get_by_role("button", name="This answered it").first.click()
    expect(page.get_by_role("heading", name="Good: it was answered already")).to_be_visible()
    axe(page)
    assert Served.objects.get().document == world.guide
    assert not Request.objects.exists()


def test_without_a_script(world, chromium) -> None:  # type: ignore[no-untyped-def]  # fixtures
    page = chromium(world.asker, javascript=False)
    page.goto("/mentoring/ask/")
    page.get_by_label("What are you trying to do?").fill("Calibrate the scores")
    page.get_by_label("Topic", exact=True).fill("calibration")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("heading", name="Maybe one of these answers it")).to_be_visible()
    page.get_by_role("button", name="Send it anyway").first.click()
    expect(page.get_by_text("Sent. Cairn looks for a mentor.")).to_be_visible()
    page.get_by_label("Your message").fill("Hello")
    page.get_by_label("Files").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"Notes"})
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("link", name="a.txt")).to_be_visible()


@pytest.mark.parametrize("look", [{}, {"dark": True}, {"phone": True}], ids=str)
def test_every_page_is_accessible(world, make, chromium, axe, look) -> None:  # type: ignore[no-untyped-def]  # fixtures
    one = make.request(world.asker, mentor=world.wanjiru, about=world.model, version=7, unit=world.retail)
    meeting = services.propose_meeting(
        request_id=one.pk, actor=world.asker, starts_at=timezone.now() + timedelta(days=1), minutes=30
    )
    make.request(world.mate, mentor=world.wanjiru, state="resolved", about=world.churn)
    waiting = make.request(world.asker, topic="forecasting", goal="Forecast returns")
    make.request(world.mate, mentor=world.wanjiru, state="asked", about=world.churn)
    mine = [f"{one.get_absolute_url()}{part}" for part in ("", "why/", "change/", f"meetings/{meeting.pk}/")]
    pages = {
        world.asker: [
            *mine,
            "/mentoring/",
            "/mentoring/?tab=answered",
            "/mentoring/answers/?goal=Calibrate+scores",
            "/",
        ],
        world.wanjiru.person: ["/mentoring/", f"{one.get_absolute_url()}hand-over/", "/"],
        world.admin: ["/mentoring/centre/", "/mentoring/?tab=all", f"{waiting.get_absolute_url()}place/"],
    }
    for person, paths in pages.items():
        page = chromium(person, **look)
        for path in paths:
            page.goto(path)
            axe(page)
            narrow_enough(page)
