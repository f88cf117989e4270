"""Who is asked: the whole queue and all mentors, solved together as an assignment problem. Pure; no database.

Same state, same answer: neither the order in which needs and candidates come nor the clock has a say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from coe.mentoring.routing_table import Table, Values
from coe.mentoring.routing_values import Candidate, Need, Scores, Weights, hindrance

__all__ = ["Candidate", "Need", "Plan", "Scores", "Weights", "assign", "hindrance"]

# How many candidates are kept with a decision, besides the chosen one.
KEPT = 12
YOUNG = "knows too little of it, while it has not waited for long"


class Plan:
    """The solution: `pairs` is candidate id by need id. Explanations are made when somebody asks for them."""

    def __init__(self, table: Table, needs: Sequence[Need], candidates: Sequence[Candidate], weights: Weights) -> None:
        self._table, self._candidates, self.weights = table, candidates, weights
        self._needs = needs
        self._slots = solve(table, weights)
        #: By need id.
        self.pairs = {needs[row].id: candidates[column].id for row, (column, _) in self._slots.items()}

    @cached_property
    def total(self) -> float:
        """What the pairs come to, with what urgency and waiting add."""
        return sum(self._value(row, column, load) for row, (column, load) in self._slots.items())

    @cached_property
    def _rows(self) -> dict[int, int]:
        return {need.id: row for row, need in enumerate(self._needs)}

    def _value(self, row: int, column: int, load: float) -> float:
        table = self._table
        return float(table.base[row, column] + table.priority[row]) - self.weights.load * load

    def explain(self, need_id: int) -> list[Scores]:
        """Every candidate for the need: who could be asked by score, then who could not, by fit."""
        row = self._rows[need_id]
        found = [self._scores(row, column) for column in range(len(self._candidates))]
        return sorted(found, key=lambda one: (bool(one.reason), -(one.fit if one.reason else one.total), one.candidate))

    def _scores(self, row: int, column: int) -> Scores:
        table, need, candidate = self._table, self._needs[row], self._candidates[column]
        chosen = self._slots.get(row, (None, 0.0))
        load = chosen[1] if chosen[0] == column else float(table.load[column])
        reason = hindrance(need, candidate) or (YOUNG if table.is_young[row, column] else "")
        return Scores(
            candidate=candidate.id, reason=reason, chosen=chosen[0] == column,
            total=float(table.base[row, column]) - self.weights.load * load,
            fit=float(table.fit[row, column]), unit=float(table.unit[row, column]),
            together=float(table.together[row, column]), wanted=float(table.wanted[row, column]),
            load=load, recent=float(table.recent[column]),
            levels={tag: candidate.levels[tag] for tag in need.tags if tag in candidate.levels},
        )  # fmt: skip

    def shares(self, need_id: int) -> dict[str, float]:
        """How much of the fit each tag of the need decides; together 1."""
        row = self._rows[need_id]
        tags = dict.fromkeys(self._needs[row].tags)
        return {tag: round(float(share), 4) for tag, share in zip(tags, self._table.shares[row], strict=True)}

    def hindered(self, need_id: int) -> dict[str, int] | None:
        """How many candidates each hard filter takes out; None when somebody passes all of them."""
        row = self._rows[need_id]
        if self._table.is_open[row].any():
            return None
        return dict(Counter(hindrance(self._needs[row], candidate) for candidate in self._candidates).most_common())

    def why(self, need_id: int, chosen: int | None = None) -> dict[str, Any]:
        """What is kept with a decision, of bounded size: the weights, the best candidates, the others counted.

        `chosen` is who was taken by hand; without it, whom the plan has.
        """
        chosen = self.pairs.get(need_id) if chosen is None else chosen
        rows = self.explain(need_id)
        best = [one for one in rows if not one.reason][:KEPT]
        best += [one for one in rows if one.candidate == chosen and one not in best]
        return {
            "weights": self.weights.as_dict(),
            "tags": self.shares(need_id),
            "candidates": len(rows),
            "reasons": dict(Counter(one.reason for one in rows if one.reason).most_common()),
            "top": [{**one.as_dict(), "chosen": one.candidate == chosen} for one in best],
        }


def assign(needs: Collection[Need], candidates: Collection[Candidate], weights: Weights | None = None) -> Plan:
    """As many needs as possible get somebody, and of all ways to do so the one with the greatest sum of scores.

    A score is the weighed sum of its parts; the fit is Σ w·level/3 ÷ Σ w over the need's tags, with the rarity
    w = log((candidates + 1) ÷ (holders + 1)) + 1. A candidate with several free places may get several needs, each
    further one at the load that it would then have.
    """
    weights = weights or Weights()
    rows = sorted(needs, key=lambda need: need.id)
    columns = sorted(candidates, key=lambda candidate: candidate.id)
    return Plan(Table(rows, columns, weights), rows, columns, weights)


def solve(table: Table, weights: Weights) -> dict[int, tuple[int, float]]:
    """By row the column that it gets, with the load there before it."""
    rows = np.flatnonzero(table.is_eligible.any(axis=1))
    able = np.flatnonzero(table.is_eligible.any(axis=0))
    if not len(rows):
        return {}
    places = np.minimum(table.free[able], len(rows))
    columns = np.repeat(able, places)
    # Which place of its column each is: 0, 1, 2, 0, 1, …
    nth = np.arange(len(columns)) - np.repeat(np.cumsum(places) - places, places)
    load: Values = (table.held[columns] + nth) / table.capacity[columns]
    fits = table.is_eligible[np.ix_(rows, columns)]
    value = (table.base + table.priority[:, None])[np.ix_(rows, columns)]
    value -= weights.load * load
    low, high = value.min(), value.max()
    # One pair more outweighs whatever all the others could lose by it.
    value += (high - low + 1) * (min(fits.shape) + 1) - low
    value *= fits
    taken = zip(*linear_sum_assignment(value, maximize=True), strict=True)
    return {int(rows[row]): (int(columns[slot]), float(load[slot])) for row, slot in taken if fits[row, slot]}
