from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coe.paths.differences import Entry, compare

# A busy machine is slow to make examples.
QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}


def entries(*keys, **titles):
    return [Entry(key, titles.get(key, key), n, {"Title": titles.get(key, key)}) for n, key in enumerate(keys, start=1)]


def test_added_taken_off_changed_and_moved():
    found = compare(entries("a", "b", "c", "d"), entries("d", "a", "e", "c", c="Sea"))
    assert [one.key for one in found.added] == ["e"]
    assert [one.key for one in found.removed] == ["b"]
    assert {one.after.key: (one.is_moved, [field.after for field in one.fields]) for one in found.changed} == {
        "d": (True, []),
        "c": (False, ["Sea"]),
    }
    assert compare(entries("a"), entries("a")).is_empty


def test_a_step_pushed_along_by_another_is_not_moved():
    assert not compare(entries("a", "b"), entries("new", "a", "b")).changed


@settings(**QUIET)
@given(st.permutations(list("abcdefg")))
def test_what_is_not_moved_stands_in_the_same_order(order):
    found = compare(entries(*"abcdefg"), entries(*order))
    moved = {one.after.key for one in found.changed}
    stayed = [key for key in order if key not in moved]
    assert stayed == sorted(stayed)
    assert len(moved) <= 6
