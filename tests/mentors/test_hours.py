"""The arithmetic of working hours against an oracle that goes through every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coe.mentors import hours
from coe.mentors.hours import Calendar

MINUTE = timedelta(minutes=1)
OFFICE = ((540, 720), (780, 1020))
WEEK = (OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, (), ())
ALL_WEEK = (((0, 1440),),) * 7
# Around each of these something happens: clocks change (by an hour, by half, back and forth for Ramadan, over a day
# that a country left out), a holiday, a year's end.
MOMENTS = {
    "Europe/Berlin": ["2026-03-29 01:00", "2026-10-25 01:00", "2026-12-25 12:00"],
    "America/New_York": ["2026-03-08 07:00", "2026-11-01 06:00", "2025-12-31 23:00"],
    "Australia/Lord_Howe": ["2026-04-04 15:00", "2026-10-03 15:30"],
    "Pacific/Apia": ["2011-12-30 10:00", "2026-01-01 00:00"],
    "Africa/Casablanca": ["2026-02-15 02:00", "2026-03-22 02:00"],
    "America/St_Johns": ["2026-03-08 05:30", "2011-03-13 03:31"],
    "Pacific/Chatham": ["2026-04-04 14:00", "2026-09-26 14:00"],
    "Asia/Kolkata": ["2026-01-26 00:00"],
    "Asia/Kathmandu": ["2026-07-01 00:00"],
    "Antarctica/Troll": ["2026-03-29 01:00", "2026-10-25 01:00"],
    "UTC": ["2026-12-31 12:00"],
}
COUNTRIES = [("", ""), ("DE", "BY"), ("US", ""), ("NZ", "CIT"), ("IN", ""), ("ZZ", ""), ("DE", "nowhere")]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@st.composite
def days(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """The spans of one day: none to three, in order and apart, up to midnight."""
    count = draw(st.integers(0, 3))
    minutes = st.one_of(st.integers(0, 1440), st.sampled_from([0, 60, 120, 150, 180, 540, 720, 1440]))
    edges = sorted(draw(st.lists(minutes, min_size=2 * count, max_size=2 * count, unique=True)))
    return tuple(zip(edges[::2], edges[1::2], strict=True))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A calendar, and a moment near something that happens in its zone."""
    zone = draw(st.sampled_from(sorted(MOMENTS)))
    near = moment(draw(st.sampled_from(MOMENTS[zone])))
    start = near + draw(st.integers(-60 * 36, 60 * 12)) * MINUTE
    country, region = draw(st.sampled_from(COUNTRIES))
    away = draw(st.lists(st.tuples(st.integers(-2, 3), st.integers(0, 2)), max_size=2))
    local = start.astimezone(ZoneInfo(zone)).date()
    spans = tuple((local + timedelta(first), local + timedelta(first + more)) for first, more in away)
    return Calendar(zone, draw(st.tuples(*[days()] * 7)), country, region, spans), start


def is_worked(calendar: Calendar, minute: datetime) -> bool:
    """The oracle: what does the clock on the wall say in that minute?"""
    wall = minute.astimezone(ZoneInfo(calendar.zone))
    today = wall.date()
    try:
        found = holidays.country_holidays(calendar.country, subdiv=calendar.region or None) if calendar.country else {}
        if today in found:
            return False
    except NotImplementedError:
        pass
    if any(first <= today <= last for first, last in calendar.away):
        return False
    return any(start <= wall.hour * 60 + wall.minute < end for start, end in calendar.week[today.weekday()])


def slowly(calendar: Calendar, start: datetime, minutes: int) -> list[bool]:
    kept: dict[date, bool] = {}

    def free(today: date) -> bool:
        if today not in kept:
            whole = Calendar(calendar.zone, ALL_WEEK, calendar.country, calendar.region, calendar.away)
            noon = datetime(today.year, today.month, today.day, 12, tzinfo=ZoneInfo(calendar.zone))
            kept[today] = not is_worked(whole, noon)
        return kept[today]

    zone, found = ZoneInfo(calendar.zone), []
    for n in range(minutes):
        wall = (start + n * MINUTE).astimezone(zone)
        at = wall.hour * 60 + wall.minute
        inside = any(first <= at < last for first, last in calendar.week[wall.weekday()])
        found.append(inside and not free(wall.date()))
    return found


@settings(max_examples=250, deadline=None)
@given(case=cases(), minutes=st.integers(0, 60 * 24 * 4))
def test_what_is_worked_is_what_the_clock_on_the_wall_says(case: tuple[Calendar, datetime], minutes: int) -> None:
    calendar, start = case

    assert hours.worked(calendar, start, start + minutes * MINUTE) == sum(slowly(calendar, start, minutes)) * MINUTE


@settings(max_examples=150, deadline=None)
@given(case=cases(), work=st.integers(1, 60 * 20))
def test_after_is_the_first_moment_at_which_so_much_is_worked(case: tuple[Calendar, datetime], work: int) -> None:
    calendar, start = case

    end = hours.after(calendar, start, work * MINUTE)

    if end is None:
        assert hours.worked(calendar, start, start + hours.REACH) < work * MINUTE
    else:
        assert hours.worked(calendar, start, end) == work * MINUTE
        assert hours.worked(calendar, start, end - timedelta(microseconds=1)) < work * MINUTE
        minutes = (end - start) // MINUTE
        assert minutes > 60 * 24 * 7 or sum(slowly(calendar, start, minutes)) == work


@settings(max_examples=150, deadline=None)
@given(case=cases())
def test_opening_and_closing_are_where_the_clock_says(case: tuple[Calendar, datetime]) -> None:
    calendar, start = case
    minutes = slowly(calendar, start, 60 * 24 * 3)

    opens, closes = hours.opens(calendar, start), hours.closes(calendar, start)

    assert hours.is_working(calendar, start) is minutes[0]
    assert (opens == start) is minutes[0]
    if True in minutes:
        assert opens == start + minutes.index(True) * MINUTE
    else:
        assert opens is None or opens >= start + len(minutes) * MINUTE
    if minutes[0] and False in minutes:
        assert closes == start + minutes.index(False) * MINUTE
    elif not minutes[0]:
        assert closes is None


@settings(deadline=None)
@given(case=cases(), seconds=st.lists(st.integers(0, 4 * 86_400), min_size=3, max_size=3))
def test_time_worked_adds_up_whatever_second_it_is_cut_at(case: tuple[Calendar, datetime], seconds: list[int]) -> None:
    calendar, start = case
    a, b, c = (start + timedelta(seconds=n) for n in sorted(seconds))

    assert hours.worked(calendar, a, c) == hours.worked(calendar, a, b) + hours.worked(calendar, b, c)
    assert timedelta() <= hours.worked(calendar, a, c) <= c - a
    assert hours.worked(calendar, c, a) == timedelta()


@settings(max_examples=100, deadline=None)
@given(case=cases(), n=st.integers(0, 15))
def test_workdays_are_counted_one_by_one(case: tuple[Calendar, datetime], n: int) -> None:
    calendar, start = case
    first = start.date()

    day = hours.workdays_after(calendar, first, n)

    between = [first + timedelta(k) for k in range(1, (day - first).days + 1)]
    working = [one for one in between if calendar.week[one.weekday()] and not hours.is_free(calendar, one)]
    if any(calendar.week):
        assert len(working) == n
        assert n == 0 or working[-1] == day


@pytest.mark.parametrize(
    ("zone", "start", "end", "worked"),
    [
        ("Europe/Berlin", "2026-03-29 00:00", "2026-03-29 03:00", 2),  # two o'clock is left out
        ("Europe/Berlin", "2026-10-25 00:00", "2026-10-25 02:00", 2),  # two o'clock comes twice
        ("Australia/Lord_Howe", "2026-10-03 13:30", "2026-10-03 17:00", 2.5),  # half an hour is left out
        ("Pacific/Apia", "2011-12-30 09:00", "2011-12-30 13:00", 2),  # a whole day is left out
        ("Asia/Kolkata", "2026-01-01 18:30", "2026-01-01 22:30", 3),
    ],
)
def test_from_one_to_four_at_night(zone: str, start: str, end: str, worked: float) -> None:
    calendar = Calendar(zone, (((60, 240),),) * 7)

    assert hours.worked(calendar, moment(start), moment(end)) == timedelta(hours=worked)


def test_two_hours_over_a_weekend_and_a_lunch_break() -> None:
    calendar = Calendar("Europe/Berlin", WEEK, "DE", "BE")

    # Friday before Pentecost, half past three: an hour and a half is left, Monday is a holiday.
    due = hours.after(calendar, moment("2026-05-22 13:30"), timedelta(hours=2))

    assert due == moment("2026-05-26 07:30")
    assert hours.after(calendar, moment("2026-05-26 07:30"), timedelta(hours=3)) == moment("2026-05-26 11:30")


@pytest.mark.parametrize("calendar", [Calendar("UTC", ((),) * 7), Calendar("UTC", WEEK, away=((date.min, date.max),))])
def test_who_never_works_is_never_due(calendar: Calendar) -> None:
    at = moment("2026-05-22 13:30")

    assert hours.after(calendar, at, MINUTE) is None
    assert hours.opens(calendar, at) is None
    assert hours.closes(calendar, at) is None
    assert not hours.is_working(calendar, at)
    assert hours.worked(calendar, at, at + timedelta(days=30)) == timedelta()
    assert hours.workdays_after(calendar, date(2026, 5, 22), 3) == date(2026, 5, 22) + timedelta(403)


def test_who_always_works_never_closes_and_no_work_is_done_at_once() -> None:
    calendar, at = Calendar("Europe/Berlin", ALL_WEEK), moment("2026-05-22 13:30")

    assert hours.closes(calendar, at) is None
    assert hours.after(calendar, at, timedelta()) == at
    assert hours.after(calendar, at, timedelta(hours=50)) == at + timedelta(hours=50)
    assert list(hours.stretches(calendar, at, at + timedelta(days=3))) == [(at, at + timedelta(days=3))]


def test_holidays_on_days_that_are_worked_have_names() -> None:
    calendar = Calendar("Europe/Berlin", WEEK, "DE", "BE")

    found = hours.free_days(calendar, date(2026, 12, 1), date(2027, 1, 2))

    assert found == {date(2026, 12, 25): "Christmas Day", date(2027, 1, 1): "New Year's Day"}
    assert hours.is_free(calendar, date(2026, 12, 26))
    assert not hours.is_free(calendar, date(2026, 12, 27))
