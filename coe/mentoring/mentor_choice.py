"""The mentors that somebody can be given to, with how it is with their places: for lists to choose from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from coe.core import figures
from coe.core.http import today
from coe.mentors import load
from coe.mentors.availability import Availability, Standing, standing_of
from coe.mentors.languages import name_of
from coe.mentors.models import Mentor

LEAVE_OPEN = "Leave it open and Cairn finds somebody."


@dataclass(frozen=True)
class Choice:
    """One mentor to choose. `label` says it in a list; `warning` is a sentence or two where another choice is wiser."""

    mentor: Mentor
    standing: Standing

    @property
    def label(self) -> str:
        name = self.mentor.person.name
        return name if self.standing.state == Availability.FREE else f"{name} ({self.standing.words.lower()})"

    @property
    def warning(self) -> str:
        name, until = self.mentor.person.name, self.standing.until
        day = figures.day(until, today()) if until else ""
        if self.standing.state == Availability.FULL:
            return f"{name} has no free place, and can accept only when one is free. {LEAVE_OPEN}"
        if self.standing.state == Availability.AWAY:
            return f"{name} is away until {day}, and is not expected to answer before. {LEAVE_OPEN}"
        if self.standing.state == Availability.PAUSED:
            till = f" until {day}" if day else " at present"
            return f"{name} takes no requests{till}, and may decline. {LEAVE_OPEN}"
        return ""


def choices(*, without: Collection[int] = ()) -> list[Choice]:
    """Those who mentor now, by name, `without` these people (by id). Three queries."""
    now = timezone.now()
    rows = Mentor.objects.serving().select_related("person").prefetch_related("away").order_by("person__name", "pk")
    found = [mentor for mentor in rows if mentor.person_id not in without]
    held = load.held([mentor.pk for mentor in found])
    return [Choice(mentor, standing_of(mentor, held[mentor.pk], now)) for mentor in found]


def languages_of(found: Collection[Choice]) -> list[tuple[str, str]]:
    """The languages that one of them speaks, by name."""
    codes = {code for one in found for code in one.mentor.languages}
    return sorted(((code, name_of(code)) for code in codes), key=lambda pair: pair[1])
