from __future__ import annotations

from datetime import UTC, datetime

import pytest

from coe.core import events
from coe.core.models import Event
from projects.tracking import arrivals, services
from projects.tracking.models import ModelVersion, Run
from tests.factories import at
from tests.paths.newcomers import found_of, newcomer, queries, see, subject, touched_by_last_event

pytestmark = pytest.mark.django_db
SIGNED = {"signature": {"inputs": [], "outputs": [], "params": []}, "flavors": [], "files": []}
UNSIGNED = {**SIGNED, "signature": None}
DATASET = [{"name": "holdout", "digest": "d1", "context": "evaluation"}]


@pytest.fixture
def project(make):
    return make.project("churn")


@pytest.fixture
def lab(make):
    return make.source("lab")


@pytest.fixture
def who(project):
    return newcomer(project.owner, about=project)


@pytest.fixture
def experiment(make, lab, project):
    return make.experiment(lab, project=project, touched_at=datetime.now(UTC))


def told() -> list[str]:
    return list(Event.objects.order_by("id").values_list("verb", flat=True))


# -- the first run --------------------------------------------------------------------------------------------------
def test_the_earliest_finished_run_is_the_evidence(make, project, experiment, who):
    assert see("first_run", who).why == "No finished run is in an experiment of the project."
    make.run(experiment, start="2026-03-01")
    first = make.run(make.experiment(project=project), start="2026-02-01", name="first one")
    found = see("first_run", who)
    assert (found.is_so, found.at) == (True, at("2026-02-01"))
    assert found.evidence == (
        ("Run first one", first.get_absolute_url()),
        ("The same run in MLflow", first.mlflow_url),
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "RUNNING"},
        {"status": "FAILED"},
        {"lifecycle_stage": "deleted"},
        {"missing_since": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_run_that_does_not_count_is_none(make, experiment, who, fields):
    make.run(experiment, **fields)
    assert not see("first_run", who).is_so


def test_a_run_of_another_project_or_of_none_is_none(make, who):
    make.run(make.experiment(project=make.project()))
    make.run(make.experiment())
    assert not see("first_run", who).is_so


def test_it_is_no_longer_so_when_the_experiment_is_unlinked(make, project, experiment, who):
    make.run(experiment)
    assert see("first_run", who).is_so
    services.unlink_experiment(actor=project.owner, experiment=experiment)
    assert not see("first_run", who).is_so
    assert touched_by_last_event("first_run", "experiment.unlinked").subjects == {subject(project)}


# -- a dataset ------------------------------------------------------------------------------------------------------
def test_a_run_that_names_its_dataset(make, experiment, who):
    make.run(experiment, start="2026-01-01")
    assert see("dataset_logged", who).why == "No run of the project names the dataset it used."
    make.run(experiment, start="2026-01-02", datasets=DATASET)
    found = see("dataset_logged", who)
    assert (found.is_so, found.at) == (True, at("2026-01-02"))
    Run.objects.update(lifecycle_stage="deleted")
    assert not see("dataset_logged", who).is_so


# -- a model --------------------------------------------------------------------------------------------------------
def test_a_version_with_a_signature(make, lab, project, who):
    assert see("model_registered", who).why == "No registered model of the project has a version."
    model = make.model(lab, project=project, name="churn-xgb")
    assert not see("model_registered", who).is_so
    make.version(model, 3, files=SIGNED)
    found = see("model_registered", who)
    assert (found.is_so, found.at) == (True, at("2026-01-01"))
    assert found.evidence == (("churn-xgb, version 3", model.versions_url),)


def test_a_newer_version_without_a_signature_takes_it_back_and_a_further_one_gives_it_again(make, project, who):
    model = make.model(project=project, name="churn-xgb")
    make.version(model, 3, files=SIGNED)
    make.version(model, 4, files=UNSIGNED)
    found = see("model_registered", who)
    assert (found.is_so, found.why) == (False, "Version 4 of churn-xgb has no signature.")
    assert see("model_registered", who, signature="no").is_so
    make.version(model, 5, files=SIGNED)
    assert see("model_registered", who).is_so


def test_files_that_were_not_read_yet_take_nothing_back(make, project, who):
    model = make.model(project=project, name="churn-xgb")
    newest = make.version(model, 4, files_error="The server did not answer.")
    assert see("model_registered", who).why == (
        "The files of version 4 of churn-xgb were not read yet: The server did not answer."
    )
    ModelVersion.objects.filter(pk=newest.pk).update(files_error="")
    assert see("model_registered", who).why == (
        "The files of version 4 of churn-xgb were not read yet; the next sync tries it."
    )
    make.version(model, 3, files=SIGNED)
    assert see("model_registered", who).evidence[0][0] == "churn-xgb, version 3"


def test_versions_and_models_that_mlflow_no_longer_has_do_not_count(make, project, who):
    now = datetime.now(UTC)
    model = make.model(project=project)
    make.version(model, 1, files=SIGNED, missing_since=now)
    make.version(make.model(project=project, missing_since=now), 1, files=SIGNED)
    assert not see("model_registered", who).is_so


def test_one_model_with_a_signature_is_enough(make, project, who):
    make.version(make.model(project=project, name="old"), 1, files=UNSIGNED)
    make.version(make.model(project=project, name="new"), 1, files=SIGNED)
    assert see("model_registered", who).evidence[0][0] == "new, version 1"


@pytest.mark.parametrize("key", ["first_run", "dataset_logged", "model_registered"])
def test_a_thousand_newcomers_take_as_many_queries_as_two(make, lab, key):
    who = []
    for number in range(4):
        project = make.project()
        make.run(make.experiment(lab, project=project), datasets=DATASET)
        make.version(make.model(lab, project=project), 1, files=SIGNED)
        who.append(newcomer(project.owner, about=project if number % 2 else None))
    who.append(newcomer(make.person()))
    assert queries(key, who * 200) == queries(key, who[-2:])
    assert queries(key, who * 200) <= 3
    assert [one.is_so for one in found_of(key, who)] == [True, True, True, True, False]


# -- what a sync tells ----------------------------------------------------------------------------------------------
def test_the_first_run_is_told_once(make, lab, project, experiment):
    make.run(experiment, status="RUNNING")
    assert arrivals.after_sync(lab.pk) == 0
    make.run(experiment)
    assert arrivals.after_sync(lab.pk) == 1
    make.run(experiment)
    assert arrivals.after_sync(lab.pk) == 0
    event = Event.objects.get()
    assert (event.verb, event.actor, events.say(event)) == (
        "project.first_run_seen",
        None,
        "saw the first finished run",
    )
    touched = touched_by_last_event("first_run", "project.first_run_seen")
    assert (touched.people, touched.subjects) == ({project.owner_id}, {subject(project)})


def test_runs_that_all_vanish_are_told_and_come_back_as_the_first(make, lab, experiment):
    make.run(experiment)
    arrivals.after_sync(lab.pk)
    Run.objects.update(lifecycle_stage="deleted")
    arrivals.after_sync(lab.pk)
    arrivals.after_sync(lab.pk)
    Run.objects.update(lifecycle_stage="active")
    arrivals.after_sync(lab.pk)
    assert told() == ["project.first_run_seen", "project.runs_gone", "project.first_run_seen"]


def test_the_first_dataset_is_told_once(make, lab, experiment):
    make.run(experiment)
    arrivals.after_sync(lab.pk)
    make.run(experiment, datasets=DATASET)
    arrivals.after_sync(lab.pk)
    arrivals.after_sync(lab.pk)
    assert told() == ["project.first_run_seen", "project.first_dataset_seen"]


def test_versions_are_told_with_their_signatures_and_what_became_of_them(make, lab, project):
    model = make.model(lab, project=project, name="churn-xgb")
    assert arrivals.after_sync(lab.pk) == 0
    version = make.version(model, 3)
    said = []
    for files in (None, SIGNED):
        ModelVersion.objects.filter(pk=version.pk).update(files=files)
        assert arrivals.after_sync(lab.pk) == 1
        assert arrivals.after_sync(lab.pk) == 0
        said.append(events.say(Event.objects.latest("id")))
    make.version(model, 4, files=UNSIGNED)
    arrivals.after_sync(lab.pk)
    said.append(events.say(Event.objects.latest("id")))
    model.missing_since = datetime.now(UTC)
    model.save()
    arrivals.after_sync(lab.pk)
    said.append(events.say(Event.objects.latest("id")))
    assert said == [
        "saw version 3 of churn-xgb",
        "saw version 3 of churn-xgb, with a signature",
        "saw version 4 of churn-xgb, without a signature",
        "no longer sees churn-xgb",
    ]
    assert set(told()) == {"project.models_seen"}
    assert touched_by_last_event("model_registered", "project.models_seen").subjects == {subject(project)}


def test_one_event_tells_of_many_models(make, lab, project):
    for number in range(5):
        make.version(make.model(lab, project=project, name=f"m{number}"), 1, files=SIGNED)
    assert arrivals.after_sync(lab.pk) == 1
    assert events.say(Event.objects.get()).endswith("; and 2 more")


def test_models_on_two_servers_are_told_together_whichever_is_read(make, lab, project):
    other = make.source("other")
    make.version(make.model(lab, project=project, name="here"), 1, files=SIGNED)
    make.version(make.model(other, project=project, name="there"), 1, files=SIGNED)
    assert arrivals.after_sync(lab.pk) == 1
    assert arrivals.after_sync(other.pk) == 0
    assert "here" in events.say(Event.objects.get())
    assert "there" in events.say(Event.objects.get())


def test_what_belongs_to_no_project_is_not_told(make, lab):
    make.run(make.experiment(lab, touched_at=datetime.now(UTC)), datasets=DATASET)
    make.version(make.model(lab), 1, files=SIGNED)
    assert arrivals.after_sync(lab.pk) == 0


def test_nothing_new_takes_two_queries_however_many_projects(make, lab, django_assert_num_queries):
    for _ in range(5):
        project = make.project()
        make.run(make.experiment(lab, project=project))
        make.version(make.model(lab, project=project), 1, files=SIGNED)
    arrivals.after_sync(lab.pk)
    with django_assert_num_queries(2):
        assert arrivals.after_sync(lab.pk) == 0
