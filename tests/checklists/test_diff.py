"""The difference between two editions: nothing is lost, nothing is told that did not change."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from projects.checklists.diff import Entry, Op, compare, words

texts = st.text(alphabet="ab \n.", max_size=40)
keys = st.lists(st.sampled_from("abcdefg"), unique=True, max_size=7)


def entries(order, **titles):
    return [
        Entry(key, titles.get(key, key.upper()), "Data", n, {"Title": titles.get(key, key.upper())})
        for n, key in enumerate(order)
    ]


@given(texts, texts)
def test_the_words_make_both_texts(before, after):
    pieces = words(before, after)
    assert "".join(p.text for p in pieces if p.op != Op.ADDED) == before
    assert "".join(p.text for p in pieces if p.op != Op.REMOVED) == after
    assert all(p.text for p in pieces)
    assert (before == after) == all(p.op == Op.SAME for p in pieces)


def test_one_word_among_many():
    pieces = words("The model is good enough.", "The model is good.")
    assert [(p.op, p.text) for p in pieces] == [
        ("same", "The model is "),
        ("removed", "good enough."),
        ("added", "good."),
    ]


@given(keys, keys)
def test_what_came_and_went(before, after):
    found = compare(entries(before), entries(after))
    assert {one.key for one in found.added} == set(after) - set(before)
    assert {one.key for one in found.removed} == set(before) - set(after)
    assert all(change.is_moved and not change.fields for change in found.changed)


@given(keys, keys)
def test_no_fewer_moves_explain_the_order(before, after):
    """Slow oracle: the largest set of shared keys that stands in the same order in both."""
    shared = [key for key in after if key in before]
    fewest = next(
        n
        for n in range(len(shared) + 1)
        for out in combinations(shared, n)
        if [k for k in shared if k not in out] == [k for k in before if k in shared and k not in out]
    )
    assert sum(change.is_moved for change in compare(entries(before), entries(after)).changed) == fewest


@given(keys)
def test_the_same_is_no_difference(order):
    assert compare(entries(order), entries(order), ({"Alias": "a"}, {"Alias": "a"})).is_empty


def test_a_changed_item_and_a_changed_setting():
    found = compare(entries("ab"), entries("ab", b="Better"), ({"Alias": "a"}, {"Alias": "b"}))
    (change,) = found.changed
    assert [(f.label, f.before, f.after) for f in change.fields] == [("Title", "B", "Better")]
    assert not change.is_moved
    assert [(f.label, f.before, f.after) for f in found.settings] == [("Alias", "a", "b")]
