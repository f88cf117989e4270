"""The sync against a real MLflow server: what is logged there is mirrored, whatever happens to it afterwards."""

from __future__ import annotations

import pytest

from projects.tracking.models import AliasMove, Experiment, LoggedModel, ModelVersion, RegisteredModel, Run, Source
from tests.tracking.lying import Liar
from tests.tracking.mirror import assert_same_as_from_nothing, mirror, read
from tests.tracking.team import DAY, Team

pytestmark = [pytest.mark.django_db, pytest.mark.mlflow]


def test_everything_is_mirrored(source: Source, team: Team) -> None:
    experiment = team.experiment(owner="somebody")
    run_id = team.run(experiment, metrics={"auc": 0.75, "loss": 1e-12}, tags={"mlflow.source.git.commit": "abc123"})
    model_id = team.logged_model(experiment, run_id, val=0.9, test=0.7)
    name = team.registered(run_id, model_id)
    team.client.set_registered_model_alias(name, "champion", "1")
    done = read(source)
    assert (done.state, done.is_full, done.error) == ("done", True, "")
    run = Run.objects.get(source=source, run_id=run_id)
    assert run.metrics["loss"] == [1e-12, DAY + 10, 0]
    assert (run.status, run.git_commit, run.params) == ("FINISHED", "abc123", {"depth": "3"})
    assert run.started_at
    assert int(run.started_at.timestamp() * 1000) == DAY
    on = {one["dataset_name"]: one["value"] for one in LoggedModel.objects.get(model_id=model_id).metrics}
    assert on == {"val": 0.9, "test": 0.7}
    version = ModelVersion.objects.get(model__source=source, model__name=name)
    assert (version.version, version.run_id, version.logged_model_id) == (1, run_id, model_id)
    move = AliasMove.objects.get(model__source=source, model__name=name)
    assert (move.alias, move.version, move.at) == ("champion", 1, version.created_at)
    source.refresh_from_db()
    assert source.last_good_sync_at
    assert source.first_good_sync_at
    assert source.last_full_sync_at
    assert not source.last_error


def test_reading_again_changes_nothing(source: Source, team: Team) -> None:
    team.runs(team.experiment(), 4)
    read(source)
    Experiment.objects.update(touched_at=None)
    before = mirror(source)
    again, full = read(source), read(source, full=True)
    assert (again.is_full, again.counts["changed"], full.is_full, full.counts["changed"]) == (False, 0, True, 0)
    assert mirror(source) == before
    assert not Experiment.objects.filter(touched_at__isnull=False).exists()


def test_numbers_that_json_does_not_have(source: Source, team: Team) -> None:
    values = {"nan": float("nan"), "up": float("inf"), "down": float("-inf")}
    run_id = team.run(team.experiment(), metrics=values, timestamp=0)
    read(source)
    metrics = Run.objects.get(source=source, run_id=run_id).metrics
    assert metrics["nan"] == ["NaN", 0, 0]
    assert (float(metrics["up"][0]), float(metrics["down"][0])) == (1.7976931348623157e308, -1.7976931348623157e308)


def test_a_run_under_way_and_what_becomes_of_it(source: Source, team: Team) -> None:
    experiment = team.experiment()
    run_id = team.run(experiment, end=None)
    read(source)
    assert Run.objects.get(source=source, run_id=run_id).status == "RUNNING"
    team.client.log_metric(run_id, "auc", 0.8, timestamp=DAY + 99)
    # It ended long before the cursor: no filter on time finds it.
    team.client.set_terminated(run_id, end_time=DAY + 100)
    assert not read(source).is_full
    run = Run.objects.get(source=source, run_id=run_id)
    assert (run.status, run.metrics["auc"]) == ("FINISHED", [0.8, DAY + 99, 0])
    assert_same_as_from_nothing(source)


def test_a_new_experiment_whose_runs_lie_in_the_past(source: Source, team: Team) -> None:
    team.run(team.experiment())
    read(source)
    run_id = team.run(team.experiment(), start=DAY - 10**10, end=DAY - 10**10 + 5)
    assert not read(source).is_full
    assert Run.objects.filter(source=source, run_id=run_id).exists()
    assert_same_as_from_nothing(source)


def test_deleted_and_restored_runs_and_experiments(source: Source, team: Team) -> None:
    experiment, other = team.experiment(), team.experiment()
    run_id, with_it = team.run(experiment), team.run(other)
    read(source)
    team.client.delete_run(run_id)
    team.client.delete_experiment(other)
    read(source)
    stages = dict(Run.objects.filter(run_id__in=[run_id, with_it]).values_list("run_id", "lifecycle_stage"))
    assert stages == {run_id: "deleted", with_it: "deleted"}
    assert Experiment.objects.get(source=source, experiment_id=other).lifecycle_stage == "deleted"
    assert_same_as_from_nothing(source)
    team.client.restore_run(run_id)
    team.client.restore_experiment(other)
    read(source)
    assert not Run.objects.filter(run_id__in=[run_id, with_it]).exclude(lifecycle_stage="active").exists()
    assert_same_as_from_nothing(source)


def test_a_renamed_experiment(source: Source, team: Team) -> None:
    experiment = team.experiment()
    read(source)
    team.client.rename_experiment(experiment, f"renamed {experiment}")
    read(source)
    assert Experiment.objects.get(source=source, experiment_id=experiment).name == f"renamed {experiment}"
    assert_same_as_from_nothing(source)


def test_a_late_metric_on_a_finished_run_comes_with_the_full_reading(source: Source, team: Team) -> None:
    experiment = team.experiment()
    run_id = team.run(experiment)
    model_id = team.logged_model(experiment, run_id, val=0.9)
    name = team.registered(run_id, model_id)
    team.run(experiment, start=DAY + 10**9, end=DAY + 10**9)
    read(source)
    Experiment.objects.update(touched_at=None)
    RegisteredModel.objects.update(touched_at=None)
    team.evaluate(run_id, model_id, "late", 0.6)
    read(source, full=True)
    assert "late" in {one["dataset_name"] for one in LoggedModel.objects.get(model_id=model_id).metrics}
    assert Experiment.objects.get(source=source, experiment_id=experiment).touched_at is not None
    # What is derived from a model's versions must know too.
    assert RegisteredModel.objects.get(source=source, name=name).touched_at is not None
    assert_same_as_from_nothing(source)


def test_an_old_model_evaluated_by_a_new_run_is_read_again(source: Source, team: Team) -> None:
    experiment = team.experiment()
    run_id = team.run(experiment, end=None)
    model_id = team.logged_model(experiment, run_id, val=0.9)
    read(source)
    team.evaluate(run_id, model_id, "new", 0.4)
    assert not read(source).is_full
    assert "new" in {one["dataset_name"] for one in LoggedModel.objects.get(model_id=model_id).metrics}
    team.client.set_terminated(run_id, end_time=DAY + 5)
    read(source)
    assert_same_as_from_nothing(source)


def test_aliases_are_compared_with_what_was_seen(source: Source, team: Team) -> None:
    run_id = team.run(team.experiment())
    name = team.registered(run_id)
    team.version(name, run_id)
    team.client.set_registered_model_alias(name, "champion", "1")
    read(source)
    team.client.set_registered_model_alias(name, "champion", "2")
    moved = read(source)
    read(source)
    team.client.delete_registered_model_alias(name, "champion")
    gone = read(source)
    moves = AliasMove.objects.filter(model__source=source, model__name=name).order_by("id").values_list("version", "at")
    created = ModelVersion.objects.get(model__name=name, model__source=source, version=1).created_at
    assert list(moves) == [(1, created), (2, moved.started_at), (None, gone.started_at)]
    assert_same_as_from_nothing(source)


def test_deleted_versions_and_models_are_marked_and_never_deleted(source: Source, team: Team) -> None:
    run_id = team.run(team.experiment())
    name, other = team.registered(run_id), team.registered(run_id)
    team.version(name, run_id)
    team.client.set_registered_model_alias(other, "champion", "1")
    read(source)
    team.client.delete_model_version(name, "1")
    team.client.delete_registered_model(other)
    read(source)
    assert ModelVersion.objects.get(model__name=name, version=1).missing_since is not None
    assert ModelVersion.objects.get(model__name=name, version=2).missing_since is None
    gone = RegisteredModel.objects.get(source=source, name=other)
    assert gone.missing_since is not None
    assert not gone.versions.filter(missing_since=None).exists()
    last = AliasMove.objects.filter(model=gone).order_by("id").last()
    assert last is not None
    assert last.version is None
    assert_same_as_from_nothing(source)


def test_runs_of_the_same_time_are_all_read(source: Source, team: Team, small_pages: None) -> None:
    experiment = team.experiment()
    ids = {team.run(experiment, start=DAY + 77) for _ in range(8)}
    read(source)
    assert set(Run.objects.filter(experiment__experiment_id=experiment).values_list("run_id", flat=True)) == ids


def test_many_pages_give_what_one_page_gives(source: Source, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        experiment = team.experiment()
        ids = team.runs(experiment, 7)
        team.logged_model(experiment, ids[0], val=0.9)
        team.registered(ids[0])
    with monkeypatch.context() as patch:
        patch.setattr("projects.tracking.phases.PAGE", 2)
        patch.setattr("projects.tracking.phases.MANY", 1)
        read(source)
    assert_same_as_from_nothing(source)


def test_a_vanished_run_is_marked_and_comes_back(lied_to: Source, liar: Liar, team: Team) -> None:
    experiment = team.experiment()
    ids = team.runs(experiment, 5)
    read(lied_to)
    liar.hidden = {ids[2]}
    done = read(lied_to, full=True)
    assert done.counts["missing"] == 1
    run = Run.objects.get(source=lied_to, run_id=ids[2])
    assert run.missing_since is not None
    assert Run.objects.filter(source=lied_to, missing_since=None, run_id__in=ids).count() == 4
    liar.hidden = set()
    read(lied_to, full=True)
    run.refresh_from_db()
    assert run.missing_since is None
    assert_same_as_from_nothing(lied_to)


def test_a_vanished_experiment_takes_its_runs_along_and_brings_them_back(
    lied_to: Source, liar: Liar, team: Team
) -> None:
    experiment = team.experiment()
    name = team.client.get_experiment(experiment).name
    ids = team.runs(experiment, 3)
    read(lied_to)
    liar.hidden = {name, f"experiment_id={experiment}", f'"experiment_id": "{experiment}"'}
    read(lied_to)
    assert Experiment.objects.get(source=lied_to, experiment_id=experiment).missing_since is not None
    assert not Run.objects.filter(source=lied_to, run_id__in=ids, missing_since=None).exists()
    liar.hidden = set()
    assert read(lied_to).is_full
    assert_same_as_from_nothing(lied_to)
