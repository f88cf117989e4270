"""Telling a story at its own time: verbs note "now" on what they record, and the demo's past did not happen today."""

from __future__ import annotations

import calendar
import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from random import Random
from unittest import mock

from django.utils import timezone

SEED = 11


@dataclass(frozen=True, order=True)
class Act:
    """Something that somebody did at a time. Acts of one time keep the order in which they were made (`place`)."""

    at: datetime
    place: int
    do: Callable[[], object] = field(compare=False)


class Story:
    """Acts gathered in any order and carried out in the order of their times; an act may add what comes of it."""

    def __init__(self) -> None:
        self.acts: list[Act] = []
        self._added = 0

    def add(self, at: datetime, do: Callable[[], object]) -> None:
        heapq.heappush(self.acts, Act(at, self._added, do))
        self._added += 1

    def tell(self, tick: Callable[[], object]) -> int:
        """Carry all of it out, each act at its time; `tick` is called after each. Returns how many there were."""
        while self.acts:
            act = heapq.heappop(self.acts)
            with at(act.at):
                act.do()
            tick()
        return self._added


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within it, Django's clock (`timezone.now` and all that asks it) stands at `moment`. PostgreSQL's own does not."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain datetime is wanted
            return moment.astimezone(tz)

    with mock.patch.object(timezone, "datetime", Then):
        yield


def moment(day: date | int, what: str) -> datetime:
    """A time in the working hours of a day (or of so many days ago), the same for the same words; never after now."""
    on = day if isinstance(day, date) else today() - timedelta(days=day)
    hour = Random(f"{SEED} {what}").uniform(8, 17)
    return min(datetime.combine(on, time(), UTC) + timedelta(hours=hour), datetime.now(UTC))


def today() -> date:
    """Today where the company is."""
    return timezone.localdate(datetime.now(UTC), timezone.get_default_timezone())


def month_end(today: date, months_ago: int) -> date:
    """The last day of a month: 1 is the newest month that is over, 2 the one before."""
    number = 12 * today.year + today.month - 1 - months_ago
    return last_day(number)


def last_day(number: int) -> date:
    """The last day of the month with this number, counted from the year 0."""
    year, month = divmod(number, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def month_number(day: date) -> int:
    """The month of `day`, counted from the year 0."""
    return 12 * day.year + day.month - 1
