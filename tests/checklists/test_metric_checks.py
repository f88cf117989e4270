"""A metric against a threshold and against production: on the same data alone, and never by what is no number."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.checklists.candidates import MS, told

pytestmark = pytest.mark.django_db


def auc(value, dataset="test", digest="d1", ms=0):
    return ("auc", value, dataset, digest, ms)


def threshold(world, version, at=0.8, better="higher", **params):
    return told("metric_beats_threshold", version, world.project, metric="auc", threshold=at, better=better, **params)


def production(world, version, better="higher", alias="production", **params):
    return told("metric_beats_production", version, world.project, metric="auc", better=better, alias=alias, **params)


@pytest.mark.parametrize(
    ("value", "better", "outcome"),
    [
        (0.81, "higher", "passed"),
        (0.8, "higher", "passed"),
        (0.79, "higher", "failed"),
        (0.79, "lower", "passed"),
        (0.81, "lower", "failed"),
        ("NaN", "higher", "failed"),
        ("NaN", "lower", "failed"),
        ("Infinity", "higher", "failed"),
        (1.7976931348623157e308, "higher", "failed"),
        ("-Infinity", "lower", "failed"),
    ],
)
def test_a_threshold(world, value, better, outcome):
    assert threshold(world, world.version(1, metrics=[auc(value)]), better=better).outcome == outcome


def test_what_it_saw(world):
    version = world.version(1, metrics=[auc(0.81)])
    finding = threshold(world, version)
    assert finding.sentence == "auc is 0.81 on test (d1); asked for was at least 0.8."
    assert finding.saw == {
        "metric": "auc",
        "threshold": 0.8,
        "value": 0.81,
        "dataset": "test",
        "digest": "d1",
        "run_id": version.run_id,
        "model_id": version.logged_model_id,
        "version": 1,
        "at": "2026-01-01T00:00:00+00:00",
    }


def test_the_newest_value_decides_on_the_dataset_asked_for(world):
    version = world.version(1, metrics=[auc(0.9), auc(0.7, ms=1), auc(0.95, "train", "t", ms=2)])
    assert threshold(world, version).saw["value"] == 0.95
    assert threshold(world, version, dataset="test").saw["value"] == 0.7
    assert threshold(world, version, dataset="other").outcome == "cannot_tell"


def test_a_newest_nan_is_not_replaced_by_an_older_number(world):
    assert threshold(world, world.version(1, metrics=[auc(0.9), auc("NaN", ms=1)])).outcome == "failed"


def test_mlflows_zero_for_a_nan_is_that_nan(world):
    version = world.version(1, metrics=[auc(0.0)], own={"auc": ["NaN", MS, 0]})
    assert threshold(world, version, at=0.5, better="lower").outcome == "failed"


def test_a_named_logged_model_counts_alone(world):
    version = world.version(1, metrics=[("f1", 0.3, "test", "d1", 0)], own={"auc": [0.9, MS, 0], "f1": [0.99, MS, 0]})
    assert threshold(world, version).saw["value"] == 0.9
    f1 = told("metric_beats_threshold", version, world.project, metric="f1", threshold=0.8, better="higher")
    assert (f1.outcome, f1.saw["value"]) == ("failed", 0.3)


def test_what_is_not_there_cannot_be_told(world):
    assert threshold(world, world.version(1, metrics=[])).sentence == "Version 1 has no value of auc."
    running = world.version(2, metrics=[auc(0.9)], run={"status": "RUNNING"})
    assert threshold(world, running).outcome == "cannot_tell"
    gone = world.version(3, metrics=[auc(0.9)], missing_since=timezone.now())
    assert threshold(world, gone).sentence == "MLflow no longer has version 3."


@pytest.mark.parametrize(
    ("ours", "theirs", "better", "outcome"),
    [
        (0.9, 0.8, "higher", "passed"),
        (0.8, 0.9, "higher", "failed"),
        (0.8, 0.8, "higher", "failed"),
        (0.8, 0.9, "lower", "passed"),
        ("NaN", 0.8, "higher", "failed"),
        (0.9, "NaN", "higher", "cannot_tell"),
        (0.9, "Infinity", "lower", "cannot_tell"),
    ],
)
def test_against_production(world, ours, theirs, better, outcome):
    world.version(1, metrics=[auc(theirs)])
    world.behind("production", 1)
    finding = production(world, world.version(2, metrics=[auc(ours)]), better)
    assert finding.outcome == outcome
    assert finding.saw["compared_with"] == 1
    assert finding.saw["production"]["digest"] == "d1"


def test_on_other_data_it_cannot_be_told(world):
    world.version(1, metrics=[auc(0.5, digest="d0")])
    world.behind("production", 1)
    finding = production(world, world.version(2, metrics=[auc(0.9)]))
    assert finding.outcome == "cannot_tell"
    assert (finding.saw["digests"], finding.saw["digests_compared_with"]) == (["d1"], ["d0"])


def test_an_unknown_digest_is_no_match(world):
    world.version(1, own={"auc": [0.5, MS, 0]})
    world.behind("production", 1)
    assert production(world, world.version(2, own={"auc": [0.9, MS, 0]})).outcome == "cannot_tell"


def test_data_that_both_were_measured_on_is_found_among_others(world):
    world.version(1, metrics=[auc(0.8, "test", "d1"), auc(0.99, "train", "t1", 1)])
    world.behind("production", 1)
    version = world.version(2, metrics=[auc(0.9, "test", "d1"), auc(0.7, "test", "d2", 1)])
    finding = production(world, version)
    assert (finding.outcome, finding.saw["value"], finding.saw["digest"]) == ("passed", 0.9, "d1")


def test_nothing_to_compare_with(world):
    version = world.version(2, metrics=[auc(0.9)])
    assert production(world, version).sentence == "Nothing is in production yet to compare with."
    assert production(world, version, alias="").outcome == "cannot_tell"
    world.behind("production", 2)
    assert production(world, version).sentence == "This version is in production already."
    world.behind("production", 7)
    assert production(world, version).sentence == "MLflow no longer has version 7."


def test_production_without_the_metric(world):
    world.version(1, metrics=[])
    world.behind("production", 1)
    finding = production(world, world.version(2, metrics=[auc(0.9)]))
    assert finding.sentence == "Version 1 has no value of auc."


def test_few_queries(world, django_assert_max_num_queries):
    world.version(1, metrics=[auc(0.8)])
    world.behind("production", 1)
    version = world.version(2, metrics=[auc(0.9)])
    with django_assert_max_num_queries(8):
        production(world, version)
