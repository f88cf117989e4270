"""Due dates in working days, against an oracle that counts day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coe.paths.dates import days_late, due, first_working_day, is_weekend, working_days

# A busy machine is slow to make examples.
QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "days", "found"),
    [
        (MONDAY, 0, MONDAY),
        (MONDAY, 4, date(2026, 3, 6)),
        (MONDAY, 5, date(2026, 3, 9)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
        # Who starts on a Saturday starts on Monday.
        (date(2026, 3, 7), 0, date(2026, 3, 9)),
        (date(2026, 3, 7), 1, date(2026, 3, 10)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
    ],
)
def test_without_holidays(start, days, found):
    assert due(start, days, is_weekend) == found


def test_a_holiday_and_a_shift():
    def is_free(day):
        return is_weekend(day) or day == date(2026, 3, 4)

    assert due(MONDAY, 2, is_free) == date(2026, 3, 5)
    assert due(MONDAY, 2, is_free, shifted=3) == date(2026, 3, 10)


def test_how_late():
    assert days_late(MONDAY, MONDAY, is_weekend) == 0
    assert days_late(MONDAY, MONDAY - 7 * DAY, is_weekend) == 0
    assert days_late(MONDAY, date(2026, 3, 9), is_weekend) == 5
    assert days_late(date(2026, 3, 6), date(2026, 3, 8), is_weekend) == 0
    assert working_days(MONDAY, date(2026, 3, 8), is_weekend) == 5


def test_a_calendar_without_end_of_free_days_is_a_mistake():
    with pytest.raises(ValueError, match="no working day"):
        due(MONDAY, 1, lambda day: True)
    for wrong in ({"days": -1}, {"days": 1, "shifted": -1}):
        with pytest.raises(ValueError, match="forwards"):
            due(MONDAY, is_free=is_weekend, **wrong)


days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
numbers = st.integers(0, 80)


@st.composite
def calendars(draw):
    """Weekends and some more free days."""
    start = draw(days)
    free = {start + DAY * n for n in draw(st.sets(st.integers(-30, 200), max_size=60))}
    return start, lambda day: is_weekend(day) or day in free


def oracle(start, many, is_free):
    """All days from the start on, one by one; the working ones are numbered from 0."""
    day, number = start, -1
    while True:
        if not is_free(day):
            number += 1
            if number == many:
                return day
        day += DAY


@settings(**QUIET)
@given(calendars(), numbers, numbers)
def test_it_is_what_counting_day_by_day_gives(calendar, many, shifted):
    start, is_free = calendar
    found = due(start, many, is_free, shifted=shifted)
    assert found == oracle(start, many + shifted, is_free)
    assert not is_free(found)


@settings(**QUIET)
@given(calendars(), numbers)
def test_one_day_more_is_the_next_working_day(calendar, many):
    start, is_free = calendar
    assert due(start, many + 1, is_free) == first_working_day(due(start, many, is_free) + DAY, is_free)


@settings(**QUIET)
@given(calendars(), numbers, st.integers(0, 40))
def test_days_away_move_a_date_by_what_was_missed(calendar, many, length):
    """A calendar with a time away gives the date that shifting by the working days in it gives."""
    start, is_free = calendar
    begin = first_working_day(start, is_free) + DAY
    end = begin + length * DAY
    missed = working_days(begin, end, is_free)
    away = due(start, many, lambda day: is_free(day) or begin <= day <= end)
    if away > end:
        assert away == due(start, many, is_free, shifted=missed)


@settings(**QUIET)
@given(calendars(), numbers, numbers)
def test_late_by_so_many_working_days(calendar, many, more):
    start, is_free = calendar
    assert days_late(due(start, many, is_free), due(start, many + more, is_free), is_free) == more
