"""The executive in Chromium: signs in, reads the scoreboard, and reaches the MLflow run of a figure in three clicks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from mlflow import MlflowClient
from playwright.sync_api import expect

from coe.accounts.models import Person
from tests.factories import Make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.mlflow]


@dataclass
class Board:
    executive: Person
    run_id: str
    mlflow: MlflowClient


@pytest.fixture
def board(make: Make, mlflow_server: str) -> Board:
    """Two verticals; the AUC of one comes from a real run on the real server."""
    executive = make.person("amara@example.com", name="Amara Okoye", roles=[("executive", None)])
    retail, energy = make.unit("retail"), make.unit("energy")
    client = MlflowClient(mlflow_server, registry_uri=mlflow_server)
    run = client.create_run(client.create_experiment(f"board {timezone.now().isoformat()}"))
    source, kpi = make.source("lab", url=mlflow_server), make.kpi("auc")
    experiment = make.experiment(source, experiment_id=run.info.experiment_id)
    mirrored = make.run(experiment, run_id=run.info.run_id)
    churn = make.project("churn", unit=retail)
    binding = make.binding(churn, kpi, experiment=experiment, baseline=0.5, target=0.9)
    for days_ago in (75, 40, 2):
        on = (timezone.now() - timedelta(days=days_ago)).date().isoformat()
        make.observation(binding, 0.85 - days_ago / 500, on, run_id=mirrored.run_id)
    make.binding(make.project("load", unit=energy), kpi, baseline=0.5)
    return Board(executive, mirrored.run_id, client)


def test_from_signing_in_to_the_run_in_three_clicks(board: Board, chromium: Any, axe: Any) -> None:
    page = chromium()
    page.goto("/sign-in/")
    axe(page)
    page.get_by_label("Email").fill("amara@example.com")
    page.get_by_label("Password").fill("a long enough password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Retail")
    axe(page)
    page.locator("table.heat tbody tr", has_text="Retail").locator("a.cell").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Retail")
    axe(page)
    link = page.locator("main a[href*='/runs/']", has_text="MLflow").first
    address = link.get_attribute("href")
    assert address.endswith(f"/runs/{board.run_id}")
    assert board.mlflow.get_run(board.run_id).info.run_id == board.run_id


@pytest.mark.parametrize(("dark", "phone"), [(False, False), (True, False), (False, True)])
def test_axe_finds_nothing(board: Board, chromium: Any, axe: Any, dark: bool, phone: bool) -> None:
    page = chromium(board.executive, dark=dark, phone=phone)
    paths = ["/", "/scoreboard/", "/scoreboard/retail/", "/kpis/auc/", "/compare/?p=churn&p=load", "/projects/churn/"]
    for path in [
        *paths,
        "/explain/project/churn/auc/",
        "/explain/unit/retail/auc/",
        "/kpis/",
        "/projects/churn/kpis/auc/",
    ]:
        assert page.goto(path).ok, path
        axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} pixels too wide"
