"""What the centre reads off its requests: how fast, how fair, and what nobody knows. Pure functions of plain rows."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import TypeVar
from zoneinfo import ZoneInfo

DAY = 24 * 3600.0
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Asked:
    """A request, as far as figures go. `unit` is the id of the vertical it is for."""

    created_at: datetime
    first_answer_at: datetime | None
    resolved_at: datetime | None
    state: str
    unit: int | None
    tags: frozenset[str]
    mentor: int | None = None
    rating: int | None = None

    @property
    def first_answer(self) -> float | None:
        """In days from when it was asked until a mentor accepted or wrote."""
        return _days(self.created_at, self.first_answer_at)

    @property
    def resolution(self) -> float | None:
        """In days from when it was asked until it was resolved."""
        return _days(self.created_at, self.resolved_at)


@dataclass(frozen=True)
class Try:
    """One mentor who was asked."""

    mentor: int
    state: str


@dataclass(frozen=True)
class Times:
    """Median and 90th percentile of some times in days, out of `count` of `of` requests that have one."""

    count: int
    of: int
    median: float | None
    p90: float | None


@dataclass(frozen=True)
class Group:
    """The requests of a month or of a unit."""

    key: Hashable
    asked: int
    first: Times
    resolution: Times
    waiting: int
    withdrawn: int


@dataclass(frozen=True)
class Work:
    """What a mentor had to do with requests in the period. `hours` are those of meetings."""

    mentor: int
    asked: int
    accepted: int
    declined: int
    silent: int
    resolved: int
    hours: float
    rating: float | None
    rated: int


@dataclass(frozen=True)
class Share:
    """How much of all that was accepted the busiest quarter of the mentors took; `even` is what it would be if all had
    taken the same.
    """

    mentors: int
    busiest: int
    accepted: int
    theirs: int

    @property
    def percent(self) -> float | None:
        return 100 * self.theirs / self.accepted if self.accepted else None

    @property
    def even(self) -> float:
        return 100 * self.busiest / self.mentors if self.mentors else 0.0


@dataclass(frozen=True)
class Gap:
    """A skill that was asked for, and who holds it: nobody, or one mentor alone."""

    tag: str
    asked: int
    holder: int | None


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` of all do not exceed (the nearest rank); None where there is none."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else None


def times(values: Iterable[float | None]) -> Times:
    """Of values of which some are not known yet."""
    given = list(values)
    known = [value for value in given if value is not None]
    return Times(len(known), len(given), median(known) if known else None, percentile(known, 0.9))


def groups(rows: Iterable[Asked], key: Callable[[Asked], K]) -> dict[K, Group]:
    """The requests by some key, in the order in which the keys come up."""
    found: dict[K, list[Asked]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return {name: group(name, some) for name, some in found.items()}


def group(key: Hashable, rows: Sequence[Asked]) -> Group:
    """The figures of some requests together. Withdrawn ones count as asked, and in no time."""
    counted = [row for row in rows if row.state != "withdrawn"]
    return Group(
        key=key,
        asked=len(rows),
        first=times(row.first_answer for row in counted),
        resolution=times(row.resolution for row in counted),
        waiting=sum(row.state == "waiting" for row in rows),
        withdrawn=len(rows) - len(counted),
    )


def month_of(zone: str) -> Callable[[Asked], tuple[int, int]]:
    """The year and month in which something was asked, in that time zone."""
    there = ZoneInfo(zone)

    def key(row: Asked) -> tuple[int, int]:
        at = row.created_at.astimezone(there)
        return at.year, at.month

    return key


def work(mentors: Iterable[int], tries: Iterable[Try], rows: Iterable[Asked], minutes: Mapping[int, int]) -> list[Work]:
    """What each of the mentors had to do, the most accepted first. `minutes` are those of meetings by mentor."""
    states: dict[int, Counter[str]] = defaultdict(Counter)
    for one in tries:
        states[one.mentor][one.state] += 1
    resolved: Counter[int] = Counter()
    ratings: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row.mentor is not None and row.state == "resolved":
            resolved[row.mentor] += 1
            if row.rating is not None:
                ratings[row.mentor].append(row.rating)
    found = [
        Work(
            mentor=pk,
            asked=states[pk].total(),
            accepted=accepted(states[pk]),
            declined=states[pk]["declined"],
            silent=states[pk]["silent"],
            resolved=resolved[pk],
            hours=minutes.get(pk, 0) / 60,
            rating=sum(ratings[pk]) / len(ratings[pk]) if ratings[pk] else None,
            rated=len(ratings[pk]),
        )
        for pk in mentors
    ]
    return sorted(found, key=lambda one: (-one.accepted, -one.asked, one.mentor))


def accepted(states: Mapping[str, int]) -> int:
    """How many were taken on: those that are, and those that were until they were resolved."""
    return states.get("accepted", 0) + states.get("done", 0)


def share(found: Sequence[Work]) -> Share:
    """Of mentors in the order of `work`. A quarter is rounded up."""
    busiest = math.ceil(len(found) / 4)
    return Share(
        mentors=len(found),
        busiest=busiest,
        accepted=sum(one.accepted for one in found),
        theirs=sum(one.accepted for one in found[:busiest]),
    )


def gaps(rows: Iterable[Asked], holders: Mapping[str, Collection[int]]) -> list[Gap]:
    """The tags that were asked for and that nobody or one mentor alone holds, the most asked for first."""
    counts = Counter(tag for row in rows for tag in row.tags)
    found = [
        Gap(tag, count, next(iter(holders.get(tag, ())), None))
        for tag, count in counts.items()
        if len(holders.get(tag, ())) < 2
    ]
    return sorted(found, key=lambda one: (one.holder is not None, -one.asked, one.tag))


def _days(start: datetime, end: datetime | None) -> float | None:
    return max((end - start).total_seconds(), 0.0) / DAY if end else None
