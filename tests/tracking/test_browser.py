"""The pages of this room in Chromium: nothing for axe to find, in light and dark; progress that moves by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from projects.tracking.models import AliasMove, LoggedModel, ModelVersion, Source, Sync
from tests.factories import Make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def world(make: Make) -> dict[str, Any]:
    owner = make.person(roles=[("administrator", None)])
    source = make.source("lab", last_error="lab.example does not answer on port 5000.")
    project = make.project("churn", owner=owner)
    experiment = make.experiment(source, project=project, experiment_id="1", name="churn training")
    run = make.run(
        experiment, run_id="abc", metrics={"auc": [0.91, 1_700_000_000_000, 3], "bad": ["NaN", 0, 0]}, user="anna"
    )
    metric = {"key": "auc", "value": 0.9, "timestamp": 5, "step": 0, "run_id": "abc", "dataset_name": "test"}
    LoggedModel.objects.create(
        experiment=experiment, source=source, model_id="m-1", run_id="abc", metrics=[{**metric, "dataset_digest": "d1"}]
    )
    model = make.model(source, project=project, name="churn classifier", aliases={"champion": 1})
    ModelVersion.objects.create(model=model, version=1, run_id="abc", created_at=run.started_at)
    AliasMove.objects.create(model=model, alias="champion", version=1, at=run.started_at)
    make.experiment(source, name="churn scratch")
    skipped = [{"kind": "experiment", "id": "9", "reason": "no project has the slug nonsense"}]
    now = timezone.now()
    counts = {"runs": 1, "changed": 1, "skipped": 1, "percent": 100}
    Sync.objects.create(source=source, state="done", started_at=now, finished_at=now, skipped=skipped, counts=counts)
    running = Sync.objects.create(source=source, state="running", phase="runs", counts={"percent": 20, "runs": 5})
    return {"owner": owner, "source": source, "running": running}


@pytest.mark.parametrize(("dark", "phone"), [(False, False), (True, False), (False, True)])
def test_axe_finds_nothing(world: dict[str, Any], chromium: Any, axe: Any, dark: bool, phone: bool) -> None:
    page = chromium(world["owner"], dark=dark, phone=phone)
    for path in (
        "/sources/",
        "/sources/new/",
        "/sources/lab/",
        "/sources/lab/edit/",
        f"/sources/lab/syncs/{world['running'].pk}/",
        "/experiments/",
        "/experiments/lab/1/",
        "/runs/lab/abc/",
        "/models/",
        "/models/lab/churn%20classifier/",
        "/models/lab/churn%20classifier/versions/",
        "/triage/",
    ):
        assert page.goto(path).ok, path
        axe(page)


def test_progress_moves_and_ends_by_itself(world: dict[str, Any], chromium: Any) -> None:
    page = chromium(world["owner"])
    page.goto(f"/sources/lab/syncs/{world['running'].pk}/")
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "20")
    Sync.objects.filter(pk=world["running"].pk).update(counts={"percent": 64, "runs": 700})
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "64")
    Sync.objects.filter(pk=world["running"].pk).update(
        state="done", finished_at=timezone.now(), counts={"percent": 100, "changed": 3}
    )
    expect(page.get_by_text("3 things changed")).to_be_visible()


def test_one_click_links_without_javascript(world: dict[str, Any], chromium: Any) -> None:
    page = chromium(world["owner"], javascript=False)
    page.goto("/triage/")
    page.get_by_role("button", name="Link to Churn").first.click()
    expect(page.get_by_text("1 experiment linked to Churn.")).to_be_visible()
    assert Source.objects.get(name="lab").experiments.filter(project__slug="churn").count() == 2
