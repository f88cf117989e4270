"""Due dates in working days. Pure functions; which days are free is told by `is_free`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

IsFree = Callable[[date], bool]
# Nobody is away for longer in one piece; a calendar that is all free is a mistake.
_LONGEST_FREE = 400
_DAY = timedelta(days=1)
_SATURDAY = 5


def is_weekend(day: date) -> bool:
    """Saturday or Sunday: what is free where nothing more is known of a person."""
    return day.weekday() >= _SATURDAY


def first_working_day(day: date, is_free: IsFree) -> date:
    """That day, or the next one that is not free. Raises `ValueError` when there is none within 400 days."""
    for _ in range(_LONGEST_FREE):
        if not is_free(day):
            return day
        day += _DAY
    raise ValueError("no working day within 400 days")


def due(start: date, days: int, is_free: IsFree, *, shifted: int = 0) -> date:
    """The day `days` working days after the start, moved by `shifted` working days more.

    Who starts on a free day starts on the next working day; 0 is that day itself. Raises `ValueError` for a negative
    number, and when there is no working day within 400 days.
    """
    left = days + shifted
    if days < 0 or shifted < 0:
        raise ValueError("working days are counted forwards")
    day = first_working_day(start, is_free)
    while left:
        day = first_working_day(day + _DAY, is_free)
        left -= 1
    return day


def working_days(first: date, last: date, is_free: IsFree) -> int:
    """How many working days lie between two days, both included: by so many a time away moves what is open."""
    return sum(not is_free(first + n * _DAY) for n in range((last - first).days + 1))


def days_late(due_on: date, today: date, is_free: IsFree) -> int:
    """How many working days ago it was due; 0 on the day itself and before."""
    return working_days(due_on + _DAY, today, is_free)
