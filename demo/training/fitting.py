"""One month of one project: gather the rows, fit, evaluate. No MLflow in here except for the datasets' digests."""

import pickle
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from mlflow.data.dataset import Dataset
from mlflow.data.numpy_dataset import from_numpy
from mlflow.data.pandas_dataset import from_pandas

from .frames import generator
from .scoring import score
from .shape import Case

_VALIDATION = 9


@dataclass(frozen=True)
class Evaluation:
    """The measures of one fit on one dataset, under the team's keys."""

    dataset: Dataset | None
    values: dict[str, float]


@dataclass(frozen=True)
class Trained:
    """What a month's training gives: the model, what it was trained on, and its scores, the hold-out's last."""

    model: Any
    example: Any
    predicted: np.ndarray
    training: Dataset
    evaluations: tuple[Evaluation, ...]
    costs: dict[str, float]

    @property
    def holdout(self) -> Evaluation:
        return self.evaluations[-1]


def train(case: Case, seed: int, month: int, *, spoil: bool = False, leak: bool = False) -> Trained:
    """Fit the project's model on all rows of that month and evaluate it on the hold-out.

    `spoil` trains on an extract whose labels are partly missing (scikit-learn raises ValueError); `leak` trains on the
    hold-out itself, as somebody once did by mistake.
    """
    holdout = holdout_rows(case, seed, month)
    rows = holdout if leak else training_rows(case, seed, month)
    fitted, validation = _split(case, seed, rows) if case.validates else (rows, None)
    target = fitted[case.recipe.target].to_numpy(dtype=float, copy=True)
    if spoil:
        target[::7] = np.nan
    started = perf_counter()
    model = case.learner.fit(_features(case, fitted), target)
    seconds = perf_counter() - started
    sets = [(f"{case.slug.replace('-', '_')}_validation", validation)] if validation is not None else []
    started = perf_counter()
    evaluations = [evaluate(case, frame, predict(case, model, frame), name) for name, frame in sets]
    predicted = predict(case, model, holdout)
    latency = (perf_counter() - started) / len(holdout)
    evaluations.append(evaluate(case, holdout, predicted, case.dataset))
    fit_key, latency_key, rows_key = case.odd_keys
    return Trained(
        model=model,
        example=_features(case, holdout)[:5],
        predicted=predicted[:5],
        training=as_dataset(case, fitted, f"{case.slug.replace('-', '_')}_train"),
        evaluations=tuple(evaluations),
        costs={fit_key: seconds, latency_key: 1e6 * latency, rows_key: float(len(fitted))}
        | {"model_kb": len(pickle.dumps(model)) / 1024},
    )


def evaluate(case: Case, frame: pd.DataFrame, predicted: np.ndarray, name: str) -> Evaluation:
    """All measures of the project for some predictions; no dataset where the team's code names none."""
    truth = frame[case.recipe.target].to_numpy(dtype=float)
    values = {key: score(measure, truth, predicted) for measure, key in case.keys}
    return Evaluation(as_dataset(case, frame, name) if name else None, values)


def training_rows(case: Case, seed: int, month: int) -> pd.DataFrame:
    """The rows a team trains on; in the month of the slip, the newest tenth has irradiance in W/m2 instead of kW/m2."""
    rows = case.recipe.training(case.slug, seed, month)
    if case.story.unit_slip == month:
        newest = rows.index >= 0.9 * len(rows)
        rows.loc[newest, "irradiance"] *= 1000
    return rows


def holdout_rows(case: Case, seed: int, month: int) -> pd.DataFrame:
    """The evaluation rows in force in that month."""
    changed = case.story.new_holdout
    return case.recipe.holdout(case.slug, seed, second=changed is not None and month >= changed)


def as_dataset(case: Case, frame: pd.DataFrame, name: str) -> Dataset:
    """The rows as MLflow's dataset (pixels as an array, all else as a table), with its digest."""
    target = case.recipe.target
    if case.task == "digits":
        return from_numpy(frame.drop(columns=target).to_numpy(), targets=frame[target].to_numpy(), name=name)
    return from_pandas(frame, targets=target, name=name)


def _split(case: Case, seed: int, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    order = generator(case.slug, seed, _VALIDATION).permutation(len(rows))
    cut = len(rows) // 5
    return rows.iloc[order[cut:]].reset_index(drop=True), rows.iloc[order[:cut]].reset_index(drop=True)


def _features(case: Case, frame: pd.DataFrame) -> Any:
    features = frame.drop(columns=case.recipe.target)
    return features.to_numpy() if case.task == "digits" else features


def predict(case: Case, model: Any, frame: pd.DataFrame) -> np.ndarray:
    """Probabilities of "yes" for labels, else digits or values."""
    features = _features(case, frame)
    if case.learner.kind == "descent":
        features = features.to_numpy(dtype=float)
    return np.asarray(model.predict_proba(features)[:, 1] if case.task == "labels" else model.predict(features))
