"""The lines of Python that a new team copies into a terminal: its first run, under its own project."""

from __future__ import annotations

_RUN = """\
import mlflow
from mlflow.models import infer_signature
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

mlflow.set_tracking_uri({url})
mlflow.set_experiment({experiment})
mlflow.set_experiment_tag("coe.project", {slug})  # this line puts its runs under your project

data = load_breast_cancer(as_frame=True).frame  # your own table goes here
train, test = train_test_split(data, test_size=0.3, stratify=data["target"], random_state=1)
inputs, test_inputs = train.drop(columns="target"), test.drop(columns="target")
with mlflow.start_run(run_name="first run"):
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(inputs, train["target"])
    scores = model.predict_proba(test_inputs)[:, 1]
    mlflow.log_input(mlflow.data.from_pandas(train, name="past", targets="target"), context="training")
    mlflow.log_input(mlflow.data.from_pandas(test, name="holdout", targets="target"), context="evaluation")
    mlflow.log_metric("auc", roc_auc_score(test["target"], scores))
    mlflow.sklearn.log_model(model, name="model", signature=infer_signature(test_inputs, model.predict(test_inputs)))
print("Logged. Cairn sees it with its next sync.")
"""
_REGISTER = """\
run = mlflow.last_active_run()
version = mlflow.register_model(f"runs:/{{run.info.run_id}}/model", {model})
mlflow.MlflowClient().set_registered_model_tag(version.name, "coe.project", {slug})
"""


def python_lines(*, tracking_url: str, slug: str, experiment: str) -> str:
    """At most 25 lines that need MLflow 3 and scikit-learn: they log a run with a metric, its datasets and a model with
    its signature, in an experiment that carries the project's tag.

    What is put in is written as Python text, so that no quote in a name ends it.
    """
    return _RUN.format(url=_quoted(tracking_url), experiment=_quoted(experiment), slug=_quoted(slug))


def register_lines(*, slug: str, model: str) -> str:
    """The lines that follow them in the same session: they register the run's model and give it the project's tag."""
    return _REGISTER.format(model=_quoted(model), slug=_quoted(slug))


def _quoted(text: str) -> str:
    """The text as Python source, in double quotes where it can be."""
    found = repr(text)
    return f'"{text}"' if found == f"'{text}'" and '"' not in text else found
