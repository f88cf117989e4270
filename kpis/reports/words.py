"""Figures in plain sentences. Pure functions: what they say follows from the numbers alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from coe.core import figures
from kpis.measures.readings import Reason

# From this index on a unit is "nearly at target".
NEARLY = 85.0
# A unit that moved by less than so many points did not move.
NOTABLE = 3

_PLAIN = {
    Reason.WITHHELD: "Withheld from you",
    Reason.NOT_BOUND: "Not measured",
    Reason.NO_DATA: "No value reported yet",
    Reason.NOT_FINITE: "The last value is not a number",
    Reason.OUT_OF_RANGE: "The last value cannot be right: it is outside of the valid range",
    Reason.STALE: "The last value is too old",
    Reason.SOURCE_FAILING: "The source does not answer",
    Reason.DATASET_CHANGED: "Evaluated on other data than its baseline",
    Reason.NO_BASELINE: "No baseline set yet",
    Reason.NO_TARGET: "No target set yet",
}
_SHORT = {
    Reason.WITHHELD: "withheld from you",
    Reason.NOT_BOUND: "not measured",
    Reason.NO_DATA: "have no value yet",
    Reason.NOT_FINITE: "gave no number",
    Reason.OUT_OF_RANGE: "gave a value outside of the valid range",
    Reason.STALE: "reported too long ago",
    Reason.SOURCE_FAILING: "have a source that does not answer",
    Reason.DATASET_CHANGED: "were evaluated on other data than their baseline",
    Reason.NO_BASELINE: "have no baseline",
    Reason.NO_TARGET: "have no target",
}


def reason(
    why: Reason | str | None, *, since: datetime | None = None, as_of: date | None = None, today: date | None = None
) -> str:
    """Why there is no comparable figure, in plain words;

    With its date or age where `since` tells it. Empty for no reason.
    """
    if not why:
        return ""
    why = Reason(why)
    if since is not None and as_of is not None:
        began = since.date()
        if why is Reason.STALE:
            days = max((as_of - began).days, 0)
            return f"Last reported {figures.count_of(days, 'day')} ago"
        if why is Reason.DATASET_CHANGED:
            return f"Evaluated on other data since {figures.day(began, today or as_of)}"
        if why is Reason.SOURCE_FAILING:
            return f"The source has not answered since {figures.day(began, today or as_of)}"
    return _PLAIN[why]


def left_out(why: Reason) -> str:
    """The same as the end of "2 projects …"."""
    return _SHORT[why]


@dataclass(frozen=True)
class Standing:
    """A unit's index over everything that it measures; None where there is none."""

    name: str
    index: float | None


@dataclass(frozen=True)
class Shift:
    """By how many points a unit's index in a category moved; None where it had none then or has none now."""

    name: str
    category: str
    points: float | None

    @property
    def whole(self) -> int:
        return figures.rounded(self.points or 0.0)


def headline(standings: Iterable[Standing], shifts: Iterable[Shift] = ()) -> str:
    """The state of the company in two short sentences: who is furthest, and what moved most.

    Who is furthest has the greatest index over everything that it measures (of equals, the first by name). What moved
    most did so by the most points since the day compared with (of equals, what slipped, then the first by name).
    Nothing is said of a move below three points, nor of moves where there is nothing to compare with.
    """
    known = sorted((s for s in standings if s.index is not None), key=lambda s: s.name)
    if not known:
        return "No unit has a comparable figure yet."
    best = max(known, key=lambda s: s.index or 0.0)
    first = f"{best.name} {_position(best.index or 0.0, alone=len(known) == 1)}"
    compared = sorted((s for s in shifts if s.points is not None), key=lambda s: (s.name, s.category))
    if not compared:
        return f"{first}."
    most = max(compared, key=lambda s: (abs(s.whole), s.whole < 0))
    if abs(most.whole) < NOTABLE:
        return f"{first}. Nothing moved by {NOTABLE} points or more."
    move = f"{'slipped' if most.whole < 0 else 'gained'} {figures.count_of(abs(most.whole), 'point')}"
    move += f" in {most.category.lower()}"
    if most.name == best.name:
        return f"{first} and {move}."
    return f"{first}. {most.name} {move}."


def _position(index: float, *, alone: bool) -> str:
    points = figures.rounded(index)
    if points > 100:
        return "is above target"
    if points == 100:
        return "is at target"
    if points >= NEARLY:
        return "is nearly at target"
    if points < 0:
        return f"is below where it began, at {figures.signless(points)}"
    return f"is at {points} of 100" if alone else f"is furthest, at {points} of 100"


@dataclass(frozen=True)
class Move:
    """A project's figure now and at the day compared with."""

    project: str
    kpi: str
    unit: str
    url: str
    now: float | None
    before: float | None
    reason: Reason | None = None
    reason_before: Reason | None = None

    @property
    def delta(self) -> float | None:
        return None if self.now is None or self.before is None else self.now - self.before

    @property
    def sentence(self) -> str:
        """What happened, in one clause."""
        subject = f"{self.project}: {self.kpi}"
        if self.now is None:
            return f"{subject} can no longer be compared"
        if self.before is None:
            return f"{subject} can be compared now"
        if self.now >= 100 > self.before:
            return f"{subject} reached its target"
        if self.before >= 100 > self.now:
            return f"{subject} fell behind its target"
        if self.now < 0 <= self.before:
            return f"{subject} fell below its baseline"
        if self.before < 0 <= self.now:
            return f"{subject} is no longer below its baseline"
        return f"{subject} {'gained' if self.now > self.before else 'lost ground'}"

    @property
    def detail(self) -> str:
        """Where it was and is, or why it is no more comparable."""
        if self.now is None:
            return f"{self.unit}. {reason(self.reason)}; its index was {figures.index(self.before)}"
        if self.before is None:
            return f"{self.unit}. Index {figures.index(self.now)}"
        return f"{self.unit}. Index {figures.index(self.before)}, now {figures.index(self.now)}"


def biggest_moves(moves: Sequence[Move], most: int = 6) -> list[Move]:
    """The moves worth telling: figures that can no longer be compared (a third of the places at most), then by points.

    Moves that round to nothing are left out; figures that can be compared again fill what is left.
    """
    lost = sorted((m for m in moves if m.now is None and m.before is not None), key=lambda m: -abs(m.before or 0))
    won = [m for m in moves if m.now is not None and m.before is None]
    moved = [m for m in moves if m.delta is not None and figures.rounded(m.delta) != 0]
    moved.sort(key=lambda m: (-abs(m.delta or 0.0), m.project, m.kpi))
    kept_lost = lost[: max(most // 3, most - len(moved))]
    told = moved[: most - len(kept_lost)] + kept_lost
    return told + won[: most - len(told)]
