"""The parts of the scores of every need with every candidate, as tables: a row for each need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from coe.mentoring.routing_values import MOST_LEVEL, RANK, Candidate, Need, Weights

T = TypeVar("T", int, str)
Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
# Where units say nothing: the candidate serves whatever unit asks, or the need has none.
NEUTRAL = 0.5
# A further skill among the wanted topics counts half of the topic itself.
FURTHER = 0.5
DAY = timedelta(days=1)
TINY = 1e-12


class Table:
    """Computed once for needs and candidates, both sorted. Rows are needs, columns candidates.

    `base` is the weighed sum without the load, which depends on how many a candidate gets; `priority` is what a row
    adds whoever gets it.
    """

    def __init__(self, needs: Sequence[Need], candidates: Sequence[Candidate], weights: Weights) -> None:
        self.needs, self.candidates = needs, candidates
        tags = sorted({tag for need in needs for tag in need.tags})
        self.tags = {tag: number for number, tag in enumerate(tags)}
        self.numbers = [[self.tags[tag] for tag in dict.fromkeys(need.tags)] for need in needs]
        self.column = {candidate.id: column for column, candidate in enumerate(candidates)}
        self.capacity = self._of_each(lambda one: max(one.capacity, 1))
        self.held = self._of_each(lambda one: one.load)
        self.load: Values = self.held / self.capacity
        self.free: npt.NDArray[np.int64] = np.array([one.free for one in candidates], dtype=np.int64)
        self.could = self._could()
        self.is_open: Flags = self.could & (self.free > 0)
        self._fit(weights)
        self._unit()
        self._wanted()
        self._past()
        self.base: Values = (
            weights.fit * self.fit
            + weights.unit * self.unit
            + weights.together * self.together
            + weights.wanted * self.wanted
            - weights.recent * self.recent
        )
        self.priority: Values = np.array(
            [weights.urgency * RANK.get(one.urgency, 0.0) + weights.waiting * (one.waited / DAY) for one in needs]
        )
        young = np.array([one.waited < weights.patience_for(one.urgency) for one in needs], dtype=bool)
        best = np.where(self.could, self.fit, 0.0).max(axis=1, initial=0.0)
        self.is_young: Flags = young[:, None] & (self.fit < weights.least_fit * best[:, None] - TINY)
        self.is_eligible: Flags = self.is_open & ~self.is_young

    def _of_each(self, value: Callable[[Candidate], float]) -> Values:
        return np.array([value(one) for one in self.candidates], dtype=float)

    def _blank(self) -> Values:
        return np.zeros((len(self.needs), len(self.candidates)))

    def _fit(self, weights: Weights) -> None:
        """`shares`: how much of a need's fit each tag decides; `fit`: the level on each, weighed with that."""
        levels = np.zeros((len(self.tags), len(self.candidates)))
        for column, one in enumerate(self.candidates):
            for tag, level in one.levels.items():
                if (number := self.tags.get(tag)) is not None:
                    levels[number, column] = min(max(level, 0), MOST_LEVEL) / MOST_LEVEL
        holders = np.count_nonzero(levels, axis=1)
        rarity = np.log((len(self.candidates) + 1) / (holders + 1)) + 1
        self.shares: list[Values] = []
        self.fit: Values = self._blank()
        # Row by row: the tables are too small for the threads of a matrix product, which would also round as they like.
        for row, numbers in enumerate(self.numbers):
            share = rarity[numbers]
            share[:1] *= weights.topic
            share = share / max(share.sum(), TINY)
            self.shares.append(share)
            self.fit[row] = (share[:, None] * levels[numbers]).sum(axis=0)

    def _unit(self) -> None:
        """1 for who serves the need's unit or one above it, 0 for who serves others only, else neutral."""
        serves = _columns(one.units for one in self.candidates)
        chosen = np.array([bool(one.units) for one in self.candidates], dtype=bool)
        self.unit: Values = np.full(self.is_open.shape, NEUTRAL)
        for row, need in enumerate(self.needs):
            if need.lineage:
                self.unit[row, chosen] = 0.0
                self.unit[row, [column for unit in need.lineage for column in serves[unit]]] = 1.0

    def _wanted(self) -> None:
        """1 where the candidate wants the topic, half for a further skill, else 0."""
        wants = _columns(one.wanted for one in self.candidates)
        self.wanted: Values = self._blank()
        for row, need in enumerate(self.needs):
            self.wanted[row, [column for tag in need.tags for column in wants[tag]]] = FURTHER
            self.wanted[row, [column for tag in need.tags[:1] for column in wants[tag]]] = 1.0

    def _past(self) -> None:
        """`together`: n ÷ (n + 1) of what both resolved before; `recent`: a half for who had as many as the mean."""
        self.together: Values = self._blank()
        for row, need in enumerate(self.needs):
            for candidate_id, times in need.earlier.items():
                if (column := self.column.get(candidate_id)) is not None:
                    self.together[row, column] = times / (times + 1)
        counts = self._of_each(lambda one: one.recent)
        mean = counts.mean() if len(counts) else 0.0
        self.recent: Values = counts / (counts + mean) if mean else np.zeros(len(counts))

    def _could(self) -> Flags:
        """Which pairs pass every hard filter but that of a free place; `routing_values.hindrance` says it of one."""
        available = np.array([not one.closed for one in self.candidates], dtype=bool)
        found = np.repeat(available[None, :], len(self.needs), axis=0)
        people = _columns((one.person,) for one in self.candidates)
        languages = {need.language for need in self.needs}
        silent = _columns(languages - one.languages for one in self.candidates)
        unwanted = _columns(one.unwanted for one in self.candidates)
        for row, need in enumerate(self.needs):
            for person in need.people:
                found[row, people[person]] = False
            found[row, [self.column[one] for one in need.tried if one in self.column]] = False
            if need.language:
                found[row, silent[need.language]] = False
            if need.tags:
                found[row, unwanted[need.tags[0]]] = False
        return found


def _columns(rows: Iterable[Iterable[T]]) -> defaultdict[T, list[int]]:
    """Which candidates have a value."""
    found: defaultdict[T, list[int]] = defaultdict(list)
    for column, values in enumerate(rows):
        for value in values:
            found[value].append(column)
    return found
