"""What changed between two lists of entries: which came, went, moved, and what their fields say otherwise. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

# The pieces of two texts, in reading order: what stayed, went and came, as the room's templates write them.
Words = Callable[[str, str], Sequence[object]]


class Entry(Protocol):
    """What is compared: its fields in words, by label."""

    @property
    def key(self) -> str: ...
    @property
    def fields(self) -> Mapping[str, str]: ...


T = TypeVar("T", bound=Entry)


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str
    words: Words

    @property
    def pieces(self) -> Sequence[object]:
        """What stayed, went and came, word by word."""
        return self.words(self.before, self.after)


@dataclass(frozen=True)
class EntryChange(Generic[T]):
    """An entry that is in both. `is_moved`: others that stayed stand on its other side now."""

    before: T
    after: T
    fields: tuple[FieldChange, ...]
    is_moved: bool


@dataclass(frozen=True)
class Difference(Generic[T]):
    added: tuple[T, ...]
    removed: tuple[T, ...]
    changed: tuple[EntryChange[T], ...]

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed)


def compare(before: Sequence[T], after: Sequence[T], *, words: Words, downward: bool = False) -> Difference[T]:
    """What changed from one to the other; entries are the same where their keys are. In the order of `after`.

    Of two that changed places the one that went up is told as moved, `downward` the one that went down.
    """
    old, new = {one.key: one for one in before}, {one.key: one for one in after}
    orders = [one.key for one in before if one.key in new], [one.key for one in after if one.key in old]
    gone_elsewhere = moved(*(orders[::-1] if downward else orders))
    changes = [
        EntryChange(
            old[one.key], one, fields_apart(old[one.key].fields, one.fields, words=words), one.key in gone_elsewhere
        )
        for one in after
        if one.key in old
    ]
    return Difference(
        added=tuple(one for one in after if one.key not in old),
        removed=tuple(one for one in before if one.key not in new),
        changed=tuple(one for one in changes if one.fields or one.is_moved),
    )


def fields_apart(before: Mapping[str, str], after: Mapping[str, str], *, words: Words) -> tuple[FieldChange, ...]:
    """The fields that say different things."""
    pairs = ((label, before.get(label, ""), after.get(label, "")) for label in dict.fromkeys([*before, *after]))
    return tuple(FieldChange(label, old, new, words) for label, old, new in pairs if old != new)


def moved(old: Sequence[str], new: Iterable[str]) -> frozenset[str]:
    """Of the same keys in two orders the fewest that one must take out so that the others stand in one order.

    Of several such sets, the one with those that went up; with the two orders given the other way round, down.
    """
    place = {key: n for n, key in enumerate(old)}
    # For each length the chain of rising places that ends lowest.
    ends: list[int] = []
    chains: list[list[str]] = []
    for key in new:
        n = bisect_left(ends, place[key])
        chain = [*(chains[n - 1] if n else []), key]
        ends[n : n + 1], chains[n : n + 1] = [place[key]], [chain]
    return frozenset(place) - frozenset(chains[-1] if chains else [])
