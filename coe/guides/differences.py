"""What changed from one text to another, word by word, for people to read. Bounded in time for any two texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from coe.guides.matching import Budget, Matcher

Kind = Literal["same", "gone", "new"]
Piece = tuple[Kind, str]

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
# A few signs that stayed between two changes only make both harder to read.
_WEAK = re.compile(r"[^\w\n]{0,2}")


def word_diff(before: str, after: str) -> list[Piece]:
    """[(kind, text)] in reading order: what is the "same", what is "gone", and what is "new" in its place.

    The pieces that are not new make `before` to the letter, those that are not gone make `after`. Lines hold each
    other in place first, then words within the lines that changed.
    """
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    budget = Budget()
    found: list[Piece] = []
    for same, gone, came in _runs(old, new, budget):
        if same:
            found.append(("same", same))
        else:
            for piece in _runs(_WORDS.findall(gone), _WORDS.findall(came), budget):
                found.extend(_pieces(*piece))
    return _readable(found)


def _runs(a: Sequence[str], b: Sequence[str], budget: Budget) -> Iterator[tuple[str, str, str]]:
    """(same, "", "") and ("", gone, new) by turns."""
    i = j = 0
    for at, other, length in Matcher(None, a, b, budget=budget).get_matching_blocks():
        if at > i or other > j:
            yield "", "".join(a[i:at]), "".join(b[j:other])
        if length:
            yield "".join(a[at : at + length]), "", ""
        i, j = at + length, other + length


def _pieces(same: str, gone: str, new: str) -> Iterator[Piece]:
    for kind, text in (("same", same), ("gone", gone), ("new", new)):
        if text:
            yield kind, text  # type: ignore[misc]  # the three words above


def _readable(pieces: list[Piece]) -> list[Piece]:
    """The same with neighbours joined; what went stands before what came, weak links between changes go into both."""
    found: list[Piece] = []
    gone = new = ""
    for place, (kind, text) in enumerate(pieces):
        if kind == "gone":
            gone += text
        elif kind == "new":
            new += text
        elif gone and new and place + 1 < len(pieces) and pieces[place + 1][0] != "same" and _WEAK.fullmatch(text):
            gone, new = gone + text, new + text
        else:
            found.extend(_pieces("", gone, new))
            gone = new = ""
            if found and found[-1][0] == "same":
                found[-1] = ("same", found[-1][1] + text)
            else:
                found.append(("same", text))
    found.extend(_pieces("", gone, new))
    return found
