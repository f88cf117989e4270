"""What changed between two editions, step by step. Pure functions."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coe.guides.differences import Piece, word_diff


@dataclass(frozen=True)
class Entry:
    """A step as far as it is compared: its fields in words, by label, and where it stands."""

    key: str
    title: str
    place: int
    fields: Mapping[str, str]


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        """What stayed, went and came, word by word."""
        return word_diff(self.before, self.after)


@dataclass(frozen=True)
class StepChange:
    """A step that is in both editions. `is_moved`: others that stayed stand on its other side now."""

    before: Entry
    after: Entry
    fields: tuple[FieldChange, ...]
    is_moved: bool


@dataclass(frozen=True)
class Difference:
    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    changed: tuple[StepChange, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed)


def compare(before: Sequence[Entry], after: Sequence[Entry]) -> Difference:
    """What changed from one edition to another; steps are the same where their keys are. In the order of `after`."""
    old, new = {one.key: one for one in before}, {one.key: one for one in after}
    moved = _moved([one.key for one in before if one.key in new], [one.key for one in after if one.key in old])
    changes = [
        StepChange(old[one.key], one, fields_apart(old[one.key].fields, one.fields), one.key in moved)
        for one in after
        if one.key in old
    ]
    return Difference(
        added=tuple(one for one in after if one.key not in old),
        removed=tuple(one for one in before if one.key not in new),
        changed=tuple(one for one in changes if one.fields or one.is_moved),
    )


def fields_apart(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """The fields that say different things."""
    pairs = ((label, before.get(label, ""), after.get(label, "")) for label in dict.fromkeys([*before, *after]))
    return tuple(FieldChange(label, old, new) for label, old, new in pairs if old != new)


def _moved(old: Sequence[str], new: Iterable[str]) -> frozenset[str]:
    """Of the same keys in two orders the fewest that one must take out so that the others stand in one order."""
    place = {key: n for n, key in enumerate(old)}
    # For each length the chain of rising places that ends lowest.
    ends: list[int] = []
    chains: list[list[str]] = []
    for key in new:
        n = bisect_left(ends, place[key])
        chain = [*(chains[n - 1] if n else []), key]
        ends[n : n + 1], chains[n : n + 1] = [place[key]], [chain]
    return frozenset(place) - frozenset(chains[-1] if chains else [])
