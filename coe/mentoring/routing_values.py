"""What routing takes and gives: mentors as candidates, requests as needs, weights, scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import timedelta
from typing import Any

MOST_LEVEL = 3
# What a young request waits with, by its urgency, in parts of the whole patience.
PATIENCE = {"today": 0.25, "week": 1.0, "later": 2.0}
RANK = {"today": 1.0, "week": 0.5, "later": 0.0}


@dataclass(frozen=True)
class Candidate:
    """A mentor at this moment. `closed` says why not to be asked at all ("is away"); empty when available.

    `levels` are 1 to 3 by tag, `units` and `wanted` may be empty; `load` is how many of the `capacity` places are
    held, `recent` how many requests were accepted lately.
    """

    id: int
    person: int
    levels: Mapping[str, int] = field(default_factory=dict)
    units: frozenset[int] = frozenset()
    languages: frozenset[str] = frozenset()
    capacity: int = 1
    load: int = 0
    recent: int = 0
    wanted: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
    closed: str = ""

    @property
    def free(self) -> int:
        """How many more requests fit in; nothing for who is closed."""
        return 0 if self.closed else max(self.capacity - self.load, 0)


@dataclass(frozen=True)
class Need:
    """A request that waits. `tags` has the topic first; `lineage` the unit with all that are above it.

    `people` are those who ask, `tried` the mentors (by id) of this round, `earlier` how many requests each mentor and
    the requester resolved together; `waited` is how long since it came.
    """

    id: int
    tags: Sequence[str]
    lineage: tuple[int, ...] = ()
    language: str = ""
    people: frozenset[int] = frozenset()
    tried: frozenset[int] = frozenset()
    earlier: Mapping[int, int] = field(default_factory=dict)
    urgency: str = "week"
    waited: timedelta = timedelta()


@dataclass(frozen=True)
class Weights:
    """What counts how much. Each part of a score is from 0 to 1 before it is weighed; load and recent are taken off.

    `topic` is how many times a further skill's weight the topic has within the fit. `urgency` and `waiting` decide who
    goes first where places are scarce: `urgency` for "today" (half of it for "week"), `waiting` for each day waited.
    While a request is younger than its `patience` ("today": a quarter of it, "later": twice), nobody is asked who fits
    it less than `least_fit` times as well as the best of those who could be asked, had all of them a free place.

    The defaults come from the simulation in `benchmarks/mentoring.py`, on seeds other than those that it is judged by:
    - `least_fit` is a share of the best, not a fixed fit: nobody waits for somebody who is not there. Without it the
      mean fit falls by a tenth at 60 % load, by a quarter at 80 %. 0.95 waits longer for the same fit; 0.65 waits a
      fifth less, for a fit of 0.46 instead of 0.47 at 60 %.
    - `patience` is a little longer than the day that a silent mentor takes: with exactly a day whoever met one was then
      given to anybody. More buys a little fit for much wait.
    - `load` and `recent` keep those whom many want free for those who need them; without, the fit is a little lower.
    - `waiting` from 0.1 to 1 changes next to nothing there. Like the others it is for people, not for the simulation.
    """

    fit: float = 1.0
    unit: float = 0.1
    together: float = 0.15
    wanted: float = 0.1
    load: float = 0.15
    recent: float = 0.15
    topic: float = 1.0
    urgency: float = 0.5
    waiting: float = 0.25
    least_fit: float = 0.75
    patience: timedelta = timedelta(hours=30)

    def patience_for(self, urgency: str) -> timedelta:
        return self.patience * PATIENCE.get(urgency, 1.0)

    def as_dict(self) -> dict[str, float]:
        """For keeping: the patience in hours."""
        return {**asdict(self), "patience": self.patience / timedelta(hours=1)}


@dataclass(frozen=True)
class Scores:
    """How one candidate fits one need: each part from 0 to 1, and what they come to.

    `reason` says why the candidate cannot be asked; empty for who could. `levels` are those on the need's own tags.
    """

    candidate: int
    reason: str
    chosen: bool
    total: float
    fit: float
    unit: float
    together: float
    wanted: float
    load: float
    recent: float
    levels: Mapping[str, int]

    def as_dict(self) -> dict[str, Any]:
        """What JSON can hold, rounded to what is shown."""
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        plain |= {name: round(value, 4) for name, value in plain.items() if isinstance(value, float)}
        return {**plain, "levels": dict(self.levels)}


def hindrance(need: Need, candidate: Candidate) -> str:
    """Why the candidate cannot be asked, whatever the fit: the first of the hard filters; empty when none does."""
    if candidate.person in need.people:
        return "is one of those who ask"
    if candidate.id in need.tried:
        return "was asked already"
    if candidate.closed:
        return candidate.closed
    if candidate.free < 1:
        return "has no free place"
    if need.language and need.language not in candidate.languages:
        return "does not speak the language"
    if need.tags and need.tags[0] in candidate.unwanted:
        return "does not want this topic"
    return ""
