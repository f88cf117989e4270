"""A team that logs to MLflow as teams do, with MLflow's own client."""

from __future__ import annotations

import uuid
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

DAY = 1_700_000_000_000


class Team:
    def __init__(self, url: str, made: set[str]) -> None:
        # Named, because another test of this process may have set a registry for all clients.
        self.client = MlflowClient(url, registry_uri=url)
        # The ids of its experiments and the names of its models.
        self.made = made
        self.clock = DAY

    def experiment(self, **tags: str) -> str:
        made = str(self.client.create_experiment(f"experiment {uuid.uuid4().hex}", tags=tags))
        self.made.add(made)
        return made

    def run(
        self,
        experiment: str,
        *,
        start: int = DAY,
        end: int | None = DAY + 1000,
        metrics: dict[str, float] | None = None,
        timestamp: int = DAY + 10,
        tags: dict[str, str] | None = None,
    ) -> str:
        made = self.client.create_run(experiment, start_time=start)
        run_id = str(made.info.run_id)
        values = {"auc": 0.5} if metrics is None else metrics
        self.client.log_batch(
            run_id,
            [Metric(key, value, timestamp, 0) for key, value in values.items()],
            [Param("depth", "3")],
            [RunTag(key, value) for key, value in (tags or {}).items()],
        )
        if end is not None:
            self.client.set_terminated(run_id, end_time=end)
        return run_id

    def runs(self, experiment: str, count: int, *, start: int = DAY) -> list[str]:
        return [
            self.run(
                experiment, start=start + number * 1000, end=start + number * 1000 + 500, metrics={"auc": number / 100}
            )
            for number in range(count)
        ]

    def logged_model(self, experiment: str, run_id: str, **on: float) -> str:
        """A logged model of the run, with the metric `auc` on each of the datasets in `on`."""
        made = self.client.create_logged_model(experiment, name="model", source_run_id=run_id)
        for dataset, value in on.items():
            self.evaluate(run_id, str(made.model_id), dataset, value)
        return str(made.model_id)

    def evaluate(self, run_id: str, model_id: str, dataset: str, value: float) -> None:
        # MLflow refuses a second value of one metric of one model at the same millisecond, even on another dataset.
        self.clock += 1
        self.client.log_metric(
            run_id,
            "auc",
            value,
            timestamp=self.clock,
            model_id=model_id,
            dataset_name=dataset,
            dataset_digest=f"d-{dataset}",
        )

    def registered(self, run_id: str, model_id: str = "", **tags: str) -> str:
        name = f"model {uuid.uuid4().hex}"
        self.client.create_registered_model(name, tags=tags)
        self.made.add(name)
        self.version(name, run_id, model_id)
        return name

    def version(self, name: str, run_id: str, model_id: str = "") -> Any:
        origin = f"models:/{model_id}" if model_id else f"runs:/{run_id}/model"
        try:
            made = self.client.create_model_version(name, origin, run_id=run_id, model_id=model_id or None)
        except Exception:
            made = self.client.create_model_version(name, origin, run_id=run_id)
        return made.version
