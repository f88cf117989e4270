"""The calendar of a mentor, out of the profile."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils import timezone

from coe.mentors.hours import Calendar
from coe.mentors.models import Mentor


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def zone_of(mentor: Mentor) -> str:
    """The mentor's time zone: the profile's, else the person's own, else the company's."""
    return next((name for name in (mentor.zone, mentor.person.timezone) if name and _is_zone(name)), settings.TIME_ZONE)


def calendar_of(mentor: Mentor) -> Calendar:
    """When the mentor works. Reads `mentor.person` and `mentor.away` where they are not there already."""
    return Calendar(
        zone=zone_of(mentor),
        week=tuple(tuple((start, end) for start, end in day) for day in mentor.week),
        country=mentor.country,
        region=mentor.region,
        away=tuple((one.first, one.last) for one in mentor.away.all()),
    )


def today_of(mentor: Mentor, at: datetime | None = None) -> date:
    """The date on the mentor's wall at that moment (now when none is given)."""
    return (at or timezone.now()).astimezone(ZoneInfo(zone_of(mentor))).date()
