"""Data that grows: a fixed hold-out and, for each month, all rows that a team had gathered by then.

Months are counted from 0 (the first of the story) to 11 (the last of its first year) and on. The rows of a month
depend on the seed, the project and the month alone, so a later start sees exactly the data that an earlier one saw.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from zlib import crc32

import numpy as np
import pandas as pd

LAST_MONTH = 11
_HOLDOUT, _SECOND_HOLDOUT, _FIRST, _MONTHLY = 0, 1, 2, 100

Rows = Callable[[np.random.Generator, int, float], pd.DataFrame]


class Recipe(Protocol):
    """Where a project's rows come from; `target` names the column to predict."""

    @property
    def target(self) -> str: ...

    def holdout(self, slug: str, seed: int, *, second: bool = False) -> pd.DataFrame:
        """The fixed evaluation rows; `second` gives the set that replaced them."""

    def training(self, slug: str, seed: int, month: int) -> pd.DataFrame:
        """All rows available for training in a month, oldest first."""


def generator(slug: str, seed: int, part: int) -> np.random.Generator:
    """An independent, reproducible stream for one part of one project's data."""
    return np.random.default_rng([seed, crc32(slug.encode()), part])


@dataclass(frozen=True)
class Generated:
    """Rows drawn from a process; `drift` a month moves the process away from the hold-out from `drift_from` on.

    With `window` a team trains on its newest rows only (that many months), otherwise on all of them.
    """

    target: str
    rows: Rows
    first: int
    monthly: int
    held_out: int
    drift: float = 0.0
    drift_from: int = 0
    window: int | None = None
    second_drift: float = 0.0

    def holdout(self, slug: str, seed: int, *, second: bool = False) -> pd.DataFrame:
        part = _SECOND_HOLDOUT if second else _HOLDOUT
        return self.rows(generator(slug, seed, part), self.held_out, self.second_drift if second else 0.0)

    def training(self, slug: str, seed: int, month: int) -> pd.DataFrame:
        batches = [self.rows(generator(slug, seed, _FIRST), self.first, 0.0)]
        for index in range(month + 1):
            moved = self.drift * max(0, index - self.drift_from + 1)
            batches.append(self.rows(generator(slug, seed, _MONTHLY + index), self.monthly, moved))
        return pd.concat(batches[-self.window :] if self.window else batches, ignore_index=True)


@dataclass(frozen=True)
class Bundled:
    """A data set that comes with scikit-learn, revealed month by month until the first year has seen it all."""

    target: str
    load: Callable[[np.random.Generator], pd.DataFrame]
    first: int
    held_out: int

    def holdout(self, slug: str, seed: int, *, second: bool = False) -> pd.DataFrame:
        return self._shuffled(slug, seed)[: self.held_out].reset_index(drop=True)

    def training(self, slug: str, seed: int, month: int) -> pd.DataFrame:
        pool = self._shuffled(slug, seed)[self.held_out :]
        size = round(np.interp(month, [0, LAST_MONTH], [self.first, len(pool)]))
        return pool[:size].reset_index(drop=True)

    def _shuffled(self, slug: str, seed: int) -> pd.DataFrame:
        random = generator(slug, seed, _FIRST)
        frame = self.load(random)
        return frame.iloc[random.permutation(len(frame))]
