"""The lines that a new team copies, run as they stand against a real MLflow server; and what Cairn sees afterwards."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from coe.core.models import Event
from coe.onboarding.start_lines import python_lines, register_lines
from projects.tracking.models import ModelVersion, RegisteredModel, Source
from tests.paths.newcomers import newcomer, see
from tests.tracking.mirror import read

NASTY = ["it's", 'a "b"', "both ' and \"", "back\\slash", "new\nline", "{braces}", "ünï–cødé", '"); import os; ("']


@pytest.mark.parametrize("text", NASTY)
def test_whatever_a_name_holds_it_stays_a_text(text: str) -> None:
    lines = python_lines(tracking_url="http://x:5000", slug="churn", experiment=text)
    texts = {node.value for node in ast.walk(ast.parse(lines)) if isinstance(node, ast.Constant)}
    assert text in texts
    assert {"coe.project", "churn", "http://x:5000"} <= texts
    calls = [node.func for node in ast.walk(ast.parse(lines)) if isinstance(node, ast.Call)]
    plain = python_lines(tracking_url="http://x:5000", slug="churn", experiment="plain")
    assert len(calls) == sum(isinstance(node, ast.Call) for node in ast.walk(ast.parse(plain)))


def test_they_are_few_and_short() -> None:
    lines = python_lines(tracking_url="http://127.0.0.1:5000", slug="churn", experiment="churn").splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 120
    assert len(register_lines(slug="churn", model="churn").splitlines()) <= 5


def run(text: str, folder: Path) -> None:
    """As in a terminal: another process, in an empty folder, that knows nothing of this site."""
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | quiet
    done = subprocess.run(
        [sys.executable, "-"], input=text, cwd=folder, env=env, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.mlflow
@pytest.mark.django_db
def test_they_run_and_the_steps_tick(
    settings: Any, make: Any, mlflow_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PRIVATE_HOSTS_ALLOWED = ["127.0.0.1"]
    slug = f"churn-{uuid.uuid4().hex[:8]}"
    project = make.project(slug)
    who = newcomer(project.owner, about=project)
    source = Source.objects.create(name="lab", label="Lab", url=mlflow_server)
    lines = python_lines(tracking_url=mlflow_server, slug=slug, experiment=f"{slug} trials")
    assert not see("first_run", who).is_so

    run(lines, tmp_path)
    assert read(source).state == "done"
    found = see("first_run", who)
    assert found.is_so
    assert found.evidence[0][0] == "Run first run"
    assert see("dataset_logged", who).is_so
    assert see("model_registered", who).why == "No registered model of the project has a version."
    seen = ["project.first_dataset_seen", "project.first_run_seen"]
    assert sorted(Event.objects.about(project).values_list("verb", flat=True)) == ["experiment.linked", *seen]

    run(lines + register_lines(slug=slug, model=slug), tmp_path)
    assert read(source).state == "done"
    found = see("model_registered", who)
    assert found.is_so, found.why
    assert found.evidence[0][0] == f"{slug}, version 1"
    version = ModelVersion.objects.get(model=RegisteredModel.objects.get(name=slug))
    assert [one["name"] for one in version.files["signature"]["inputs"]][:1] == ["mean radius"]
    assert Event.objects.about(project).filter(verb="project.models_seen").exists()
