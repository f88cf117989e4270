"""Readings, roll-ups and derivation against the oracle, over random worlds."""

from __future__ import annotations

import math
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kpis.measures.readings import Definition, Point, Reading, Reason, Rule, index_of, read, select
from kpis.measures.rollups import roll_up
from projects.tracking import values
from tests.measures import oracle, worlds

numbers = st.floats(-1e6, 1e6, allow_nan=False)
ends = worlds.moments.map(lambda at: at + timedelta(hours=1))
goals = st.sampled_from([None, 0.1, 0.9, -3.0])


def same(a, b, close=1e-9):
    if a is None or b is None:
        return a is b
    return a == b or (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-9, abs_tol=close)


def points_of(wanted):
    ids = count(1)
    return [
        Point(
            one.observed_at,
            one.value,
            one.step,
            one.run_started_at,
            one.run_id,
            one.dataset_digest,
            next(ids),
            one.version,
            one.dataset_name,
            one.model_id,
        )
        for one in wanted
    ]


@given(worlds.worlds(), worlds.bindings(), worlds.definitions(), ends, goals, goals, worlds.digests, st.booleans())
@settings(max_examples=400, deadline=None)
def test_a_reading_is_what_the_oracle_says(world, binding, definition, end, baseline, target, digest, failing):
    assume(baseline is None or baseline != target)
    rule = Rule(binding["scale"], binding["offset"], binding["window"], binding["withheld"])
    direction = "higher" if definition["higher"] else "lower"
    meaning = Definition(direction, definition["cadence"], definition["min"], definition["max"])
    point = select(points_of(worlds.derived(world, binding)), rule, meaning, end)
    got = read(
        point,
        rule,
        meaning,
        end=end,
        baseline=baseline,
        baseline_digest=digest,
        target=target,
        source_failing=failing,
    )
    chosen = oracle.chosen(world, binding, definition["higher"], end)
    value, index, reason = oracle.reading(chosen, binding, definition, end, baseline, digest, target, failing)
    assert (got.reason and got.reason.value) == reason
    assert same(got.value, value)
    # A quotient too large for a number is no index.
    assert same(got.index, index if index is None or math.isfinite(index) else None)
    if chosen is not None and not binding["withheld"]:
        assert (point.observed_at, point.run_id, point.dataset_digest) == (
            chosen["at"],
            chosen["run"],
            chosen["digest"],
        )


@given(worlds.worlds(), worlds.bindings())
@settings(max_examples=200, deadline=None)
def test_observations_are_unique_and_do_not_hang_on_the_order(world, binding):
    found = worlds.derived(world, binding)
    assert len({one.key for one in found}) == len(found)
    turned = {**world, "runs": world["runs"][::-1], "versions": world["versions"][::-1]}
    assert {repr(one) for one in worlds.derived(turned, binding)} == {repr(one) for one in found}


@given(numbers, numbers, numbers, st.floats(1e-3, 1e3), numbers)
def test_the_index_is_the_same_in_any_unit(value, baseline, target, scale, offset):
    assume(abs(target - baseline) > 1)
    index = index_of(value, baseline, target)
    moved = index_of(*(number * scale + offset for number in (value, baseline, target)))
    assert moved == pytest.approx(index, rel=1e-3, abs=1e-2)
    assert index_of(baseline, baseline, target) == 0
    assert index_of(target, baseline, target) == 100
    assert index_of(-value, -baseline, -target) == pytest.approx(index)


reasons = st.sampled_from([None, *oracle.ORDER])


@st.composite
def cells(draw):
    readings = []
    for _ in range(draw(st.integers(0, 7))):
        reason = draw(reasons)
        value = draw(numbers) if reason in (*oracle.IN_VALUE, "stale", "source_failing") else None
        readings.append((value, draw(numbers) if reason is None else None, reason))
    weights = [draw(st.sampled_from([None, 0.0, 1.0, 250_000.5])) for _ in readings]
    return readings, weights


@given(cells(), st.sampled_from(["mean", "median", "sum", "weighted_mean", "worst"]), st.booleans())
@settings(max_examples=400)
def test_a_roll_up_is_what_the_oracle_says(cell, rule, higher):
    readings, weights = cell
    ours = [Reading(value, index, reason and Reason(reason)) for value, index, reason in readings]
    got = roll_up(ours, weights, rule=rule, direction="higher" if higher else "lower")
    value, index, reason, *counts = oracle.cell(readings, weights, rule, higher)
    assert [got.reporting, got.index_reporting, got.expected, got.unweighted] == counts
    assert (got.reason and got.reason.value) == reason
    assert same(got.value, value, 1e-6)
    assert same(got.index, index, 1e-6)


def test_a_sum_too_large_for_a_number_is_none():
    ours = [Reading(value=1.7e308), Reading(value=1.7e308)]
    assert roll_up(ours, [None, None], rule="sum", direction="higher").reason is Reason.NOT_FINITE
    assert roll_up(ours, [None, None], rule="mean", direction="higher").value == pytest.approx(1.7e308)


def test_a_timestamp_that_no_calendar_holds_is_not_used():
    assert values.moment(values.LAST_MS + 1) is None
    assert values.moment(0) is None
    assert values.moment(1) == values.EPOCH + timedelta(milliseconds=1)
