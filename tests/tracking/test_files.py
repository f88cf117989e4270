"""What lies in the folders of versions: read from a real server, and descriptions that are not what they should be."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from projects.tracking import files, files_phase
from projects.tracking.models import ModelVersion, Source
from tests.tracking.lying import Asked, Liar, Reply, error_500
from tests.tracking.mirror import read
from tests.tracking.team import Team

MLMODEL = """
flavors:
  python_function: {loader_module: mlflow.sklearn}
  sklearn: {sklearn_version: 1.5.0}
model_uuid: m-1
signature:
  inputs: '[{"type": "double", "name": "age", "required": true}, {"type": "string", "name": "city", "required": false},
    {"type": "array", "items": {"type": "long"}, "name": "days", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3]}}]'
  params: '[{"name": "k", "default": 3, "shape": null, "type": "long"}]'
"""
SIGNATURE = {
    "inputs": [
        {"name": "age", "type": "double", "required": True},
        {"name": "city", "type": "string", "required": False},
        {"name": "days", "type": "array<long>", "required": True},
    ],
    "outputs": [{"name": "", "dtype": "float32", "shape": [-1, 3]}],
    "params": [{"name": "k", "type": "long", "default": "3"}],
}


def test_a_description() -> None:
    assert files.describe(MLMODEL.encode()) == {"signature": SIGNATURE, "flavors": ["python_function", "sklearn"]}
    assert files.describe(b"flavors: {sklearn: {}}\nsignature: null") == {"signature": None, "flavors": ["sklearn"]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "not the YAML"),
        (b"a: [", "not the YAML"),
        (b"!!python/object/apply:os.system ['true']", "not the YAML"),
        (b"a: 2026-99-99", "not the YAML"),
        (b"- a\n- b", "does not describe"),
        (b"", "does not describe"),
        (b"[" * 100 + b"]" * 100, "nested too deeply"),
        (b"[" * 90_000, "not the YAML|nested too deeply"),
        (b"a: [" + b"1," * 60_000 + b"1]", "too many parts"),
        (b"a: &a {x: 1}\nb: {<<: [*a, *a]}", "merges"),
        (b"signature: {inputs: '[{'}", "signature"),
    ],
)
def test_what_is_no_description(content: bytes, said: str) -> None:
    with pytest.raises(files.Unreadable, match=said):
        files.describe(content)


def test_lists_that_hold_something_else() -> None:
    odd = {"signature": {"inputs": json.dumps([1, "a", {"name": ["x"], "type": None}]), "outputs": 5}, "flavors": [1]}
    found = files.describe(json.dumps(odd).encode())
    assert found["flavors"] == []
    assert found["signature"]["inputs"] == [{"name": "['x']", "type": "", "required": True}]
    assert found["signature"]["outputs"] == []


@pytest.mark.parametrize(
    ("origin", "folder"),
    [
        ("runs:/r1/model", "model"),
        ("runs:/r1/deep/model/", "deep/model"),
        ("mlflow-artifacts:/3/r1/artifacts/model", "model"),
        ("s3://bucket/3/r1/artifacts/a/b", "a/b"),
        ("runs:/r2/model", None),
        ("runs:/r1/../../secret", None),
        ("models:/m-1", None),
        ("", None),
    ],
)
def test_the_folder_that_an_origin_names(origin: str, folder: str | None) -> None:
    assert files.folder_in_run(origin, "r1") == folder
    assert files.folder_in_run(origin, "") is None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    (made / "data").mkdir(parents=True)
    (made / "MLmodel").write_text(MLMODEL)
    (made / "conda.yaml").write_text("name: x")
    (made / "data" / "weights").write_text("1")
    return made


NAMES = ["MLmodel", "conda.yaml", "data/"]


@pytest.mark.django_db
@pytest.mark.mlflow
def test_a_sync_reads_them_once(source: Source, liar: Liar, team: Team, folder: Path) -> None:
    experiment = team.experiment()
    run_id = team.run(experiment)
    model_id = team.logged_model(experiment, run_id)
    team.client.log_model_artifacts(model_id, str(folder))
    name = team.registered(run_id, model_id)
    # By run and folder, as MLflow 2 kept models; and by a name under which MLflow 3 keeps a logged model.
    other = team.run(experiment)
    team.client.log_artifacts(other, str(folder), "model")
    team.version(name, other)
    team.version(name, run_id)
    done = read(source)
    assert (done.state, done.counts["files"]) == ("done", 3)
    for version in ModelVersion.objects.filter(model__source=source):
        found: Any = version.files
        assert found["signature"] == SIGNATURE
        assert (found["flavors"], found["files"]) == (["python_function", "sklearn"], NAMES)
        assert (version.files_error, version.files_tried_at is not None) == ("", True)
    liar.asked.clear()
    read(source)
    assert not any("artifact" in path for path in liar.asked)


@pytest.mark.django_db
@pytest.mark.mlflow
def test_a_version_without_files_says_so_and_is_tried_again_later(source: Source, liar: Liar, team: Team) -> None:
    name = team.registered(team.run(team.experiment()))
    read(source)
    version = ModelVersion.objects.get(model__name=name)
    assert version.files is None
    assert version.files_error.startswith("There is no file MLmodel")
    liar.asked.clear()
    read(source)
    assert not any("artifact" in path for path in liar.asked)
    # It was young when it was tried: an hour later it is due again.
    ModelVersion.objects.update(files_tried_at=timezone.now() - timedelta(minutes=61))
    assert [one.version for one in files_phase.unread(source.pk, most=9)] == [1]
    # It was ten days old when it was tried a day ago: not yet.
    ModelVersion.objects.update(
        files_tried_at=timezone.now() - timedelta(days=1), created_at=timezone.now() - timedelta(days=11)
    )
    assert files_phase.unread(source.pk, most=9) == []


@pytest.mark.django_db
@pytest.mark.mlflow
@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (error_500, "has an error of its own"),
        (lambda asked: (200, b"x" * (2 * 1024 * 1024), {"Content-Type": "text/plain"}), "more than 1 MB"),
        (lambda asked: (404, b"<h1>Not Found</h1>", {"Content-Type": "text/html"}), "not as an MLflow server does"),
        (lambda asked: (200, b"{{", {"Content-Type": "text/plain"}), "not the YAML"),
    ],
)
def test_a_server_that_cannot_hand_them_out_does_not_fail_the_sync(
    source: Source, liar: Liar, team: Team, lie: Any, said: str
) -> None:
    experiment = team.experiment()
    run_id = team.run(experiment)
    name = team.registered(run_id, team.logged_model(experiment, run_id))
    liar.lies["artifacts/files"] = lie
    assert read(source).state == "done"
    version = ModelVersion.objects.get(model__name=name)
    assert said in version.files_error


@pytest.mark.django_db
@pytest.mark.mlflow
def test_a_server_that_falls_silent_ends_the_phase_and_not_the_sync(
    source: Source, liar: Liar, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = team.experiment()
    run_id = team.run(experiment)
    name = team.registered(run_id)
    for _ in range(3):
        team.version(name, run_id)
    monkeypatch.setattr(files_phase, "BATCH", 2)

    def broken(asked: Asked) -> Reply:
        return 200, b"", {"X-Promised": "10", "Content-Type": "text/plain"}

    liar.lies["get-artifact"] = broken
    assert read(source).state == "done"
    tried = ModelVersion.objects.filter(model__name=name, files_tried_at__isnull=False)
    assert [one.version for one in tried] == [4]
    liar.honest()
    read(source)
    assert ModelVersion.objects.filter(model__name=name, files_tried_at__isnull=False).count() == 4


@pytest.mark.django_db
@pytest.mark.mlflow
def test_some_hundreds_a_sync(source: Source, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_phase, "BATCH", 2)
    monkeypatch.setattr(files_phase, "MOST_A_SYNC", 4)
    run_id = team.run(team.experiment())
    name = team.registered(run_id)
    for _ in range(5):
        team.version(name, run_id)
    read(source)
    tried = ModelVersion.objects.filter(model__name=name, files_tried_at__isnull=False)
    assert sorted(one.version for one in tried) == [3, 4, 5, 6]
    read(source)
    assert tried.all().count() == 6
