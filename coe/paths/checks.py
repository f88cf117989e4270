"""What Cairn can see by itself: each room registers what of its own can finish a step of a path.

A check looks at the state as it is, never at the events that led there: so it gives the same answer however often it
is asked and in whatever order the events came. The events only say for whom it is worth asking again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from coe.core.access import AlreadyRegistered
from coe.core.models import Event


@dataclass(frozen=True)
class Newcomer:
    """For whom a check is asked: the person or the people of the team, and the thing (a project) it is bound to."""

    people: frozenset[int]
    subject: tuple[int, int] | None


@dataclass(frozen=True)
class Finding:
    """What a check saw: whether it is so, since when, with links to see for oneself; or why it is not (any more)."""

    is_so: bool
    at: datetime | None = None
    evidence: tuple[tuple[str, str], ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Touched:
    """Whom events concern: people by id, and things by (content type id, id)."""

    people: frozenset[int] = frozenset()
    subjects: frozenset[tuple[int, int]] = frozenset()


Find = Callable[[Sequence[Newcomer], Mapping[str, Any]], Sequence[Finding]]


@dataclass(frozen=True)
class Check:
    """One thing that Cairn can see. `find` answers for many newcomers in a few queries, in their order; `touched` says
    whom events with one of `verbs` concern. `not_yet` tells a newcomer what Cairn waits for. A check that `lasts`
    keeps what it once saw (a first acceptance); the others un-verify their step when it is no longer so.
    """

    key: str
    label: str
    not_yet: str
    verbs: frozenset[str]
    find: Find
    touched: Callable[[Sequence[Event]], Touched]
    lasts: bool = False
    # What `find` may be told: name → what it means.
    params: Mapping[str, str] = field(default_factory=dict)


_checks: dict[str, Check] = {}


def register(check: Check) -> None:
    """Offer a check to the authors of paths. Raises `AlreadyRegistered` for a key given twice."""
    if check.key in _checks:
        raise AlreadyRegistered(check.key)
    _checks[check.key] = check


def get(key: str) -> Check | None:
    """The check of that key; None for one that no room offers (any more)."""
    return _checks.get(key)


def checks() -> list[Check]:
    """Every check, by its label."""
    return sorted(_checks.values(), key=lambda one: one.label)


def wanted(verb: str) -> bool:
    """Whether an event with this verb can change what some check sees."""
    return any(verb in one.verbs for one in _checks.values())
