"""The whole way in Chromium, with a real MLflow server, its webhook, a real broker and worker.

A version registered with plain MLflow code opens a handoff; the team answers and submits; the approver accepts; the
alias moves in MLflow; the scoreboard's figure follows.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from playwright.sync_api import Page, expect

from coe.accounts.models import Person
from coe.core.models import Event
from kpis.measures.observations import gather
from projects.catalog.models import Project
from projects.checklists.models import Checklist
from projects.handoffs.models import Handoff
from projects.registry import services as registry
from projects.registry.connect import connect_hook
from projects.tracking.models import RegisteredModel, Source, Sync
from projects.tracking.services import request_sync, run_sync
from tests import parts
from tests.factories import Make
from tests.fixtures import WorkerProcess

pytestmark = [
    pytest.mark.browser,
    pytest.mark.mlflow,
    pytest.mark.worker,
    pytest.mark.django_db(transaction=True),
]
ITEMS: list[dict[str, Any]] = [
    {"key": "linked", "title": "The run is finished and linked", "kind": "automatic", "group": "Model"},
    {"key": "runbook", "title": "A runbook is written", "group": "Operations"},
    {"key": "receive", "title": "Operations can run it", "group": "Operations", "kind": "sign_off", "role": "approver"},
]
ITEMS[0]["check_key"] = "source_run_finished_and_linked"


@dataclass
class Company:
    member: Person
    approver: Person
    admin: Person
    project: Project
    source: Source
    mlflow: MlflowClient
    model: str
    experiment: str

    def log_version(self, auc: float) -> str:
        """A run with a metric and its version in the registry, by MLflow's own client."""
        run = self.mlflow.create_run(self.experiment)
        now = int(timezone.now().timestamp() * 1000)
        self.mlflow.log_batch(
            run.info.run_id,
            metrics=[Metric("auc", auc, now, 0)],
            params=[Param("depth", "4")],
            tags=[RunTag("mlflow.source.git.commit", "a" * 40)],
        )
        self.mlflow.set_terminated(run.info.run_id)
        made = self.mlflow.create_model_version(self.model, f"runs:/{run.info.run_id}/model", run.info.run_id)
        return str(made.version)

    def sync(self) -> None:
        asked = request_sync(actor=self.admin, name=self.source.name)
        run_sync(sync_id=asked.pk)
        # The worker may have been at this very sync already.
        parts.family.until(lambda: Sync.objects.get(pk=asked.pk).finished_at is not None, "the sync", seconds=60)
        assert Sync.objects.get(pk=asked.pk).state == Sync.State.DONE


@pytest.fixture
def worker(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerProcess]:
    monkeypatch.setenv("PRIVATE_HOSTS_ALLOWED", "127.0.0.1")
    worker = WorkerProcess()
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def company(settings: Any, make: Make, mlflow_server: str, live_site: str) -> Iterator[Company]:
    settings.PRIVATE_HOSTS_ALLOWED = ["127.0.0.1"]
    retail = make.unit("retail")
    member = make.person("mia@example.com", name="Mia Member")
    project = make.project("churn", unit=retail, owner=member, stage="pilot")
    client = MlflowClient(mlflow_server, registry_uri=mlflow_server)
    name = f"churn-{uuid.uuid4().hex[:8]}"
    company = Company(
        member=member,
        approver=make.person("oto@example.com", name="Oto Operator", roles=[("approver", retail)]),
        admin=make.person("ada@example.com", name="Ada Admin", roles=[("administrator", None)]),
        project=project,
        source=make.source("lab", url=mlflow_server),
        mlflow=client,
        model=name,
        experiment=client.create_experiment(name, tags={"coe.project": "churn"}),
    )
    client.create_registered_model(name, tags={"coe.project": "churn"})
    client.set_registered_model_alias(name, "production", company.log_version(0.70))
    company.sync()
    Checklist.objects.update(is_default=False)
    make.checklist("ready", items=ITEMS, is_default=True)
    model = RegisteredModel.objects.get(name=name)
    kpi = make.kpi("auc", valid_min=0.0, valid_max=1.0)
    binding = make.binding(project, kpi, model=model, selector="alias", alias="production", baseline=0.5, target=0.9)
    gather(binding.pk)
    registry.set_opening(source=company.source, actor=company.admin, opens_on="version")
    assert connect_hook(source=company.source, base=live_site, actor=company.admin).test_error == ""
    yield company
    for webhook in client.list_webhooks():
        client.delete_webhook(webhook.webhook_id)
    # MLflow keeps its connection to the site open, and the site's thread with it one to the database.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle'"
        )


def figure(page: Page) -> str:
    page.goto("/scoreboard/retail/")
    return page.locator("table.heat tbody tr", has_text="Churn").inner_text()


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)], ids=["wide and light", "phone and dark"])
def test_from_plain_mlflow_code_to_the_alias_that_moved(
    company: Company, worker: WorkerProcess, chromium: Any, axe: Any, phone: bool, dark: bool
) -> None:
    team, other = chromium(company.member, phone=phone, dark=dark), chromium(company.approver, phone=phone, dark=dark)
    assert "0.7" in figure(other)
    version = company.log_version(0.86)
    parts.family.until(
        lambda: Handoff.objects.filter(model_version__version=version, check_runs__outcome="passed").exists(),
        "the webhook, the worker and the draft with its check",
        seconds=60,
    )
    handoff = Handoff.objects.get()
    assert (handoff.origin, handoff.opened_by) == ("version", None)

    team.goto("/handoffs/")
    axe(team)
    with team.expect_navigation():
        team.get_by_role("link", name=f"{company.model} {version}").click()
    axe(team)
    with team.expect_navigation():
        team.get_by_role("link", name="A runbook is written").first.click()
    axe(team)
    team.get_by_label("A link").fill("https://wiki.example.com/churn/runbook")
    team.get_by_role("button", name="Add, and on to the next").click()
    team.get_by_role("button", name="Submit it").click()
    expect(team.get_by_text("Submitted. The receiving team sees it now.")).to_be_visible()
    expect(team.get_by_role("link", name="Accept…")).to_have_count(0)

    other.goto("/handoffs/")
    other.get_by_role("link", name=f"{company.model} {version}").click()
    other.get_by_role("button", name="Begin the review").click()
    with other.expect_navigation():
        other.get_by_role("link", name="Operations can run it").first.click()
    axe(other)
    other.get_by_role("button", name="Sign", exact=True).click()
    other.get_by_role("link", name="The whole handoff").click()
    with other.expect_navigation():
        other.get_by_role("link", name="Return…").click()
    axe(other)
    other.go_back()
    other.get_by_role("link", name="Accept…").click()
    expect(other.get_by_text(f"moves from version 1 to version {version}")).to_be_visible()
    axe(other)
    other.get_by_role("button", name="Accept it").click()
    expect(other.get_by_text("Accepted. The record is kept.")).to_be_visible()

    parts.family.until(
        lambda: company.mlflow.get_model_version_by_alias(company.model, "production").version == version,
        "the alias in MLflow",
        seconds=60,
    )
    parts.family.until(
        lambda: Event.objects.filter(verb="alias.applied").count() == 1, "the order marked as applied", seconds=60
    )
    other.reload()
    axe(other)
    other.goto(f"/handoffs/{handoff.pk}/record/")
    axe(other)
    company.sync()
    assert "0.86" in figure(other)
    wide = other.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
