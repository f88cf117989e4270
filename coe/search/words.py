"""Words: how texts and queries are taken apart, alike, and which words are near a misspelt one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import chain

LONGEST = 40
# More of a body than this is not read (in characters); no document is longer.
MOST_OF_BODY = 70_000
# What PostgreSQL keeps of one word: places, and the highest of them.
MOST_PLACES = 100
LAST_PLACE = 16_383

_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Letters that are no plain letter with a mark.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
# Words that say nothing of what is looked for, as long as others are there.
_SILENT = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by can do does for from how i in is it its me my of on or our that the their them there"
        " these they this to was we were what when where which who why will with you your",
    )
)


def fold(text: str) -> str:
    """The text without case and accents, and without what no database keeps."""
    text = text.replace("\0", "")
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text)
    return "".join(one for one in plain if not unicodedata.combining(one)).casefold().translate(_PLAIN)


def words_of(text: str) -> list[str]:
    """The words of a text, folded, in their order."""
    return [word[:LONGEST] for word in _WORD.findall(fold(text))]


def words_of_name(name: str) -> list[str]:
    """The words of a name, and those that it writes as one: "churn-xgbModel" is churn, xgb, model, churnxgbmodel."""
    found = words_of(_HUMP.sub(" ", name))
    for chunk in name.split():
        parts = words_of(_HUMP.sub(" ", chunk))
        if len(parts) > 1 and len(joined := "".join(parts)) <= LONGEST:
            found.append(joined)
    return found


def vector(fields: Iterable[tuple[str, Sequence[str]]], marks: Iterable[str] = ()) -> str:
    """The words of (weight, words) as the text of a tsvector; `marks` are words without weight and place."""
    places: dict[str, list[str]] = {}
    place = 0
    for weight, words in fields:
        for word in words:
            place = min(place + 1, LAST_PLACE)
            at = places.setdefault(word, [])
            if len(at) < MOST_PLACES and (not at or at[-1] != f"{place}{weight}"):
                at.append(f"{place}{weight}")
    found = (f"'{word}':{','.join(at)}" for word, at in places.items())
    return " ".join(chain((f"'{mark}'" for mark in marks), found))


def mark(source: str) -> str:
    """The word that every text of a source has, so that the index itself tells sources apart."""
    return f"~{source}"


def beginnings(word: str) -> list[str]:
    """The words for "a word that begins with this letter" and "with these two letters"."""
    return [f"^{word[:many]}" for many in (1, 2) if len(word) >= many]


def asked(text: str, *, most: int = 8) -> list[str]:
    """The words of a query, each once; those that say nothing are left out where others are there."""
    words = list(dict.fromkeys(words_of(text[:200])))
    return ([word for word in words if word not in _SILENT] or words)[:most]


def condition(words: Sequence[str], stems: dict[str, str], near: dict[str, list[str]] | None = None) -> str:
    """A tsquery for texts with every one of the words: a beginning of a word counts for it, so does its stem, and
    (where `near` gives some) a word that it may be a misspelling of.
    """
    return " & ".join("(" + " | ".join(_ways(word, stems, near or {})) + ")" for word in words)


def any_of(words: Sequence[str], stems: dict[str, str], near: dict[str, list[str]] | None = None) -> str:
    """The same with one of the words: by it, what was found is put into an order."""
    return " | ".join(way for word in words for way in _ways(word, stems, near or {}))


def _ways(word: str, stems: dict[str, str], near: dict[str, list[str]]) -> list[str]:
    # One or two letters begin too many words for each of them to be looked up: these are found in titles alone.
    ways = [f"'{word}'", f"'^{word}'"] if len(word) <= 2 else [f"'{word}':*"]
    if (stem := stems.get(word, "")) and len(stem) > 2:
        ways = [f"'{stem}':*"] if word.startswith(stem) else [*ways, f"'{stem}':*"]
    return [*ways, *(f"'{other}'" for other in near.get(word, []))]


def distance(one: str, other: str) -> int:
    """How many letters to add, drop, exchange or swap with their neighbour until `one` is `other`."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def swapped(word: str) -> list[str]:
    """The word with two neighbours exchanged, in each way: what no count of common letters finds in a short word."""
    found = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
    return [other for other in found if other != word]


def near(word: str, known: Iterable[str]) -> list[str]:
    """Those of the `known` words that `word` may be a misspelling, the beginning or a part of, the nearest first."""
    allowed = 1 if len(word) <= 6 else 2
    found: list[tuple[float, str]] = []
    for other in known:
        if word == other:
            continue
        if word in other:
            found.append((0.5, other))
            continue
        away: float = distance(word, other) if abs(len(word) - len(other)) <= allowed else allowed + 1
        if away > allowed and len(other) > len(word):  # it may not be typed to its end yet
            away = distance(word, other[: len(word)]) + 0.5
        if away <= allowed:
            found.append((away, other))
    return [other for _, other in sorted(found)]
