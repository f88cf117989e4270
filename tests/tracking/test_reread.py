"""One model read again between two syncs: the mirror afterwards is what a sync from nothing makes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from projects.tracking import aliases, store
from projects.tracking import reread as module
from projects.tracking.mlflow import Fault, GatewayError
from projects.tracking.models import (
    AliasMove,
    Experiment,
    LoggedModel,
    ModelVersion,
    RegisteredModel,
    Run,
    Source,
    Sync,
)
from projects.tracking.reread import reread_model
from projects.tracking.sync import run_sync
from tests.factories import Make
from tests.races import meeting, together
from tests.tracking import lying
from tests.tracking.lying import Asked, Liar
from tests.tracking.mirror import assert_same_as_from_nothing, read
from tests.tracking.team import DAY, Team

pytestmark = [pytest.mark.django_db, pytest.mark.mlflow]


def again(source: Source, name: str) -> bool:
    return reread_model(source_id=source.pk, name=name)


def test_a_new_version_with_all_that_it_stands_on(source: Source, team: Team, make: Make) -> None:
    project = make.project("churn")
    read(source)
    experiment = team.experiment(**{"coe.project": "churn"})
    run_id = team.run(experiment)
    model_id = team.logged_model(experiment, run_id, val=0.9)
    name = team.registered(run_id, model_id, **{"coe.project": "churn"})
    team.client.set_registered_model_alias(name, "champion", "1")
    assert again(source, name)
    version = ModelVersion.objects.get(model__source=source, model__name=name)
    assert (version.run_id, version.logged_model_id) == (run_id, model_id)
    assert version.files_tried_at is not None
    assert Run.objects.get(source=source, run_id=run_id).metrics["auc"][0] == 0.5
    assert LoggedModel.objects.get(source=source, model_id=model_id).metrics[0]["dataset_name"] == "val"
    assert Experiment.objects.get(source=source, experiment_id=experiment).project == project
    model = version.model
    assert (model.project, model.aliases) == (project, {"champion": 1})
    assert model.touched_at is not None
    move = AliasMove.objects.get(model=model)
    assert (move.version, move.sync) == (1, None)
    assert again(source, name)
    assert AliasMove.objects.filter(model=model).count() == 1
    read(source)
    assert AliasMove.objects.filter(model=model).count() == 1
    assert_same_as_from_nothing(source)


def test_a_model_without_a_tag_takes_no_link_from_its_experiment(source: Source, team: Team, make: Make) -> None:
    make.project("churn")
    name = team.registered(team.run(team.experiment(**{"coe.project": "churn"})))
    again(source, name)
    assert RegisteredModel.objects.get(name=name).project is None


def test_old_runs_of_an_experiment_that_it_saw_first_are_read_by_the_next_sync(source: Source, team: Team) -> None:
    """Its id lies below those that the next sync is the first to see, and its runs before the cursor."""
    team.run(team.experiment(), start=DAY + 10**9, end=DAY + 10**9)
    read(source)
    experiment = team.experiment()
    old = team.run(experiment, start=DAY - 10**9, end=DAY - 10**9)
    name = team.registered(team.run(experiment, start=DAY - 10**8, end=DAY - 10**8))
    again(source, name)
    assert not Run.objects.filter(run_id=old).exists()
    assert not read(source).is_full
    assert Run.objects.filter(run_id=old).exists()
    assert not Experiment.objects.filter(is_unread=True).exists()
    assert_same_as_from_nothing(source)


def test_a_run_under_way_that_has_ended_and_what_it_evaluated(source: Source, team: Team) -> None:
    experiment = team.experiment()
    earlier = team.run(experiment)
    model_id = team.logged_model(experiment, earlier, val=0.9)
    run_id = team.run(experiment, end=None)
    name = team.registered(run_id, model_id)
    own = team.logged_model(experiment, run_id)
    read(source)
    team.evaluate(run_id, own, "late", 0.4)
    team.client.set_terminated(run_id, end_time=DAY + 5)
    again(source, name)
    assert Run.objects.get(source=source, run_id=run_id).status == "FINISHED"
    assert LoggedModel.objects.get(source=source, model_id=own).metrics[0]["dataset_name"] == "late"
    read(source)
    assert_same_as_from_nothing(source)


def test_what_is_known_and_over_is_not_asked_for_again(source: Source, liar: Liar, team: Team) -> None:
    experiment = team.experiment()
    run_id = team.run(experiment)
    model_id = team.logged_model(experiment, run_id)
    team.client.finalize_logged_model(model_id, "READY")
    name = team.registered(run_id, model_id)
    read(source)
    liar.asked.clear()
    again(source, name)
    assert [path.partition("?")[0].rpartition("mlflow/")[2] for path in liar.asked] == [
        "registered-models/get",
        "model-versions/search",
    ]


def test_a_model_that_is_no_longer_there(source: Source, team: Team) -> None:
    name = team.registered(team.run(team.experiment()))
    team.client.set_registered_model_alias(name, "champion", "1")
    read(source)
    assert not again(source, "never heard of")
    team.client.delete_registered_model(name)
    assert not again(source, name)
    model = RegisteredModel.objects.get(name=name)
    assert model.missing_since is not None
    assert [move.version for move in AliasMove.objects.filter(model=model).order_by("id")] == [1, None]
    read(source)
    assert_same_as_from_nothing(source)


def test_a_name_with_quotes(source: Source, team: Team) -> None:
    name = "the model's"
    team.client.create_registered_model(name)
    team.made.add(name)
    try:
        team.version(name, team.run(team.experiment()))
        assert again(source, name)
        assert ModelVersion.objects.filter(model__name=name).count() == 1
    finally:
        team.client.delete_registered_model(name)


def test_a_server_older_than_logged_models(source: Source, liar: Liar, team: Team) -> None:
    name = team.registered(team.run(team.experiment()))
    liar.lies["logged-models"] = lambda asked: (404, b"<h1>Not Found</h1>", {"Content-Type": "text/html"})
    assert again(source, name)


def test_a_server_that_fails_leaves_the_mirror_as_it_was(source: Source, liar: Liar, team: Team) -> None:
    name = team.registered(team.run(team.experiment()))
    liar.lies["runs/get"] = lying.error_500
    with pytest.raises(GatewayError) as caught:
        again(source, name)
    assert caught.value.fault is Fault.BROKEN
    assert not RegisteredModel.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twice_at_once_an_alias_move_is_noted_once(source: Source, team: Team) -> None:
    run_id = team.run(team.experiment())
    name = team.registered(run_id)
    read(source)
    team.client.set_registered_model_alias(name, "champion", "1")
    assert together(lambda: again(source, name), lambda: again(source, name)) == [True, True]
    assert AliasMove.objects.filter(model__name=name).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_standing_in_line_it_would_be_noted_twice(
    source: Source, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: both look for moves before either has noted one."""
    name = team.registered(team.run(team.experiment()))
    team.client.set_registered_model_alias(name, "champion", "1")
    read(source)
    AliasMove.objects.all().delete()
    meet, fetch = meeting(), store.fetch

    def late(statement: str, values: Any) -> Any:
        found = fetch(statement, values)
        if statement == aliases._MOVED:
            meet()
        return found

    # Their rows are in the mirror already, so that no other lock puts them in line.
    RegisteredModel.objects.update(aliases_at=timezone.now() + timedelta(minutes=1))
    monkeypatch.setattr(store, "fetch", late)
    monkeypatch.setattr(store, "hold", lambda source_id: None)
    monkeypatch.setattr(module, "_store", lambda *words: None)
    assert together(lambda: again(source, name), lambda: again(source, name)) == [True, True]
    assert AliasMove.objects.filter(model__name=name).count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["model-versions/search", "registered-models/search", "experiments/search"])
def test_beside_a_sync(source: Source, liar: Liar, team: Team, where: str) -> None:
    """A version is registered, and its model read again, in the middle of a sync that stores the same rows."""
    run_id = team.run(team.experiment())
    name = team.registered(run_id)
    read(source)
    done: list[object] = []

    def meanwhile(asked: Asked) -> Any:
        answer = asked.truth()
        if where in liar.lies:
            # Once: it asks for the same lists itself.
            del liar.lies[where]
            team.version(name, run_id)
            team.client.set_registered_model_alias(name, "champion", "2")
            done.extend(together(lambda: again(source, name)))
        return answer

    liar.lies[where] = meanwhile
    sync = run_sync(sync_id=Sync.objects.create(source=source).pk)
    assert (sync.state, sync.error, done) == ("done", "", [True])
    assert RegisteredModel.objects.get(name=name).aliases == {"champion": 2}
    assert [move.version for move in AliasMove.objects.filter(model__name=name)] == [2]
    assert read(source).state == "done"
    assert AliasMove.objects.filter(model__name=name).count() == 1
    assert_same_as_from_nothing(source)


@pytest.mark.django_db(transaction=True)
def test_pages_wait_in_line_while_a_model_is_stored(source: Source) -> None:
    """Two that hold the mirror of one source come one after the other."""
    order: list[str] = []

    def holder(word: str) -> None:
        with transaction.atomic():
            store.hold(source.pk)
            order.append(f"{word} begins")
            order.append(f"{word} ends")

    assert together(lambda: holder("one"), lambda: holder("two")) == [None, None]
    assert order[0].partition(" ")[0] == order[1].partition(" ")[0]
