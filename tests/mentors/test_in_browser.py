"""A mentor begins, says what to be asked about and when, and is found, in Chromium; axe on each page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from coe.mentors.models import Mentor
from tests.factories import Make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = pytest.mark.parametrize(
    ("phone", "dark"), [(False, False), (True, True)], ids=["wide and light", "phone and dark"]
)


def fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"


@LOOKS
def test_a_mentor_begins_and_is_found(make: Make, chromium: Any, axe: Any, phone: bool, dark: bool) -> None:
    person = make.person(name="Ros Okafor", roles=[("mentor", None)], timezone="Europe/Berlin")
    make.project("churn", owner=person, techniques=["boosting"], domains=["churn"])
    page = chromium(person, phone=phone, dark=dark)

    def looked_at() -> None:
        axe(page)
        fits(page)

    page.goto("/mentors/")
    looked_at()
    page.get_by_role("link", name="Begin mentoring").click()
    looked_at()
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("From your work, and not named yet")).to_be_visible()
    page.get_by_label("Skill 1", exact=True).fill("Churn")
    page.get_by_label("How well skill 1").select_option("3")
    page.get_by_role("button", name="More rows").click()
    expect(page.get_by_label("Skill 8", exact=True)).to_be_visible()
    page.get_by_label("Skill 8", exact=True).fill("churn")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Is in another row already.", exact=True)).to_be_visible()
    looked_at()
    page.get_by_label("Skill 8", exact=True).fill("sql")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".claims").get_by_role("link", name="Churn", exact=True)).to_be_visible()
    looked_at()

    page.get_by_role("link", name="Edit", exact=True).click()
    looked_at()
    page.get_by_label("German").check()
    page.get_by_label("Country").select_option("DE")
    page.get_by_label("About you").fill("I like **hard** cases.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".prose strong")).to_have_text("hard")

    page.get_by_role("link", name="Working hours").click()
    page.get_by_label("Monday, from").fill("08:00")
    page.get_by_label("Monday, again from").fill("11:00")
    page.get_by_label("Tuesday to Friday like Monday").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Must be after the first part ends.", exact=True)).to_be_visible()
    looked_at()
    page.get_by_label("Monday, again from").fill("13:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="The coming week")).to_be_visible()

    page.get_by_role("link", name="Days away").click()
    today = timezone.localdate()
    page.get_by_label("First day").fill((today + timedelta(days=9)).isoformat())
    page.get_by_label("Note").fill("Skiing")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Skiing")).to_be_visible()
    looked_at()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No days away are noted.")).to_be_visible()

    page.goto(f"/mentors/{person.pk}/pause/")
    looked_at()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    page.get_by_role("button", name="Take requests again").click()
    expect(page.get_by_text("Free now")).to_be_visible()
    page.goto(f"/mentors/{person.pk}/stop/")
    looked_at()

    mentor = Mentor.objects.get()
    assert (mentor.country, mentor.languages, mentor.week[4]) == ("DE", ["en", "de"], [[480, 720], [780, 1020]])

    reader = chromium(make.person(timezone="America/New_York"), phone=phone, dark=dark)
    reader.goto("/mentors/")
    axe(reader)
    fits(reader)
    reader.get_by_label("Skill").fill("churn")
    reader.get_by_role("button", name="Apply").click()
    expect(reader.get_by_text("1 mentor", exact=True)).to_be_visible()
    reader.get_by_role("link", name="Ros Okafor").click()
    expect(reader.get_by_text("For you, in New York")).to_be_visible()
    expect(reader.get_by_role("link", name="Ask Ros")).to_have_attribute("href", f"/mentoring/ask/?mentor={mentor.pk}")
    axe(reader)
    fits(reader)
