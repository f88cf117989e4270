"""`python -m demo.new_version [MODEL]`: train one more version of a model and register it, as a team would.

Nothing in here knows of Cairn: it is plain MLflow code. With the demo running, MLflow's webhook tells Cairn, which
opens a handoff for the version within seconds.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import warnings
from datetime import UTC, datetime

from demo.environment import running_place
from demo.processes import Failed
from demo.services import answers

DEFAULT = "card-fraud"


def register(tracking_uri: str, model: str) -> int:
    """Train a version of `model` on one more month of data than the one before; returns its number.

    Raises `Failed` for a name that no team of the demo registers, or that the server does not have.
    """
    os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
    # Not above: it takes seconds, and whoever asks for help must not wait for it.
    import mlflow.sklearn
    from mlflow.models import infer_signature

    from demo.training import fitting, portfolio, registry
    from demo.training.logbook import REQUIREMENTS

    # That whole numbers may be missing one day, and that pickles are for those who trust them, is known here.
    warnings.simplefilter("ignore")
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    case = next((one for one in portfolio.CASES if one.model == model), None)
    mlflow.set_tracking_uri(tracking_uri)
    client = mlflow.MlflowClient(tracking_uri, registry_uri=tracking_uri)
    newest = max((int(one.version) for one in client.search_model_versions(f"name = '{model}'")), default=0)
    experiment = client.get_experiment_by_name(case.experiment) if case else None
    if case is None or experiment is None or not newest:
        raise Failed(f"there is no model {model!r} on {tracking_uri}")
    trained = fitting.train(case, portfolio.SEED, newest)
    params = {"model": case.learner.kind, "seed": portfolio.SEED, **case.learner.settings}
    tags = {
        "mlflow.source.name": f"pipelines/{case.slug.replace('-', '_')}/train.py",
        "mlflow.source.type": "JOB",
        "mlflow.source.git.commit": "9f2c1e7ab4d05836c1f7e2908ad4b6531ce07f42",
        "role": "retrain",
    }
    with mlflow.start_run(experiment_id=experiment.experiment_id, run_name=f"retrain {newest + 1}", tags=tags) as run:
        mlflow.log_params(params)
        mlflow.log_input(trained.training, context="training")
        logged = mlflow.sklearn.log_model(
            trained.model,
            name=model,
            signature=infer_signature(trained.example, trained.predicted),
            input_example=trained.example,
            pip_requirements=REQUIREMENTS,
            serialization_format="cloudpickle",
        )
        for evaluation in trained.evaluations:
            if evaluation.dataset:
                mlflow.log_input(evaluation.dataset, context="evaluation")
            mlflow.log_metrics(evaluation.values, dataset=evaluation.dataset, model_id=logged.model_id)
    gate = registry.passes_gate(case, trained, portfolio.baseline_value(case).value)
    version = client.create_model_version(
        model,
        source=logged.model_uri,
        run_id=run.info.run_id,
        model_id=logged.model_id,
        description=f"Retrained by hand on {datetime.now(UTC):%d %B %Y}, on one more month of data.",
        tags={registry.GATE_TAG: "passed" if gate else "failed"},
        await_creation_for=0,
    )
    return int(version.version)


def main(words: list[str] | None = None) -> int:
    """Returns 0, or 1 when no demo runs here or it has no such model."""
    parser = argparse.ArgumentParser(prog="python -m demo.new_version", description=__doc__)
    parser.add_argument("model", nargs="?", default=DEFAULT, help=f"the registered model ({DEFAULT})")
    model = parser.parse_args(words).model
    try:
        where = running_place()
        if not answers(f"{where.mlflow_url}/health"):
            raise Failed("the demo does not run: `make demo`")
        number = register(where.mlflow_url, model)
    except Failed as error:
        print(f"demo.new_version: {error}", file=sys.stderr)
        return 1
    print(f"Version {number} of {model} is registered. Its handoff opens at {where.url}/handoffs/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
