"""The whole way in Chromium: a stakeholder finds a model by a misspelt word, understands it, reports a wrong output and
is answered; nothing is prepared in the index: the event stream filled it.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from coe.core import stream
from coe.guides.models import Feedback
from coe.search import index

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)], ids=["wide and light", "phone and dark"])
def test_found_read_reported_answered(world: Any, chromium: Any, axe: Any, phone: bool, dark: bool) -> None:
    world.bind()
    index.refresh("model", [world.model.pk])  # as the followup of the sync that brought the model did
    world.publish(1, verified=True, decides="Whom to call on Monday.", distrust="The week after a **holiday**.")
    assert stream.read_all() > 0

    reader = chromium(world.stakeholder, phone=phone, dark=dark)
    reader.goto("/")
    axe(reader)
    reader.get_by_role("searchbox").first.fill("chrun riks")
    reader.keyboard.press("Enter")
    reader.wait_for_url("**/search/?q=chrun+riks")
    axe(reader)
    reader.locator("main").get_by_role("link", name="Churn risk score").first.click()
    expect(reader.get_by_role("heading", name="Churn risk score")).to_be_visible()
    expect(reader.get_by_text("points of the way to its target")).to_be_visible()
    expect(reader.locator("article strong", has_text="holiday")).to_be_visible()
    axe(reader)

    reader.get_by_role("link", name="Report a wrong output").click()
    reader.get_by_label("What came out").fill("A score of 90 for somebody who stayed")
    reader.get_by_label("What was right").fill("Below 40")
    axe(reader)
    reader.get_by_role("button", name="Send it").click()
    expect(reader.get_by_role("heading", name="1 open report of a wrong output")).to_be_visible()
    report = Feedback.objects.get()
    assert (report.subject_id, report.version, report.state) == (world.model.pk, 1, "open")

    owner = chromium(world.owner, phone=phone, dark=dark)
    owner.goto("/")
    with owner.expect_navigation():
        owner.get_by_role("link", name="A score of 90 for somebody who stayed").click()
    axe(owner)
    owner.get_by_label("What comes of it").select_option("planned")
    owner.get_by_label("Your answer").fill("Version 3 knows about holidays.")
    owner.get_by_role("button", name="Answer", exact=True).click()
    expect(owner.get_by_text("Answered.").first).to_be_visible()

    reader.goto("/")
    expect(reader.get_by_role("heading", name="You were answered")).to_be_visible()
    axe(reader)
    reader.goto(world.url)
    expect(reader.get_by_role("heading", name="1 open report of a wrong output")).to_have_count(0)
