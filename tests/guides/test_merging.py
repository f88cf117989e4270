"""Nothing that one of two people wrote is lost in the text of both."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from coe.guides import merging
from coe.guides.merging import has_marks, merge

# Words that are there once each, so that a word which is missing cannot hide behind another of its name.
BASE = [f"word{n}" for n in range(24)]


def text(words: list[str]) -> str:
    return " ".join("\n" if n % 5 == 4 else word for n, word in enumerate(words))


@st.composite
def edited(draw: st.DrawFn, mark: str) -> list[str]:
    """The base with some words taken out, and some of one's own put in."""
    gone = draw(st.sets(st.integers(0, len(BASE) - 1), max_size=6))
    own = draw(st.lists(st.integers(0, len(BASE)), max_size=6))
    words: list[str] = []
    for place in range(len(BASE) + 1):
        words += [f"{mark}{n}" for n, at in enumerate(own) if at == place]
        if place < len(BASE) and place not in gone:
            words.append(BASE[place])
    return words


@given(edited("mine"), edited("theirs"), st.integers(1, 6))
@settings(max_examples=400, deadline=None)
def test_nothing_is_lost(mine: list[str], theirs: list[str], per_line: int) -> None:
    def lines(words: list[str]) -> str:
        return "\n".join(" ".join(words[n : n + per_line]) for n in range(0, len(words), per_line))

    merged = merge(lines(BASE), lines(mine), lines(theirs))
    there = set(merged.text.split())
    assert set(mine) - set(BASE) <= there
    assert set(theirs) - set(BASE) <= there
    # What neither took out is there still.
    assert set(BASE) & set(mine) & set(theirs) <= there
    assert has_marks(merged.text) == (merged.conflicts > 0)


@given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60))
def test_what_one_changed_alone_is_taken(base: str, mine: str) -> None:
    assert merge(base, mine, base) == merging.Merged(mine, 0)
    assert merge(base, base, mine) == merging.Merged(mine, 0)
    assert merge(base, mine, mine) == merging.Merged(mine, 0)


def test_two_words_of_one_line() -> None:
    base = "Call them within a week and offer the plan."
    mine = "Call them within two days and offer the plan."
    theirs = "Call them within a week and offer the cheaper plan."
    assert merge(base, mine, theirs).text == "Call them within two days and offer the cheaper plan."


def test_the_same_words_are_marked() -> None:
    merged = merge("One.\nCall them.\nThree.", "One.\nWrite to them.\nThree.", "One.\nVisit them.\nThree.")
    assert merged.conflicts == 1
    assert merged.text.split("\n") == [
        "One.", merging.MINE, "Write to them.", merging.THEIRS, "Visit them.", merging.END, "Three.",
    ]  # fmt: skip


def test_what_one_took_out_and_the_other_changed_is_marked() -> None:
    merged = merge("One.\nTwo.\nThree.", "One.\nThree.", "One.\nTwo, and more.\nThree.")
    assert merged.conflicts == 1
    assert "Two, and more." in merged.text
