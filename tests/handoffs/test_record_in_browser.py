"""The record in Chromium: nothing for axe to find, nothing wider than the screen, paper without the rest."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from projects.handoffs import record
from projects.handoffs.models import Decision
from tests.handoffs.records import item, sample

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def handoff(world, ways):
    """With a believable record, and one long word in it."""
    handoff = ways.submitted()
    kept = sample()
    kept["groups"].append({"name": "Odd", "items": [item("Long", note="W" * 400)]})
    Decision.objects.create(
        handoff=handoff,
        round=2,
        kind="submitted",
        actor=world.member,
        at=timezone.now(),
        newest_version=2,
        record=kept,
        sha256=record.checksum(kept),
    )
    return handoff


@pytest.mark.parametrize(("dark", "phone"), [(False, False), (True, False), (False, True)])
def test_axe_finds_nothing(world: Any, handoff: Any, chromium: Any, axe: Any, dark: bool, phone: bool) -> None:
    page = chromium(world.owner, dark=dark, phone=phone)
    assert page.goto(f"/handoffs/{handoff.pk}/record/").ok
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_paper(world: Any, handoff: Any, chromium: Any) -> None:
    page = chromium(world.owner)
    page.goto(f"/handoffs/{handoff.pk}/record/")
    page.emulate_media(media="print")
    assert page.get_by_role("heading", name="Handoff of churn, version 8").is_visible()
    assert page.get_by_text("It gives the checksum").is_visible()
    for hidden in (".side", ".top", ".head .actions", "nav.tabs"):
        assert page.locator(hidden).first.is_hidden(), hidden


def test_the_file_arrives(world: Any, handoff: Any, chromium: Any) -> None:
    page = chromium(world.owner)
    page.goto(f"/handoffs/{handoff.pk}/record/")
    with page.expect_download() as begun:
        page.get_by_role("link", name="JSON", exact=True).click()
    assert record.checksum(handoff.decisions.latest("id").record) in page.content()
    assert begun.value.suggested_filename == f"handoff-{handoff.pk}-round-2-submitted.json"
