"""Working hours: how much of a stretch of time somebody works, and when so much of it will have passed.

What is counted equals going through every minute in UTC and looking at the local wall clock of each: an hour that the
clock skips is not worked, one that it repeats is worked twice. `tests/mentors/test_hours.py` does just that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from coe.mentors.holidays import holidays_of

Week = tuple[tuple[tuple[int, int], ...], ...]
_DAY = timedelta(days=1)
# So far ahead it is looked for working time.
REACH = timedelta(days=400)


@dataclass(frozen=True)
class Calendar:
    """When somebody works: for each day from Monday on the spans as (start, end) in minutes after midnight, in order.

    Free are the holidays of `country` (of its part `region`), and each (first, last) of `away`, both days included.
    """

    zone: str
    week: Week
    country: str = ""
    region: str = ""
    away: tuple[tuple[date, date], ...] = ()


@lru_cache(maxsize=4096)
def _offsets(zone: str, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """The day of UTC cut where the zone's offset changes: (start, end, offset) with naive times in UTC."""
    there = ZoneInfo(zone)

    def offset(at: datetime) -> timedelta:
        return at.replace(tzinfo=UTC).astimezone(there).utcoffset() or timedelta()

    start = datetime.combine(day, time.min)
    found: list[tuple[datetime, datetime, timedelta]] = []
    # No zone has changed twice within six hours and back again.
    for hour in range(0, 24, 6):
        begin, end = start + timedelta(hours=hour), start + timedelta(hours=hour + 6)
        while (before := offset(begin)) != offset(end - timedelta(seconds=1)):
            same, other = begin, end
            while other - same > timedelta(seconds=1):
                middle = same + timedelta(seconds=(other - same) // timedelta(seconds=2))
                same, other = (middle, other) if offset(middle) == before else (same, middle)
            found.append((begin, other, before))
            begin = other
        found.append((begin, end, before))
    return tuple(found)


def is_free(calendar: Calendar, day: date) -> bool:
    """Whether the day is a holiday or one on which the person is away. (A Sunday without hours is neither.)"""
    return day in holidays_of(calendar.country, calendar.region, day.year) or any(
        first <= day <= last for first, last in calendar.away
    )


def _is_workday(calendar: Calendar, day: date) -> bool:
    return bool(calendar.week[day.weekday()]) and not is_free(calendar, day)


def _pieces(calendar: Calendar, start: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """What is worked between two naive times in UTC, piece by piece, in order; pieces may touch."""
    day = start.date()
    if not any(calendar.week):
        return
    while datetime.combine(day, time.min) < until:
        for begin, end, offset in _offsets(calendar.zone, day):
            begin, end = max(begin, start), min(end, until)
            if begin >= end:
                continue
            # Within this part the local clock runs evenly, and it touches two local days at most.
            local = (begin + offset).date()
            while (midnight := datetime.combine(local, time.min) - offset) < end:
                for first, last in calendar.week[local.weekday()] if _is_workday(calendar, local) else ():
                    on, off = midnight + timedelta(minutes=first), midnight + timedelta(minutes=last)
                    if max(on, begin) < min(off, end):
                        yield max(on, begin), min(off, end)
                local += _DAY
        day += _DAY


def stretches(calendar: Calendar, start: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of time worked from `start` to `until`, in order, as times in UTC with pauses between them."""
    open_: tuple[datetime, datetime] | None = None
    for begin, end in _pieces(calendar, _naive(start), _naive(until)):
        if open_ and open_[1] == begin:
            open_ = (open_[0], end)
            continue
        if open_:
            yield open_[0].replace(tzinfo=UTC), open_[1].replace(tzinfo=UTC)
        open_ = (begin, end)
    if open_:
        yield open_[0].replace(tzinfo=UTC), open_[1].replace(tzinfo=UTC)


def worked(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """How much is worked from `start` to `end`; nothing when `end` is not later."""
    return sum((last - first for first, last in stretches(calendar, start, end)), timedelta())


def after(calendar: Calendar, start: datetime, work: timedelta) -> datetime | None:
    """The first moment at which `work` has been worked since `start`; None if it is not within about 400 days."""
    if work <= timedelta():
        return start
    for begin, end in _pieces(calendar, _naive(start), _naive(start + REACH)):
        if end - begin >= work:
            return (begin + work).replace(tzinfo=UTC)
        work -= end - begin
    return None


def opens(calendar: Calendar, at: datetime) -> datetime | None:
    """When work goes on: `at` itself while at work; None if it does not within about 400 days."""
    first = next(_pieces(calendar, _naive(at), _naive(at + REACH)), None)
    return first[0].replace(tzinfo=UTC) if first else None


def closes(calendar: Calendar, at: datetime) -> datetime | None:
    """When the work that is done at `at` pauses; None when nothing is done then, or it never pauses in a fortnight."""
    fortnight = at + 14 * _DAY
    first = next(stretches(calendar, at, fortnight), None)
    if first is None or first[0] != at or first[1] == fortnight:
        return None
    return first[1]


def is_working(calendar: Calendar, at: datetime) -> bool:
    """Whether the person is at work at that moment."""
    local = at.astimezone(ZoneInfo(calendar.zone))
    since = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    spans = calendar.week[local.weekday()]
    inside = any(timedelta(minutes=first) <= since < timedelta(minutes=last) for first, last in spans)
    return inside and not is_free(calendar, local.date())


def workdays_after(calendar: Calendar, day: date, n: int) -> date:
    """The `n`-th working day after `day` (itself for 0): one with hours, and not free.

    Where working days run out (a year and more without one), the days of the week count from there.
    """
    empty = 0
    while n > 0:
        day += _DAY
        empty = 0 if _is_workday(calendar, day) else empty + 1
        n -= not empty or empty > REACH.days
    return day


def free_days(calendar: Calendar, first: date, last: date) -> dict[date, str]:
    """The holidays from `first` to `last` that fall on a day with hours, by date, with their names."""
    days = (first + n * _DAY for n in range((last - first).days + 1))
    named = ((day, holidays_of(calendar.country, calendar.region, day.year).get(day)) for day in days)
    return {day: name for day, name in named if name and calendar.week[day.weekday()]}


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
