"""Whether a mentor takes a request now, and when work goes on: as values, and in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone

from coe.core.http import today
from coe.mentors import hours
from coe.mentors.calendars import today_of
from coe.mentors.hours import Calendar
from coe.mentors.models import Mentor


class Availability(models.TextChoices):
    FREE = "free", "Free"
    FULL = "full", "Full"
    AWAY = "away", "Away"
    PAUSED = "paused", "Paused"
    STOPPED = "stopped", "No longer a mentor"


@dataclass(frozen=True)
class Standing:
    """How it is with a mentor's places. `until` is the last day away, or the day on which a pause ends."""

    state: Availability
    held: int
    capacity: int
    until: date | None = None

    @property
    def free(self) -> int:
        """How many requests could be given to the mentor now."""
        return max(self.capacity - self.held, 0) if self.state == Availability.FREE else 0

    @property
    def words(self) -> str:
        """ "1 of 3 places free", "Away until 3 Dec"."""
        if self.state == Availability.FREE:
            return "Free now" if not self.held else f"{self.free} of {self.capacity} places free"
        if self.state == Availability.FULL:
            return f"Full: {self.held} of {self.capacity}"
        return f"{self.state.label} until {_day(self.until)}" if self.until else str(self.state.label)

    @property
    def kind(self) -> str:
        """The colour that repeats it."""
        return {Availability.FREE: "good", Availability.FULL: "warn"}.get(self.state, "")


def _day(day: date) -> str:
    # The year only where it could be mistaken.
    return f"{day.day} {day:%b}" if day - today() < timedelta(days=300) else f"{day.day} {day:%b %Y}"


def standing_of(mentor: Mentor, held: int, at: datetime) -> Standing:
    """How it is at that moment. Reads `person` and `away`, and `holds_role` of `with_serving` where it is there."""
    day = today_of(mentor, at)
    serves = mentor.stopped_at is None and mentor.person.is_active and mentor.__dict__.get("holds_role", True)
    if not serves:
        return Standing(Availability.STOPPED, held, mentor.capacity)
    if mentor.is_paused(day):
        return Standing(Availability.PAUSED, held, mentor.capacity, mentor.paused_until)
    if last := _away_until(mentor, day):
        return Standing(Availability.AWAY, held, mentor.capacity, last)
    return Standing(Availability.FULL if held >= mentor.capacity else Availability.FREE, held, mentor.capacity)


def _away_until(mentor: Mentor, day: date) -> date | None:
    """The last of the days away without a gap from that day on."""
    last = None
    for away in sorted(mentor.away.all(), key=lambda one: one.first):
        if away.first <= (last + timedelta(days=1) if last else day) and away.last >= day:
            last = max(last, away.last) if last else away.last
    return last


@dataclass(frozen=True)
class Now:
    """What the clock says where the mentor is. `until` and `opens` are moments; what is None is not in sight."""

    at: datetime
    clock: str
    place: str
    is_working: bool
    until: datetime | None
    opens: datetime | None

    @property
    def words(self) -> str:
        """ "At work until 17:00", "Back Mon 09:00": in the reader's time zone."""
        if self.is_working:
            return f"At work until {self._told(self.until)}" if self.until else "At work"
        if self.opens is None:
            return "No working hours in sight"
        told = self._told(self.opens)
        return f"Back at {told}" if len(told) == 5 else f"Back {told}"

    def _told(self, moment: datetime) -> str:
        there = timezone.localtime(moment)
        days = (there.date() - timezone.localdate(self.at)).days
        if days == 0:
            return f"{there:%H:%M}"
        return f"{there:%a %H:%M}" if days < 7 else f"{there:%a} {_day(there.date())}, {there:%H:%M}"


def now_of(calendar: Calendar, at: datetime) -> Now:
    """Whether who works by the calendar is at work at that moment, and until when, or from when again."""
    working = hours.is_working(calendar, at)
    return Now(
        at=at,
        clock=f"{at.astimezone(ZoneInfo(calendar.zone)):%H:%M}",
        place=place_of(calendar.zone),
        is_working=working,
        until=hours.closes(calendar, at) if working else None,
        opens=None if working else hours.opens(calendar, at),
    )


def place_of(zone: str) -> str:
    """ "Berlin" of "Europe/Berlin"."""
    return zone.rpartition("/")[2].replace("_", " ")
