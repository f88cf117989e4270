"""The ML Test Score against a slow, plain oracle."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.checklists.score import GROUPS, ml_test_score

groups = st.sampled_from([*GROUPS, "data", " MODEL ", "Handover", ""])
items = st.lists(st.tuples(groups, st.sampled_from([None, 0.0, 0.5, 1.0])), max_size=60)


def oracle(points):
    """Group by group, in halves counted on fingers."""
    found = {}
    for group in ("data", "model", "infrastructure", "monitoring"):
        mine = [point for name, point in points if name.strip().lower() == group]
        halves = sum(2 if p == 1 else 1 for p in mine if p)
        found[group.capitalize()] = (Fraction(halves, 2), len([p for p in mine if p is not None]), len(mine))
    return found, sorted(found.values())[0][0]


@given(items)
def test_it_is_what_the_oracle_says(points):
    score = ml_test_score(points)
    wanted, lowest = oracle(points)
    assert dict(score.groups) == wanted
    assert list(score.groups) == list(GROUPS)
    assert score.score == lowest


@given(items, st.randoms(use_true_random=False))
def test_the_order_of_items_does_not_matter(points, chance):
    turned = list(points)
    chance.shuffle(turned)
    assert ml_test_score(turned) == ml_test_score(points)


@given(items, st.integers(0, 59))
def test_doing_more_never_lowers_it(points, place):
    if place < len(points) and points[place][1] is not None:
        better = [*points[:place], (points[place][0], 1.0), *points[place + 1 :]]
        assert ml_test_score(better).score >= ml_test_score(points).score


def test_the_lowest_group_is_the_score():
    whole = [(group, 1.0) for group in GROUPS for _ in range(7)]
    assert ml_test_score(whole).score == 7.0
    assert ml_test_score([*whole[:-7], ("Monitoring", 0.5), ("Monitoring", None)]).score == 0.5


@pytest.mark.parametrize("wrong", [2, -1, 0.25, float("nan")])
def test_other_points_are_refused(wrong):
    with pytest.raises(ValueError, match="points must be"):
        ml_test_score([("Data", wrong)])
