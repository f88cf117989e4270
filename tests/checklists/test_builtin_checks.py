"""What Cairn finds out about a version by itself: passed, failed, or honestly not known."""

from __future__ import annotations

import pytest
from django.utils import timezone

from projects.checklists import checks
from projects.checklists.checks import Candidate, Finding
from projects.tracking.models import LoggedModel
from tests.checklists.candidates import told

pytestmark = pytest.mark.django_db

COLUMNS = [{"name": "age", "type": "long"}, {"name": "plan", "type": "string"}]
TRAINED = {"name": "churn-2026", "digest": "abc1", "context": "training"}


def files(signature, names=("MLmodel", "requirements.txt")):
    return {"signature": signature, "flavors": ["sklearn"], "files": list(names)}


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        ({"inputs": COLUMNS, "outputs": [{"type": "long"}]}, "passed"),
        ({"inputs": COLUMNS, "outputs": None}, "failed"),
        ({"inputs": [], "outputs": [{"type": "long"}]}, "failed"),
        (None, "failed"),
    ],
)
def test_a_signature(world, found, outcome):
    finding = told("has_signature", world.version(1, files=files(found)), world.project)
    assert finding.outcome == outcome
    assert finding.saw["inputs"] == (["age", "plan"] if found and found["inputs"] else [])


def test_a_signature_that_could_not_be_read(world):
    finding = told("has_signature", world.version(1, files_error="MLflow answered 503."), world.project)
    assert finding.outcome == "cannot_tell"
    assert finding.sentence == "The files of the model could not be looked at: MLflow answered 503."
    assert told("has_signature", world.version(2), world.project).outcome == "cannot_tell"


@pytest.mark.parametrize(
    ("of_version", "of_model", "outcome"),
    [
        ("Says who will leave", "", "passed"),
        ("", "Who leaves, by month", "passed"),
        ("v8", "Who leaves, by month", "passed"),
        ("v8 final", "", "failed"),
        ("", "  ", "failed"),
    ],
)
def test_a_description(world, of_version, of_model, outcome):
    world.model.description = of_model
    world.model.save()
    assert told("has_description", world.version(1, description=of_version), world.project).outcome == outcome


@pytest.mark.parametrize(
    ("datasets", "outcome"),
    [
        ([TRAINED], "passed"),
        ([{**TRAINED, "context": "Train"}], "passed"),
        ([{**TRAINED, "digest": ""}], "failed"),
        ([{**TRAINED, "context": "evaluation"}], "failed"),
        ([{**TRAINED, "context": ""}], "failed"),
        ([], "failed"),
    ],
)
def test_training_data(world, datasets, outcome):
    version = world.version(1, run={"datasets": datasets})
    finding = told("training_data_logged", version, world.project)
    assert finding.outcome == outcome
    assert finding.saw == {"run_id": version.run_id, "datasets": datasets}


def test_a_version_without_a_run_cannot_be_judged_by_it(world):
    for key in ("training_data_logged", "source_run_finished_and_linked", "reproducible"):
        assert told(key, world.version(len(key), run_id="never-read"), world.project).outcome == "cannot_tell"
        assert told(key, world.version(len(key) + 100, run_id=""), world.project).outcome == "cannot_tell"


def test_the_run_of_the_logged_model_is_the_one_behind(world):
    version = world.version(1, metrics=[], run={"datasets": [TRAINED]})
    run_id, version.run_id = version.run_id, ""
    version.save()
    assert told("training_data_logged", version, world.project).saw["run_id"] == run_id
    LoggedModel.objects.update(run_id="")
    assert told("training_data_logged", version, world.project).outcome == "cannot_tell"


def test_a_finished_run_of_the_project(world):
    finding = told("source_run_finished_and_linked", world.version(1), world.project)
    assert (finding.outcome, finding.saw["status"]) == ("passed", "FINISHED")


@pytest.mark.parametrize(
    "fields",
    [{"status": "RUNNING"}, {"status": "FAILED"}, {"lifecycle_stage": "deleted"}, {"missing_since": timezone.now()}],
)
def test_a_run_that_does_not_count(world, fields):
    assert told("source_run_finished_and_linked", world.version(1, run=fields), world.project).outcome == "failed"


def test_a_run_of_another_project_and_its_name_is_not_told(world, make):
    secret = make.project("secret-plan", visibility="members")
    world.experiment.project = secret
    world.experiment.save()
    finding = told("source_run_finished_and_linked", world.version(1), world.project)
    assert finding.outcome == "failed"
    assert "secret" not in finding.sentence + str(finding.saw)


def test_a_deleted_experiment(world):
    world.experiment.lifecycle_stage = "deleted"
    world.experiment.save()
    assert told("source_run_finished_and_linked", world.version(1), world.project).outcome == "failed"


@pytest.mark.parametrize(
    ("run", "found", "outcome"),
    [
        ({"git_commit": "c0ffee", "params": {"depth": "3"}}, files(None), "passed"),
        ({"git_commit": "c0ffee", "params": {"depth": "3"}}, files(None, ["m/conda.yaml"]), "passed"),
        ({"git_commit": "c0ffee", "params": {"depth": "3"}}, files(None, ["MLmodel"]), "failed"),
        ({"git_commit": "c0ffee", "params": {}}, files(None), "failed"),
        ({"git_commit": "", "params": {"depth": "3"}}, files(None), "failed"),
        ({"git_commit": "", "params": {"depth": "3"}}, None, "failed"),
        ({"git_commit": "c0ffee", "params": {"depth": "3"}}, None, "cannot_tell"),
    ],
)
def test_reproducible(world, run, found, outcome):
    assert told("reproducible", world.version(1, run=run, files=found), world.project).outcome == outcome


def test_owner_and_support(world, make):
    version = world.version(1)
    assert told("owner_and_support_named", version, world.project).outcome == "failed"
    closed = make.member(world.project, make.person(is_active=False), "support")
    make.member(world.project, responsibility="data_science")
    assert told("owner_and_support_named", version, world.project).outcome == "failed"
    closed.is_active = True
    closed.save()
    finding = told("owner_and_support_named", version, world.project)
    assert (finding.outcome, finding.saw["support"]) == ("passed", [closed.name])


def test_an_owner_whose_account_is_closed(world, make):
    make.member(world.project, responsibility="ml_operations")
    assert told("owner_and_support_named", world.version(1), world.project).outcome == "passed"
    world.project.owner.is_active = False
    world.project.owner.save()
    assert told("owner_and_support_named", world.version(2), world.project).outcome == "failed"


@pytest.mark.parametrize(
    ("results", "outcome"),
    [
        ({"a": "passed", "b": "passed"}, "passed"),
        ({"a": "passed", "b": "skipped"}, "passed"),
        ({"a": "passed", "b": "failed"}, "failed"),
        ({"a": "skipped"}, "cannot_tell"),
        ({}, "cannot_tell"),
    ],
)
def test_the_teams_own_tests(world, results, outcome):
    assert told("tests_passed", world.version(1), world.project, results=results).outcome == outcome


def test_a_check_that_breaks_or_is_gone_cannot_tell(world, monkeypatch):
    candidate = Candidate(world.version(1), world.project, "", "x")

    def broken(candidate, params):
        raise RuntimeError("oh")

    monkeypatch.setitem(checks._checks, "odd", checks.Check("odd", "Odd", "", (), broken))
    assert checks.run("odd", {}, candidate).outcome == "cannot_tell"
    assert checks.run("gone", {}, candidate) == Finding(
        checks.Outcome.CANNOT_TELL, "Cairn no longer knows the check gone."
    )
