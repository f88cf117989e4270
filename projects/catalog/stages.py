"""Stages as pure functions: which move may follow, and how long a project was where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

ORDER = ("idea", "exploration", "pilot", "production", "retired")


def next_stages(stage: str) -> list[str]:
    """Where a project may go from `stage`: one forward, one back, or retired; from retired to exploration."""
    if stage == "retired":
        return ["exploration"]
    at = ORDER.index(stage)
    return [to for to in ORDER if to != stage and (abs(ORDER.index(to) - at) == 1 or to == "retired")]


@dataclass(frozen=True)
class Span:
    """A stay in a stage, in whole days; `until` is None where it still is."""

    stage: str
    since: date
    until: date | None
    days: int


def spans(moves: Iterable[tuple[str, date]], today: date) -> list[Span]:
    """The stays that `moves` (stage, day; in order) make up to `today`. Their days add up to those since the first."""
    steps = [(stage, min(on, today)) for stage, on in moves]
    ends = [*(on for _, on in steps[1:]), None][: len(steps)]
    return [
        Span(stage, since, until, ((until or today) - since).days)
        for (stage, since), until in zip(steps, ends, strict=True)
    ]


def days_in_stages(moves: Iterable[tuple[str, date]], today: date) -> dict[str, int]:
    """Days spent in each stage so far, in the order of the stages; those never entered are left out."""
    total: dict[str, int] = {}
    for span in spans(moves, today):
        total[span.stage] = total.get(span.stage, 0) + span.days
    return {stage: total[stage] for stage in ORDER if stage in total}
