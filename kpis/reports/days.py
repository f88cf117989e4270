"""The days that reports speak of. Pure functions of dates."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from kpis.measures.readings import end_of_day

MONTHS = 12
# A month end closer than this says little about change; the one before it is compared with instead.
LEAST_DAYS_APART = 10


def month_ends(as_of: date, months: int = MONTHS) -> list[date]:
    """The last days of the `months` months before the one that `as_of` lies in, oldest first."""
    ends = []
    day = as_of.replace(day=1)
    for _ in range(months):
        ends.append(day - timedelta(days=1))
        day = ends[-1].replace(day=1)
    return ends[::-1]


def trend_days(as_of: date) -> list[date]:
    """The days of a trend: the twelve month ends before, then the day itself."""
    return [*month_ends(as_of), as_of]


def compared_with(as_of: date) -> date:
    """The day that "▲ 4" compares with:

    The newest of the trend's month ends that is at least ten days before `as_of`.
    """
    return next(day for day in reversed(month_ends(as_of)) if (as_of - day).days >= LEAST_DAYS_APART)


def end_of(day: date) -> datetime:
    """The instant at which `day` ends in the company's time zone."""
    return end_of_day(day, timezone.get_default_timezone())
