"""Two texts written from the same one, as one: what only one of both changed is taken, what both changed is marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from merge3 import Merge3

from coe.guides.matching import Budget, Matcher

MINE = "<<<<<<< Both of you changed this. Yours:"
THEIRS = "======= Theirs:"
END = ">>>>>>> Keep what is right, and delete the three marks."
_MARKS = frozenset({MINE, THEIRS, END})
_WORDS = re.compile(r"\s*\S+\s*")


@dataclass(frozen=True)
class Merged:
    """The text of both; `conflicts` is how many places in it are marked because both changed them."""

    text: str
    conflicts: int


def merge(base: str, mine: str, theirs: str) -> Merged:
    """What `mine` and `theirs` each changed of `base`, in one text: by lines, then by words within lines that both
    changed. Where words that both changed touch each other, both versions stand there between marks.

    Bounded in time for any texts of at most 64 kB.
    """
    lines: list[str] = []
    conflicts = 0
    budget = Budget()
    for group in _groups(budget, *(text.split("\n") for text in (base, mine, theirs))):
        if group[0] != "conflict":
            lines += group[1]
            continue
        was, yours, others = (list(part) for part in group[1:])
        words = (
            _by_words(budget, *("\n".join(part) for part in (was, yours, others))) if was and yours and others else None
        )
        if words is not None:
            lines += words.split("\n")
        else:
            conflicts += 1
            lines += [MINE, *yours, THEIRS, *others, END]
    return Merged("\n".join(lines), conflicts)


def has_marks(text: str) -> bool:
    """Whether a line of the text is a mark that `merge` left."""
    return any(line.strip() in _MARKS for line in text.split("\n"))


def pick(base: str, mine: str, theirs: str) -> str:
    """Of one short text the one that was changed; mine where both changed it."""
    return theirs if mine == base else mine


def _by_words(budget: Budget, base: str, mine: str, theirs: str) -> str | None:
    """The three stretches merged by words, or None where both changed the same ones."""
    found: list[str] = []
    for group in _groups(budget, *(_WORDS.findall(text) for text in (base, mine, theirs))):
        if group[0] == "conflict":
            return None
        found += group[1]
    return "".join(found)


def _groups(budget: Budget, base: list[str], mine: list[str], theirs: list[str]) -> list[Any]:
    matcher = cast(type[Matcher], partial(Matcher, budget=budget))
    return list(Merge3(base, mine, theirs, sequence_matcher=matcher).merge_groups())
