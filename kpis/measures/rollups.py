"""Roll-ups: one figure of many readings, with its coverage. Pure functions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpis.measures.readings import COUNTS, PRECEDENCE, Reading, Reason

# Below this share of expected projects a figure is shown as not representative.
REPRESENTATIVE = 0.5


@dataclass(frozen=True, slots=True)
class Cell:
    """A rolled-up figure. `reporting` readings of `expected` count in the value, `index_reporting` in the index.

    `reason` says why the value is missing or, where there is one, why the index is. `unweighted` counts readings that a
    weighted mean left out because their project has no weight.
    """

    value: float | None
    index: float | None
    reason: Reason | None
    reporting: int
    index_reporting: int
    expected: int
    unweighted: int = 0

    @property
    def is_representative(self) -> bool:
        return self.expected > 0 and self.reporting >= REPRESENTATIVE * self.expected


def median(numbers: Iterable[float]) -> float | None:
    """The middle one; of an even number the mean of the middle two; None of nothing."""
    ordered = sorted(numbers)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else ordered[half - 1] / 2 + ordered[half] / 2


def roll_up(readings: Sequence[Reading], weights: Sequence[float | None], *, rule: str, direction: str) -> Cell:
    """Roll up the readings of one KPI by its rule (mean, median, sum, weighted_mean, worst), and their index by the
    median.

    `weights` runs beside `readings` (forecast annual value, None where there is none) and matters to weighted_mean
    alone.
    """
    counted = [
        (r.value, w) for r, w in zip(readings, weights, strict=True) if r.value is not None and r.reason in COUNTS
    ]
    unweighted = 0
    if rule == "weighted_mean":
        weighted: list[tuple[float, float | None]] = [
            (value, weight) for value, weight in counted if weight is not None and weight > 0
        ]
        unweighted, counted = len(counted) - len(weighted), weighted
    value = _combine(counted, rule, direction)
    indexes = [r.index for r in readings if r.index is not None]
    index = median(indexes)
    reason = None
    if value is None and counted:
        reason = Reason.NOT_FINITE  # each of them is a number, their sum is not
    elif value is None:
        reason = most_common_reason([r.reason for r in readings if r.reason is not None])
    elif index is None:
        reason = most_common_reason([r.reason for r in readings if r.reason is not None and r.reason in COUNTS])
    return Cell(value, index, reason, len(counted), len(indexes), len(readings), unweighted)


def _combine(counted: Sequence[tuple[float, float | None]], rule: str, direction: str) -> float | None:
    values = [value for value, _ in counted]
    if not values:
        return None
    if rule == "median":
        return median(values)
    if rule == "sum":
        return _sum(values)
    if rule == "mean":
        return _sum([value / len(values) for value in values])
    if rule == "worst":
        return min(values) if direction == "higher" else max(values)
    if rule == "weighted_mean":
        total = math.fsum(weight or 0.0 for _, weight in counted)
        return _sum([value * ((weight or 0.0) / total) for value, weight in counted])
    raise ValueError(f"no roll-up is called {rule!r}")


def _sum(values: Sequence[float]) -> float | None:
    """The sum, or None where it is too large for a number (`math.fsum` raises then)."""
    try:
        total = math.fsum(values)
    except OverflowError:
        return None
    return total if math.isfinite(total) else None


def most_common_reason(reasons: Iterable[Reason]) -> Reason:
    """The reason that most readings give; of equally many the one that comes first in the precedence; no reading:
    not_bound.
    """
    counts = Counter(reasons)
    if not counts:
        return Reason.NOT_BOUND
    return min(counts, key=lambda reason: (-counts[reason], PRECEDENCE[reason]))
