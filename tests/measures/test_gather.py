"""Observations in the database: gathered from the mirror, in step with it, and read as the oracle reads."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coe.core import access
from coe.core.models import Change
from kpis.measures import observations, queries, touched
from kpis.measures.bounds import bounds_of, failing_sources
from kpis.measures.models import Baseline, Binding, KpiVersion, MetricName, Observation, Target
from kpis.measures.readings import end_of_day
from projects.tracking.models import AliasMove, Experiment, LoggedModel, ModelVersion, RegisteredModel, Run, Source
from projects.tracking.numbers import encode
from tests.factories import Make
from tests.measures import oracle, worlds
from tests.measures.test_properties import same

pytestmark = pytest.mark.django_db
DAYS = [date(2026, 3, 1) + timedelta(days=number) for number in range(-1, 13)]
goals = st.lists(st.tuples(st.sampled_from(DAYS), st.sampled_from([0.1, 0.3]), worlds.digests), max_size=2)
targets = st.lists(st.tuples(st.sampled_from(DAYS), st.sampled_from([0.7, 0.9])), max_size=2)
QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


class Mirror:
    """A random world as rows of the mirror, with one binding on it."""

    def __init__(self, plan, **fields):
        make = Make()
        self.source = make.source(last_good_sync_at=datetime.now(UTC))
        project = make.project()
        self.experiment = make.experiment(self.source, project=project)
        self.model = make.model(self.source, project=project)
        on = {"experiment": self.experiment} if plan["on"] == "experiment" else {"model": self.model}
        self.binding = make.binding(
            project,
            dataset_name=plan["dataset"],
            selector=plan["selector"],
            alias="champion" if plan["selector"] == "alias" else "",
            window_days=plan["window"],
            scale=plan["scale"],
            offset=plan["offset"],
            **on,
            **fields,
        )

    def put_run(self, run):
        own = run["own"]
        Run.objects.update_or_create(
            source=self.source,
            run_id=run["id"],
            defaults={
                "experiment": self.experiment,
                "status": run["status"],
                "lifecycle_stage": run["stage"],
                "missing_since": worlds.BEGIN if run["gone"] else None,
                "started_at": run["start"],
                "ended_at": run["end"],
                "metrics": {"auc": [encode(own["value"]), worlds.stamp(own["at"]), own["step"]]}
                if own
                else {"loss": [1, 0, 0]},
                "datasets": [dict(zip(("name", "digest", "context"), item, strict=True)) for item in run["datasets"]],
            },
        )
        for model in run["models"]:
            LoggedModel.objects.update_or_create(
                source=self.source,
                model_id=model["id"],
                defaults={
                    "experiment": self.experiment,
                    "run_id": run["id"],
                    "metrics": [
                        {
                            "key": "auc",
                            "value": encode(metric["value"]),
                            "timestamp": worlds.stamp(metric["at"]),
                            "step": metric["step"],
                            "run_id": run["id"],
                            "dataset_name": metric["dataset"],
                            "dataset_digest": metric["digest"],
                        }
                        for metric in model["metrics"]
                    ],
                },
            )

    def put_version(self, version):
        ModelVersion.objects.update_or_create(
            model=self.model,
            version=version["number"],
            defaults={
                "run_id": version["run_id"],
                "logged_model_id": version["model_id"],
                "created_at": version["created"],
                "missing_since": worlds.BEGIN if version["gone"] else None,
            },
        )

    def put_moves(self, moves):
        for at, version in moves:
            AliasMove.objects.create(model=self.model, alias="champion", at=at, version=version)

    def put(self, world):
        for run in world["runs"]:
            self.put_run(run)
        for version in world["versions"]:
            self.put_version(version)
        self.put_moves(world["moves"])

    def live(self):
        fields = (
            "observed_at",
            "value",
            "step",
            "run_id",
            "model_id",
            "version",
            "metric_at",
            "dataset_name",
            "dataset_digest",
        )
        rows = Observation.objects.filter(binding=self.binding, superseded_at=None)
        return sorted(repr(row) for row in rows.values_list(*fields, "run_started_at"))


@given(
    worlds.worlds(),
    worlds.bindings(),
    st.lists(worlds.definitions(), min_size=1, max_size=2),
    goals,
    targets,
    st.booleans(),
)
@settings(max_examples=60, **QUIET)
def test_readings_as_of_are_what_the_oracle_says(make, world, plan, meanings, baselines, aims, failing):
    with transaction.atomic():
        mirror = Mirror(plan)
        mirror.put(world)
        binding = mirror.binding
        KpiVersion.objects.all().delete()
        starts = [DAYS[0], DAYS[6]]
        for start, meaning in zip(starts, meanings, strict=False):
            KpiVersion.objects.create(
                kpi=binding.kpi,
                effective_from=start,
                direction="higher" if meaning["higher"] else "lower",
                cadence_days=meaning["cadence"],
                valid_min=meaning["min"],
                valid_max=meaning["max"],
                roll_up="median",
                category="model_quality",
                unit="ratio",
            )
        baselines = worlds.one_each(baselines, lambda row: row[0])
        aims = worlds.one_each(aims, lambda row: row[0])
        for day, value, digest in baselines:
            Baseline.objects.create(binding=binding, effective_from=day, value=value, dataset_digest=digest, note="x")
        for day, value in aims:
            Target.objects.create(binding=binding, effective_from=day, value=value)
        if failing:
            Source.objects.update(last_good_sync_at=datetime(2026, 2, 1, tzinfo=UTC))
        observations.gather(binding.pk)
        withheld = frozenset({binding.pk}) if plan["withheld"] else frozenset()
        readings = queries.readings_as_of([binding.pk], DAYS, withheld_ids=withheld)
        for day in DAYS:
            end = end_of_day(day, UTC)
            _, meaning = oracle.in_force(list(zip(starts, meanings, strict=False)), day)
            base, aim = oracle.in_force(baselines, day), oracle.in_force(aims, day)
            expected = oracle.reading(
                oracle.chosen(world, plan, meaning["higher"], end),
                plan,
                meaning,
                end,
                base and base[1],
                base[2] if base else "",
                aim and aim[1],
                failing,
            )
            got = readings[binding.pk, day]
            assert (got.reason and got.reason.value) == expected[2], day
            assert same(got.value, expected[0])
            assert same(got.index, expected[1])
        transaction.set_rollback(True)


@given(worlds.worlds(), worlds.worlds(), worlds.bindings(), st.randoms(use_true_random=False))
@settings(max_examples=40, **QUIET)
def test_gathering_bit_by_bit_ends_where_gathering_once_does(make, before, after, plan, rng: random.Random):
    # Runs and versions of the first world that the second lacks stay as they are in both.
    with transaction.atomic():
        step_by_step = Mirror(plan)
        steps = [(step_by_step.put_run, run) for run in before["runs"]]
        steps += [(step_by_step.put_version, version) for version in before["versions"]]
        rng.shuffle(steps)
        later = [(step_by_step.put_run, run) for run in after["runs"]]
        later += [(step_by_step.put_version, version) for version in after["versions"]]
        rng.shuffle(later)
        for put, row in [*steps, *later]:
            put(row)
            if rng.random() < 0.5:
                observations.gather(step_by_step.binding.pk)
        step_by_step.put_moves(after["moves"])
        observations.gather(step_by_step.binding.pk)
        changes = Change.objects.count()
        assert observations.gather(step_by_step.binding.pk) == observations.GatherResult(0, 0)
        assert Change.objects.count() == changes
        rows = step_by_step.live()
        Observation.objects.all().delete()
        observations.gather(step_by_step.binding.pk)
        assert step_by_step.live() == rows
        transaction.set_rollback(True)


def test_the_reason_is_kept_and_the_reach_noted(make):
    binding = make.binding(experiment=make.experiment(), metric_key="auc")
    first = make.run(binding.experiment, metrics={"auc": [0.7, 0, 0]}, start="2026-01-01")
    second = make.run(binding.experiment, metrics={"auc": [0.8, 0, 0]}, start="2026-02-01")
    assert observations.gather(binding.pk) == observations.GatherResult(2, 0)
    assert Change.objects.latest("id").affects_from == first.ended_at
    second.metrics = {"auc": [0.9, 0, 0]}
    second.save()
    assert observations.gather(binding.pk) == observations.GatherResult(1, 1)
    assert Change.objects.latest("id").affects_from == second.ended_at
    first.lifecycle_stage = "deleted"
    first.save()
    observations.gather(binding.pk)
    reasons = binding.observations.exclude(superseded_at=None).values_list("value", "superseded_reason")
    assert set(reasons) == {(0.8, "metric logged again"), (0.7, "run deleted")}


def test_a_touched_source_is_gathered_once_and_its_names_counted(make):
    source = make.source()
    binding = make.binding(experiment=make.experiment(source), metric_key="auc")
    model_binding = make.binding(model=make.model(source), metric_key="auc")
    run = make.run(binding.experiment, metrics={"auc": [0.7, 0, 0], "0": [1, 0, 0]})
    ModelVersion.objects.create(model=model_binding.model, version=1, run_id=run.run_id)
    Experiment.objects.update(touched_at=datetime.now(UTC))
    assert touched.gather_touched() == 1
    assert Observation.objects.values_list("binding", "value").count() == 2
    assert set(MetricName.objects.values_list("key", "runs", "experiments")) == {("auc", 1, 1), ("0", 1, 1)}
    assert not Experiment.objects.exclude(touched_at=None).exists()
    assert touched.gather_touched() == 0
    Run.objects.update(lifecycle_stage="deleted")
    RegisteredModel.objects.update(touched_at=datetime.now(UTC))
    touched.gather_source(source.pk)
    assert not Observation.objects.filter(binding=model_binding, superseded_at=None).exists()
    assert Observation.objects.filter(binding=binding, superseded_at=None).exists()
    assert set(MetricName.objects.values_list("runs", flat=True)) == {0}


def test_a_mark_set_meanwhile_stays(make, monkeypatch):
    binding = make.binding(experiment=make.experiment(), metric_key="auc")
    Experiment.objects.update(touched_at=datetime(2026, 1, 1, tzinfo=UTC))
    again = datetime(2026, 1, 2, tzinfo=UTC)
    monkeypatch.setattr(
        touched, "gather", lambda pk: Experiment.objects.update(touched_at=again) and observations.gather(pk)
    )
    touched.gather_source(binding.experiment.source_id)
    assert Experiment.objects.get().touched_at == again


def test_one_binding_that_fails_holds_up_no_other(make, monkeypatch):
    experiment = make.experiment()
    bad, good = (make.binding(experiment=experiment, metric_key="auc") for _ in range(2))
    make.run(experiment, metrics={"auc": [0.7, 0, 0]})
    Experiment.objects.update(touched_at=datetime.now(UTC))

    def gather(pk):
        if pk == bad.pk:
            raise RuntimeError("broken")
        return observations.gather(pk)

    monkeypatch.setattr(touched, "gather", gather)
    with pytest.raises(RuntimeError, match="broken"):
        touched.gather_source(experiment.source_id)
    assert good.observations.count() == 1
    assert Experiment.objects.get().touched_at is not None


def test_the_queries_do_not_grow(make):
    project = make.project()
    experiment = make.experiment(project=project)

    def count():
        with CaptureQueriesContext(connection) as found:
            queries.readings_as_of(Binding.objects.all(), DAYS)
        return len(found)

    make.binding(project, experiment=experiment)
    make.binding(project, experiment=experiment, selector="best", window_days=9)
    few = count()
    for _ in range(10):
        make.binding(make.project(), experiment=experiment)
        make.binding(make.project(), baseline=1.0, target=2.0)
    assert count() == few <= 9


def test_withheld_is_the_rule_as_a_set(make):
    parent = make.unit()
    unit = make.unit(parent=parent)
    project = make.project(unit=unit, sponsor=make.person())
    binding = make.binding(project, is_withheld=True)
    make.binding(project)
    people = [
        make.person(roles=[(role, where)] if role else [])
        for role in ("", "viewer", "contributor", "unit_lead", "executive")
        for where in (None, parent, unit, make.unit())
    ]
    people += [make.person(roles=[("administrator", None)]), project.owner, project.sponsor, make.member(project)]
    for person in people:
        expected = frozenset() if access.may(person, "figures.read", binding) else frozenset({binding.pk})
        assert queries.withheld_for(person) == expected, list(person.grants.all())


def test_when_the_next_source_will_be_found_failing(make):
    now = datetime(2026, 3, 5, 12, tzinfo=UTC)
    source = make.source(last_good_sync_at=now - timedelta(minutes=30), interval_minutes=15)
    make.source(last_good_sync_at=now - timedelta(days=3))
    today = now.date()
    at = queries.next_failing_at(today, now=now)
    assert at == source.last_good_sync_at + timedelta(minutes=45)
    end = [queries.company_end_of(today)]
    bounds = bounds_of(Binding.objects.filter(pk=make.binding(experiment=make.experiment(source)).pk))
    assert not failing_sources(bounds, end, now=at)
    assert failing_sources(bounds, end, now=at + timedelta(microseconds=1))
    assert queries.next_failing_at(today - timedelta(days=1), now=now) is None
