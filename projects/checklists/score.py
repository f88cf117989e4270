"""The ML Test Score (Breck and others, 2017). Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

GROUPS = ("Data", "Model", "Infrastructure", "Monitoring")
AUTOMATED, BY_HAND, NOT_DONE = 1.0, 0.5, 0.0


class Sum(NamedTuple):
    """The points of one group, and how many of its items apply."""

    points: float
    applying: int
    of: int


@dataclass(frozen=True)
class Score:
    """`score` is the lowest group's points; `groups` always holds all four, in their order."""

    groups: Mapping[str, Sum]
    score: float


def group_of(name: str) -> str | None:
    """The group of the score that an item's group is, whatever its case and the spaces around; None for another one."""
    return next((group for group in GROUPS if group.casefold() == name.strip().casefold()), None)


def ml_test_score(points: Iterable[tuple[str, float | None]]) -> Score:
    """The score of items given as (group, points): 1 done by machine, ½ by hand, 0 not done, None not applicable.

    Items of other groups than the four do not count. What does not apply gives no point, and a group without items
    has none: then the score is 0. Raises `ValueError` for points other than these.
    """
    sums = dict.fromkeys(GROUPS, Sum(NOT_DONE, 0, 0))
    for name, point in points:
        if point not in (None, AUTOMATED, BY_HAND, NOT_DONE):
            raise ValueError(f"points must be 1, ½, 0 or None, not {point!r}")
        group = group_of(name)
        if group is None:
            continue
        total, applying, of = sums[group]
        sums[group] = Sum(total + (point or NOT_DONE), applying + (point is not None), of + 1)
    return Score(sums, min(one.points for one in sums.values()))
