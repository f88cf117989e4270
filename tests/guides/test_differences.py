"""Word diffs make both texts to the letter, and never take long."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coe.guides.differences import word_diff
from coe.guides.matching import Budget, Matcher

TEXTS = st.text(alphabet="ab \n.é", max_size=120)


def both(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(text for kind, text in pieces if kind != "new") == before
    assert "".join(text for kind, text in pieces if kind != "gone") == after


@given(TEXTS, TEXTS)
@settings(max_examples=300, deadline=None)
def test_the_pieces_make_both_texts(before: str, after: str) -> None:
    both(before, after)


def test_words_that_went_and_came_stand_beside_each_other() -> None:
    assert word_diff("It says who will leave.", "It says who may leave soon.") == [
        ("same", "It says who "),
        ("gone", "will"),
        ("new", "may"),
        ("same", " leave"),
        ("new", " soon"),
        ("same", "."),
    ]


def test_equal_texts_are_one_piece() -> None:
    assert word_diff("a b\nc", "a b\nc") == [("same", "a b\nc")]
    assert word_diff("", "") == []


def noise(seed: int, signs: str, size: int = 64_000) -> str:
    chosen = random.Random(seed)
    return "".join(chosen.choice(signs) for _ in range(size))


SLOW = {
    "one word ten thousand times": ("word " * 10_000, "word " * 9_000 + "other " * 1_000),
    "all words differ": (" ".join(map(str, range(10_000))), " ".join(map(str, range(20_000, 30_000)))),
    "one long line": ("a" * 64_000, "b" * 64_000),
    "two signs at random": (noise(1, "a ."), noise(2, "a .")),
    "short lines at random": (noise(1, "a \n"), noise(2, "a \n")),
    "the other way round": (" ".join(map(str, range(12_000))), " ".join(map(str, reversed(range(12_000))))),
    "many stretches, each hard": tuple(
        "\n".join(f"KEEP {n}\n" + noise(seed + n, "ab", 500).replace("", " ") for n in range(60)) for seed in (0, 900)
    ),
}


@pytest.mark.parametrize("name", SLOW)
def test_no_two_texts_take_more_than_their_steps(name: str) -> None:
    """Counted in steps of the search: seconds depend on the machine. (A generous limit on time ends a true hang.)"""
    before, after = SLOW[name]
    budget = Budget()
    began = time.process_time()
    blocks = Matcher(None, before.split(), after.split(), budget=budget).get_matching_blocks()
    both(before, after)
    assert budget.left > -10_000
    assert blocks[-1] == (len(before.split()), len(after.split()), 0)
    assert time.process_time() - began < 30


def test_without_a_budget_the_same_search_goes_on_for_long() -> None:
    """The negative control: the hard case does need more steps than it is given."""
    before, after = SLOW["two signs at random"]
    budget = Budget(50_000)
    Matcher(None, list(before[:4_000]), list(after[:4_000]), budget=budget).get_matching_blocks()
    assert budget.left <= 0
