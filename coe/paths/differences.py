"""What changed between two editions, step by step. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coe.core import comparing
from coe.core.comparing import FieldChange
from coe.guides.differences import word_diff


@dataclass(frozen=True)
class Entry:
    """A step as far as it is compared: its fields in words, by label, and where it stands."""

    key: str
    title: str
    place: int
    fields: Mapping[str, str]


Difference = comparing.Difference[Entry]


def compare(before: Sequence[Entry], after: Sequence[Entry]) -> Difference:
    """What changed from one edition to another; steps are the same where their keys are. In the order of `after`."""
    return comparing.compare(before, after, words=word_diff)


def fields_apart(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """The fields that say different things."""
    return comparing.fields_apart(before, after, words=word_diff)
