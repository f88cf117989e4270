"""What a version would mean for the project's KPIs."""

from __future__ import annotations

import pytest

from tests.checklists.candidates import Candidates, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make):
    return Candidates(make)


@pytest.fixture
def bind(make, world):
    def bind(key="auc", *, direction="higher", category="model_quality", **fields):
        kpi = make.kpi(key, direction=direction, category=category, valid_min=0.0, valid_max=100.0)
        plain = {"model": world.model, "metric_key": key, "baseline": 0.6, "target": 0.8, "digest": "d1"}
        return make.binding(world.project, kpi, **{**plain, **fields})

    return bind


def version(world, number=1, digest="d1", **values):
    return world.version(number, metrics=[(key, value, "test", digest, 0) for key, value in values.items()])


@pytest.mark.parametrize(
    ("value", "outcome"), [(0.75, "passed"), (0.7, "passed"), (0.69, "failed"), ("NaN", "failed"), (120.0, "failed")]
)
def test_index_at_least(world, bind, value, outcome):
    bind()
    finding = told("kpi_index_at_least", version(world, auc=value), world.project, kpi="auc", at_least=50)
    assert finding.outcome == outcome


def test_what_it_saw(world, bind):
    bind()
    finding = told("kpi_index_at_least", version(world, auc=0.7), world.project, kpi="auc", at_least=50)
    saw = finding.saw["kpis"]["auc"]
    assert (saw["value"], saw["baseline"], saw["target"], saw["digest"]) == (0.7, 0.6, 0.8, "d1")
    assert saw["index"] == pytest.approx(50)
    assert finding.sentence == "AUC: index 50 on test (d1); asked for was at least 50."


def test_the_transform_of_the_binding_counts(world, bind):
    bind(scale=0.01)
    finding = told("metric_beats_baseline", version(world, auc=70.0), world.project, kpi="auc")
    assert (finding.outcome, finding.saw["kpis"]["auc"]["value"]) == ("passed", pytest.approx(0.7))


def test_what_the_transform_adds_to_the_last_digit_is_no_better(world, bind):
    bind(scale=0.01, baseline=0.7)
    finding = told("metric_beats_baseline", version(world, auc=70.0), world.project, kpi="auc")
    assert (finding.outcome, finding.sentence.endswith("which is as good.")) == ("failed", True)


def test_an_old_version_is_judged_all_the_same(world, bind):
    bind()
    made = version(world, auc=0.9)
    assert made.created_at.year < 2027
    assert told("kpi_index_at_least", made, world.project, kpi="auc", at_least=100).outcome == "passed"


@pytest.mark.parametrize(
    ("fields", "key", "sentence"),
    [
        ({}, "f1", "The KPI f1 is not bound in this project."),
        ({"baseline": None}, "auc", "AUC: no baseline is set."),
        ({"target": None}, "auc", "AUC: no target is set."),
        ({"digest": "d0"}, "auc", "AUC: measured on another dataset than the baseline."),
        ({"metric_key": "other"}, "auc", "AUC: Version 1 has no value of other."),
        ({"target": 0.6}, "auc", "AUC: baseline and target are the same, so there is no index."),
        ({"model": None, "metric_key": ""}, "auc", "AUC is entered by people, so it says nothing about one version."),
    ],
)
def test_what_cannot_be_told(world, bind, fields, key, sentence):
    bind(**fields)
    finding = told("kpi_index_at_least", version(world, auc=0.9), world.project, kpi=key, at_least=0)
    assert (finding.outcome, finding.sentence) == ("cannot_tell", sentence)


def test_another_model_of_the_project(world, bind, make):
    bind(model=make.model(world.source, project=world.project))
    finding = told("metric_beats_baseline", version(world, auc=0.9), world.project)
    assert (finding.outcome, finding.sentence) == ("cannot_tell", "AUC is bound to another model.")


def test_a_baseline_without_a_known_digest_is_compared(world, bind):
    bind(digest="")
    assert told("metric_beats_baseline", version(world, auc=0.9), world.project, kpi="auc").outcome == "passed"


@pytest.mark.parametrize(
    ("value", "direction", "outcome"),
    [(0.7, "higher", "passed"), (0.6, "higher", "failed"), (0.5, "lower", "passed"), (0.7, "lower", "failed")],
)
def test_better_than_the_baseline(world, bind, value, direction, outcome):
    bind(direction=direction, target=None)
    assert told("metric_beats_baseline", version(world, auc=value), world.project, kpi="auc").outcome == outcome


def test_without_a_kpi_every_one_of_model_quality_counts(world, bind):
    bind("auc")
    bind("f1")
    bind("savings", category="business_value", model=None, metric_key="")
    good = told("metric_beats_baseline", version(world, 1, auc=0.9, f1=0.9), world.project)
    assert (good.outcome, set(good.saw["kpis"])) == ("passed", {"auc", "f1"})
    bad = told("metric_beats_baseline", version(world, 2, auc=0.9, f1=0.5), world.project)
    assert bad.outcome == "failed"
    assert bad.sentence.startswith("F1 is 0.5")
    half = told("metric_beats_baseline", version(world, 3, auc=0.9), world.project)
    assert half.outcome == "cannot_tell"


def test_no_kpi_of_model_quality(world):
    assert told("metric_beats_baseline", version(world), world.project).outcome == "cannot_tell"


def test_withheld_figures_are_not_told(world, bind):
    bind(is_withheld=True)
    finding = told("kpi_index_at_least", version(world, auc=0.7654), world.project, kpi="auc", at_least=50)
    assert finding.outcome == "passed"
    assert "0.76" not in finding.sentence + str(finding.saw)
    assert finding.saw == {"kpis": {"auc": {}}}


@pytest.mark.parametrize(
    ("ours", "theirs", "fields", "outcome"),
    [
        (0.9, 0.8, {}, "passed"),
        (0.8, 0.9, {}, "failed"),
        (0.8, 0.9, {"direction": "lower"}, "passed"),
        (0.8, 0.9, {"scale": -1.0}, "passed"),
    ],
)
def test_against_production(world, bind, ours, theirs, fields, outcome):
    bind(**fields)
    version(world, 1, auc=theirs)
    world.behind("production", 1)
    assert told("kpi_beats_production", version(world, 2, auc=ours), world.project).outcome == outcome


def test_a_first_version_has_nothing_to_beat(world, bind):
    bind()
    finding = told("kpi_beats_production", version(world, 1, auc=0.9), world.project)
    assert finding.outcome == "cannot_tell"
