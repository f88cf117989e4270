"""Which steps of an edition may be done now, and which comes next. Pure functions.

What holds a step up are steps that stand before it, that are meant for this person and that are not optional. Nothing
else does: so the first required step that is not done can always be done, and nobody is stranded, however the edition
was changed while people are on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol, TypeVar


class Ordered(Protocol):
    """What these functions read of a step; `Step` has it."""

    @property
    def key(self) -> str: ...
    @property
    def position(self) -> int: ...
    @property
    def needs(self) -> Sequence[str]: ...
    @property
    def needs_rule(self) -> str: ...
    @property
    def is_optional(self) -> bool: ...
    @property
    def roles(self) -> Sequence[str]: ...
    @property
    def experience(self) -> Sequence[str]: ...


S = TypeVar("S", bound=Ordered)
Applies = Callable[[S], bool]


def applies(step: Ordered, roles: Collection[str], experience: str) -> bool:
    """Whether the step is meant for somebody with these roles and this experience."""
    for_role = not step.roles or not set(step.roles).isdisjoint(roles)
    return for_role and (not step.experience or experience in step.experience)


def holding(steps: Iterable[S], step: S, done: AbstractSet[str], applies: Applies[S]) -> list[S]:
    """The steps that hold this one up, in their order: all of them are wanted first, or by its rule any one.

    None when it may be done.
    """
    if step.needs_rule == "any" and not done.isdisjoint(step.needs):
        return []
    wanted = [one for one in steps if one.key in step.needs and one.position < step.position]
    wanted = sorted((one for one in wanted if applies(one) and not one.is_optional), key=lambda one: one.position)
    return [one for one in wanted if one.key not in done]


def open_steps(steps: Sequence[S], done: AbstractSet[str], applies: Applies[S]) -> set[str]:
    """The keys of the steps that are meant for the person, are not done and may be done now.

    `done` holds the keys of what is done, by the person or the team, in this edition or an earlier one.
    """
    waiting = [one for one in steps if one.key not in done and applies(one)]
    return {one.key for one in waiting if not holding(steps, one, done, applies)}


def finished(steps: Iterable[S], done: AbstractSet[str], applies: Applies[S]) -> bool:
    """Whether every step that is meant for the person and not optional is done."""
    return all(one.key in done for one in steps if applies(one) and not one.is_optional)


def next_step(steps: Sequence[S], done: AbstractSet[str], applies: Applies[S]) -> S | None:
    """The earliest step that may be done now, optional ones after all others; None when there is none."""
    keys = open_steps(steps, done, applies)
    return min((one for one in steps if one.key in keys), key=lambda one: (one.is_optional, one.position), default=None)
