"""Writing runs to MLflow as they would have been written at the time, by the ordinary client."""

import hashlib
from datetime import datetime
from typing import Any

import mlflow.sklearn
import sklearn
from mlflow import MlflowClient
from mlflow.data.dataset import Dataset
from mlflow.entities import DatasetInput, InputTag, Metric, Param, Run, RunTag
from mlflow.models import Model, infer_signature

from .fitting import Evaluation, Trained
from .plan import Step
from .shape import Case

STEP_TAG = "pipeline.step"
_PEOPLE = ("a.brandt", "lena.k", "m.okafor", "s.ferrari", "t.nowak", "j.lindqvist")
REQUIREMENTS = [f"scikit-learn=={sklearn.__version__}", f"mlflow=={mlflow.__version__}"]


def millis(moment: datetime) -> int:
    """The moment in Unix milliseconds, as MLflow wants it."""
    return int(moment.timestamp() * 1000)


class Logbook:
    """One server. Safe to share between threads that write different runs."""

    def __init__(self, client: MlflowClient) -> None:
        self.client = client

    def start(self, experiment_id: str, case: Case, step: Step, name: str, **tags: str) -> Run:
        """A run that begins at the step's time, with the tags that a team's pipeline sets."""
        person = int(hashlib.sha256(case.slug.encode()).hexdigest(), 16) % len(_PEOPLE)
        commit = hashlib.sha1(f"{case.slug} {step.month // 3}".encode(), usedforsecurity=False).hexdigest()
        return self.client.create_run(
            experiment_id,
            start_time=millis(step.start),
            run_name=name,
            tags={
                STEP_TAG: step.name,
                "mlflow.user": _PEOPLE[person],
                "mlflow.source.name": f"pipelines/{case.slug.replace('-', '_')}/train.py",
                "mlflow.source.type": "JOB",
                "mlflow.source.git.commit": commit,
                "role": step.kind,
                **tags,
            },
        )

    def finish(self, run: Run, step: Step, status: str = "FINISHED") -> None:
        """End the run at the step's time."""
        self.client.set_terminated(run.info.run_id, status, millis(step.end))

    def inputs(self, run: Run, training: Dataset | None, evaluation: list[Dataset]) -> None:
        """The datasets a run was trained and evaluated on."""
        used = [("training", training)] if training else []
        used += [("evaluation", dataset) for dataset in evaluation]
        self.client.log_inputs(
            run.info.run_id,
            datasets=[
                DatasetInput(dataset._to_mlflow_entity(), [InputTag("mlflow.data.context", context)])
                for context, dataset in used
            ],
        )

    def figures(
        self,
        run: Run,
        step: Step,
        evaluations: tuple[Evaluation, ...],
        costs: dict[str, float],
        params: dict[str, Any],
        model_id: str | None = None,
    ) -> None:
        """Parameters and metrics in one batch: each evaluation a minute after the one before, the hold-out's last."""
        final = millis(step.evaluated)
        metrics = [Metric(key, value, final, step.month, model_id=model_id) for key, value in costs.items()]
        for index, evaluation in enumerate(evaluations):
            at = final - 60_000 * (len(evaluations) - 1 - index)
            metrics += [_metric(key, value, at, step, evaluation, model_id) for key, value in evaluation.values.items()]
        self.client.log_batch(
            run.info.run_id,
            metrics=metrics,
            params=[Param(key, str(value)) for key, value in params.items()],
        )

    def model(self, run: Run, case: Case, trained: Trained, params: dict[str, Any]) -> str:
        """The fitted model with signature and example, as a logged model of the run. Returns its id.

        `Model.log` is what `mlflow.sklearn.log_model` calls; it takes the run's id, so threads need no active run.
        (Left to itself it would put the model into the active experiment, not the run's.) With the requirements given,
        MLflow does not load the model again to find them out, a second each time.
        """
        name = case.model or case.slug
        created = self.client.create_logged_model(
            run.info.experiment_id,
            name=name,
            source_run_id=run.info.run_id,
            params={key: str(value) for key, value in params.items()},
            model_type=case.learner.kind,
        )
        Model.log(
            artifact_path=None,
            name=name,
            model_id=created.model_id,
            flavor=mlflow.sklearn,
            run_id=run.info.run_id,
            sk_model=trained.model,
            signature=infer_signature(trained.example, trained.predicted) if case.signs else None,
            input_example=trained.example if case.signs else None,
            pip_requirements=REQUIREMENTS,
            serialization_format="cloudpickle",
        )
        return str(created.model_id)

    def note(self, run: Run, **tags: str) -> None:
        """Tags added to a run afterwards."""
        self.client.log_batch(run.info.run_id, tags=[RunTag(key, value) for key, value in tags.items()])


def _metric(key: str, value: float, at: int, step: Step, evaluation: Evaluation, model_id: str | None) -> Metric:
    dataset = evaluation.dataset
    if dataset is None:
        return Metric(key, value, at, step.month, model_id=model_id)
    return Metric(
        key, value, at, step.month, model_id=model_id, dataset_name=dataset.name, dataset_digest=dataset.digest
    )
