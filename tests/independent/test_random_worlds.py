"""Random companies on a real MLflow server: the portal and the independent script agree on every figure."""

from __future__ import annotations

import math
import random
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric
from rest_framework.test import APIClient

from coe.core.http import today
from kpis.measures.models import Binding, Kpi, Observation
from kpis.measures.observations import gather
from projects.catalog.models import Project
from projects.tracking.models import Experiment, RegisteredModel, Source, Sync
from projects.tracking.sync import run_sync
from tests.factories import Make
from tests.independent.inside import Inside
from tests.independent.recompute import Portal, World, compare

pytestmark = [pytest.mark.mlflow, pytest.mark.django_db]
DAY_MS = 86_400_000
DATASETS = ("spring", "autumn")


class Company:
    """A company that `dice` rolls: what its teams log, what it binds, and the target it sets itself."""

    def __init__(self, dice: random.Random, make: Make, url: str) -> None:
        self.dice, self.make = dice, make
        self.client = MlflowClient(url, registry_uri=url)
        self.now = int(time.time() * 1000)
        self.source: Source = make.source("lab", url=url, last_good_sync_at=None)
        north = make.unit("north")
        units = [north, make.unit("north-east", parent=north), make.unit("south")]
        self.projects: list[Project] = [
            make.project(
                f"project-{n}",
                unit=dice.choice(units),
                since="2024-01-01",
                stage=dice.choice(["pilot", "production", "production", "retired"]),
                annual_value=dice.choice([None, 1000, 250_000]),
            )
            for n in range(5)
        ]
        self.experiments = {project: self.log(project) for project in self.projects}
        self.models = {project: self.register(project) for project in self.projects}

    def value(self) -> float:
        return self.dice.choice([self.dice.uniform(0, 1)] * 8 + [math.nan, math.inf, 1.7])

    def log(self, project: Project) -> str:
        experiment = str(self.client.create_experiment(f"{project.slug} {uuid.uuid4().hex}"))
        self.logged: dict[str, list[tuple[str, str]]] = getattr(self, "logged", {})
        self.logged[experiment] = [self.run(experiment) for _ in range(self.dice.randint(1, 5))]
        return experiment

    def run(self, experiment: str) -> tuple[str, str]:
        """One run somewhere in the last 120 days; gives its id and that of its logged model, if it has one."""
        start = self.now - self.dice.randint(1, 120 * 24) * DAY_MS // 24
        run_id = str(self.client.create_run(experiment, start_time=start).info.run_id)
        stamp = self.dice.choice([0, start + 1000, start + 2 * DAY_MS // 24])
        self.client.log_batch(run_id, [Metric("score", self.value(), stamp, self.dice.randint(0, 2))])
        used = self.dice.sample(DATASETS, self.dice.randint(0, 2))
        inputs = [
            DatasetInput(
                Dataset(name, f"{name}-{self.dice.randint(1, 2)}", "local", "{}"),
                [InputTag("mlflow.data.context", self.dice.choice(["training", "evaluation"]))],
            )
            for name in used
        ]
        self.client.log_inputs(run_id, inputs)
        model_id = ""
        if self.dice.random() < 0.5:
            model_id = str(self.client.create_logged_model(experiment, name="m", source_run_id=run_id).model_id)
            for place, name in enumerate(DATASETS):
                if self.dice.random() < 0.7:
                    at = {"timestamp": start + 5000 + place, "step": 0, "model_id": model_id}
                    on = {"dataset_name": name, "dataset_digest": f"{name}-{self.dice.randint(1, 2)}"}
                    self.client.log_metric(run_id, "score", self.dice.uniform(0, 1), **at, **on)
        status = self.dice.choice(["FINISHED"] * 5 + ["FAILED", "RUNNING"])
        if status != "RUNNING":
            self.client.set_terminated(run_id, status, end_time=start + DAY_MS // 24)
        if self.dice.random() < 0.15:
            self.client.delete_run(run_id)
        return run_id, model_id

    def register(self, project: Project) -> str:
        name = f"{project.slug} {uuid.uuid4().hex}"
        self.client.create_registered_model(name)
        for run_id, model_id in self.logged[self.experiments[project]]:
            origin = f"models:/{model_id}" if model_id else f"runs:/{run_id}/model"
            version = self.client.create_model_version(name, origin, run_id=run_id, model_id=model_id or None).version
            if self.dice.random() < 0.5:
                self.client.set_registered_model_alias(name, "production", version)
        return name

    def move_an_alias(self) -> None:
        for name in self.models.values():
            versions = self.client.search_model_versions(f"name='{name}'")
            if versions and self.dice.random() < 0.5:
                chosen = self.dice.choice(versions).version
                self.client.set_registered_model_alias(name, "production", chosen)

    def sync(self) -> None:
        assert run_sync(sync_id=Sync.objects.create(source=self.source, is_full=True).pk).state == "done"

    def define(self, number: int) -> Kpi:
        return self.make.kpi(
            f"kpi-{number}",
            direction=self.dice.choice(["higher", "lower"]),
            roll_up=self.dice.choice(["mean", "median", "sum", "weighted_mean", "worst"]),
            cadence_days=self.dice.choice([10, 60, 365]),
            valid_max=self.dice.choice([None, 1.5]),
        )

    def bind(self, project: Project, kpi: Kpi) -> None:
        common: dict[str, Any] = {
            "baseline": self.dice.choice([None, 0.25]),
            "digest": self.dice.choice(["", "spring-1"]),
            "target": self.dice.choice([None, 0.75]),
            "scale": self.dice.choice([1.0, 0.01]),
            "since": (today() - timedelta(days=self.dice.choice([5, 30, 500]))).isoformat(),
        }
        selector = self.dice.choice(["entered", "latest", "best", "alias", "latest_version", "latest-of-model"])
        if selector == "entered":
            binding = self.make.binding(project, kpi, **common)
            for _ in range(self.dice.randint(0, 3)):
                on = today() - timedelta(days=self.dice.randint(0, 100))
                self.make.observation(
                    binding, self.dice.uniform(0, 1), on.isoformat(), author=project.owner, step=next_step()
                )
            return
        common |= {"metric_key": "score", "dataset_name": self.dice.choice(["", *DATASETS])}
        if selector in ("latest", "best"):
            common["experiment"] = Experiment.objects.get(experiment_id=self.experiments[project], source=self.source)
        else:
            common["model"] = RegisteredModel.objects.get(name=self.models[project], source=self.source)
        common |= {"best": {"window_days": 45}, "alias": {"alias": "production"}}.get(selector, {})
        common["selector"] = selector.removesuffix("-of-model")
        gather(self.make.binding(project, kpi, **common).pk)


_steps = iter(range(1_000_000))


def next_step() -> int:
    """A step that no other observation has, so that two of one day are two."""
    return next(_steps)


@pytest.mark.parametrize("seed", range(4))
def test_the_script_agrees_on_a_random_company(
    seed: int, make: Make, mlflow_server: str, api: Callable[..., APIClient], settings: Any
) -> None:
    settings.PRIVATE_HOSTS_ALLOWED = ["127.0.0.1"]
    dice = random.Random(seed)
    company = Company(dice, make, mlflow_server)
    company.sync()
    company.move_an_alias()
    company.sync()
    for kpi in [company.define(number) for number in range(4)]:
        for project in dice.sample(company.projects, 4):
            company.bind(project, kpi)
    assert Binding.objects.count() == 16
    portal = Portal("http://testserver", Inside(api(make.person(roles=[("administrator", None)]))))
    world = World(portal, "UTC")
    for days_ago in (0, 8, 40, 90):
        compared, differences = compare(portal, world, today() - timedelta(days=days_ago))
        assert differences == [], f"seed {seed}, {days_ago} days ago"
        assert compared >= 16
    assert any(row["value"] is not None for row in portal.all("readings/"))
    # The control: what MLflow never said does not pass.
    Observation.objects.filter(binding__origin="mlflow", superseded_at=None).update(value=0.123456)
    assert compare(portal, world, today())[1] != []
