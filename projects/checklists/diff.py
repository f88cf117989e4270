"""What changed between two editions, item by item and word by word. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from coe.core import comparing
from coe.core.comparing import FieldChange

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
class Difference(comparing.Difference[Entry]):
    settings: tuple[FieldChange, ...]

    @property
    def is_empty(self) -> bool:
        return not self.settings and super().is_empty


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
    found = comparing.compare(before, after, words=words, downward=True)
    told = comparing.fields_apart(*settings, words=words)
    return Difference(added=found.added, removed=found.removed, changed=found.changed, settings=told)
