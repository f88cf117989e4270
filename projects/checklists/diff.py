"""What changed between two editions, item by item and word by word. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORDS = re.compile(r"\s+|[^\s]+")


class Op(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """A run of words that stayed, came or went."""

    op: Op
    text: str


@dataclass(frozen=True)
class Entry:
    """An item as far as it is compared: its fields in words, by label. `group` and `place` say where it stands."""

    key: str
    title: str
    group: str
    place: int
    fields: Mapping[str, str]


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        return words(self.before, self.after)


@dataclass(frozen=True)
class ItemChange:
    """An item that is in both editions. `is_moved`: others that stayed stand on its other side now."""

    before: Entry
    after: Entry
    fields: tuple[FieldChange, ...]
    is_moved: bool


@dataclass(frozen=True)
class Difference:
    settings: tuple[FieldChange, ...]
    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    changed: tuple[ItemChange, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.settings or self.added or self.removed or self.changed)


def words(before: str, after: str) -> list[Piece]:
    """The text as words that stayed, went and came, in reading order; what went stands before what came in its place.

    The pieces that are not added make `before`, those that are not removed make `after`, to the letter.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    pieces: list[Piece] = []
    went = came = ""
    for place, (tag, i, j, m, n) in enumerate(steps, start=1):
        same = "".join(old[i:j]) if tag == "equal" else ""
        # A mere space between two changes belongs to both, so that a phrase is told as a phrase.
        if tag != "equal" or (not same.strip() and 1 < place < len(steps)):
            went, came = went + "".join(old[i:j]), came + "".join(new[m:n])
            continue
        pieces += [*_changed(went, came), Piece(Op.SAME, same)]
        went = came = ""
    return [*pieces, *_changed(went, came)]


def _changed(went: str, came: str) -> list[Piece]:
    pieces = [Piece(Op.REMOVED, went), Piece(Op.ADDED, came)]
    return [piece for piece in pieces if piece.text]


def compare(
    before: Sequence[Entry],
    after: Sequence[Entry],
    settings: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
) -> Difference:
    """What changed from one edition to another; items are the same where their keys are. In the order of `after`."""
    old, new = {one.key: one for one in before}, {one.key: one for one in after}
    moved = _moved([one.key for one in before if one.key in new], [one.key for one in after if one.key in old])
    changed = []
    for entry in after:
        if entry.key in old:
            was = old[entry.key]
            change = ItemChange(was, entry, _fields(was.fields, entry.fields), entry.key in moved)
            if change.fields or change.is_moved:
                changed.append(change)
    return Difference(
        settings=_fields(*settings),
        added=tuple(one for one in after if one.key not in old),
        removed=tuple(one for one in before if one.key not in new),
        changed=tuple(changed),
    )


def _fields(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldChange, ...]:
    labels = dict.fromkeys([*before, *after])
    pairs = ((label, before.get(label, ""), after.get(label, "")) for label in labels)
    return tuple(FieldChange(label, old, new) for label, old, new in pairs if old != new)


def _moved(old: Sequence[str], new: Sequence[str]) -> frozenset[str]:
    """Of the same keys in two orders the fewest that one must take out so that the others stand in one order."""
    place = {key: n for n, key in enumerate(old)}
    return frozenset(new) - frozenset(_longest_rising(new, place))


def _longest_rising(keys: Iterable[str], place: Mapping[str, int]) -> list[str]:
    """The longest subsequence of `keys` whose places rise (of several the first found); n² does for a checklist."""
    best: list[tuple[int, str, int]] = []  # length of the longest that ends here, the key, where it comes from
    for key in keys:
        before = [(one[0], n) for n, one in enumerate(best) if place[one[1]] < place[key]]
        length, came_from = max(before, key=lambda pair: (pair[0], -pair[1]), default=(0, -1))
        best.append((length + 1, key, came_from))
    at = max(range(len(best)), key=lambda n: (best[n][0], -n), default=-1)
    found = []
    while at >= 0:
        found.append(best[at][1])
        at = best[at][2]
    return found[::-1]
