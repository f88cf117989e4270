"""Registered models: a version for each retraining, and the alias that a team moves by itself."""

import math

from mlflow import MlflowClient
from mlflow.entities.model_registry import RegisteredModel
from mlflow.exceptions import MlflowException

from .fitting import Trained
from .plan import Step
from .shape import Case

GATE_TAG, MONTH_TAG = "gate", "data_month"


def ensure_model(client: MlflowClient, case: Case, name: str = "") -> RegisteredModel:
    """The project's registered model (or the one of another name), made when it is missing."""
    name = name or case.model
    try:
        return client.get_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
    tags = {"team": case.vertical.lower()} | ({"coe.project": case.slug} if case.tagged in ("model", "both") else {})
    return client.create_registered_model(name, tags=tags, description=case.summary)


def passes_gate(case: Case, trained: Trained, baseline: float) -> bool:
    """Whether the model is better than the rule that it replaces."""
    value = trained.holdout.values[case.primary.key]
    better = value > baseline if case.primary.direction == "higher" else value < baseline
    return math.isfinite(value) and better


def register(
    client: MlflowClient,
    case: Case,
    step: Step,
    run_id: str,
    model_id: str,
    trained: Trained,
    baseline: float,
    name: str = "",
) -> None:
    """A version of the month's model, under its name unless another one is given."""
    passed = passes_gate(case, trained, baseline)
    client.create_model_version(
        name or case.model,
        source=f"models:/{model_id}",
        run_id=run_id,
        model_id=model_id,
        tags={GATE_TAG: "passed" if passed else "failed", MONTH_TAG: step.label},
        description=f"Retrained on data up to {step.label}.",
        await_creation_for=0,
    )


def move_aliases(client: MlflowClient, case: Case) -> None:
    """`candidate` to the newest month's version. Nobody here moves `production`: that follows an accepted handoff."""
    versions = sorted(
        client.search_model_versions(f"name = '{case.model}'", max_results=1000),
        key=lambda each: (each.tags.get(MONTH_TAG, ""), int(each.version)),
    )
    present = client.get_registered_model(case.model).aliases
    if versions and str(present.get("candidate")) != str(versions[-1].version):
        client.set_registered_model_alias(case.model, "candidate", str(versions[-1].version))


def drop_versions(client: MlflowClient, case: Case, run_id: str) -> None:
    """Remove the versions of a run that was cut short."""
    if case.model:
        for version in client.search_model_versions(f"run_id = '{run_id}'"):
            client.delete_model_version(version.name, version.version)
