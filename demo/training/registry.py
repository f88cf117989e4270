"""Registered models: a version for each retraining, and the aliases that a team moves."""

import math

from mlflow import MlflowClient
from mlflow.entities.model_registry import RegisteredModel
from mlflow.exceptions import MlflowException

from .fitting import Trained
from .plan import Step
from .shape import Case

GATE_TAG, MONTH_TAG = "gate", "data_month"


def ensure_model(client: MlflowClient, case: Case) -> RegisteredModel:
    """The project's registered model, made when it is missing."""
    try:
        return client.get_registered_model(case.model)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
    tags = {"team": case.vertical.lower()} | ({"coe.project": case.slug} if case.tagged in ("model", "both") else {})
    return client.create_registered_model(case.model, tags=tags, description=case.summary)


def register(
    client: MlflowClient, case: Case, step: Step, run_id: str, model_id: str, trained: Trained, baseline: float
) -> None:
    """A version of the month's model; its gate is passed when it is better than the rule that it replaces."""
    value = trained.holdout.values[case.primary.key]
    better = value > baseline if case.primary.direction == "higher" else value < baseline
    passed = math.isfinite(value) and better
    client.create_model_version(
        case.model,
        source=f"models:/{model_id}",
        run_id=run_id,
        model_id=model_id,
        tags={GATE_TAG: "passed" if passed else "failed", MONTH_TAG: step.label},
        description=f"Retrained on data up to {step.label}.",
        await_creation_for=0,
    )


def move_aliases(client: MlflowClient, case: Case) -> None:
    """`candidate` to the newest month's version; `production`, where there is one, to the newest that passed."""
    versions = sorted(
        client.search_model_versions(f"name = '{case.model}'", max_results=1000),
        key=lambda each: (each.tags.get(MONTH_TAG, ""), int(each.version)),
    )
    passed = [each for each in versions if each.tags.get(GATE_TAG) == "passed"]
    wanted = {"candidate": versions[-1].version} if versions else {}
    if case.in_production and passed:
        wanted["production"] = passed[-1].version
    present = client.get_registered_model(case.model).aliases
    for alias, version in wanted.items():
        if str(present.get(alias)) != str(version):
            client.set_registered_model_alias(case.model, alias, str(version))


def drop_versions(client: MlflowClient, case: Case, run_id: str) -> None:
    """Remove the versions of a run that was cut short."""
    if case.model:
        for version in client.search_model_versions(f"run_id = '{run_id}'"):
            client.delete_model_version(case.model, version.version)
