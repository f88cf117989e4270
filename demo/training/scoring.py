"""Measures of a model (or of a rule) on rows it has not seen."""

from collections.abc import Callable

import numpy as np
from sklearn import metrics

Score = Callable[[np.ndarray, np.ndarray], float]


def _recall_at_half_precision(truth: np.ndarray, scores: np.ndarray) -> float:
    """The greatest recall among the thresholds at which at least half of the alerts are right."""
    precision, recall, _ = metrics.precision_recall_curve(truth, scores)
    return float(recall[precision >= 0.5].max())


def _mape(truth: np.ndarray, values: np.ndarray) -> float:
    return float(np.mean(np.abs(values - truth) / truth))


def _rmse(truth: np.ndarray, values: np.ndarray) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.sqrt(np.mean((values - truth) ** 2)))


def _r2(truth: np.ndarray, values: np.ndarray) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return float(1 - np.mean((values - truth) ** 2) / np.var(truth))


_SCORES: dict[str, Score] = {
    "auc": lambda truth, scores: float(metrics.roc_auc_score(truth, scores)),
    "average_precision": lambda truth, scores: float(metrics.average_precision_score(truth, scores)),
    "brier": lambda truth, scores: float(np.mean((scores - truth) ** 2)),
    "recall_at_p50": _recall_at_half_precision,
    "log_loss": lambda truth, scores: float(metrics.log_loss(truth, np.clip(scores, 1e-6, 1 - 1e-6))),
    "f1": lambda truth, scores: float(metrics.f1_score(truth, scores >= 0.5)),
    "precision": lambda truth, scores: float(metrics.precision_score(truth, scores >= 0.5, zero_division=0.0)),
    "recall": lambda truth, scores: float(metrics.recall_score(truth, scores >= 0.5)),
    "accuracy": lambda truth, digits: float(metrics.accuracy_score(truth, digits)),
    "f1_macro": lambda truth, digits: float(metrics.f1_score(truth, digits, average="macro")),
    "mape": _mape,
    "mape_percent": lambda truth, values: 100 * _mape(truth, values),
    "mae": lambda truth, values: float(np.mean(np.abs(values - truth))),
    "bias": lambda truth, values: float(np.mean(values - truth)),
    "rmse": _rmse,
    "r2": _r2,
}


def score(measure: str, truth: np.ndarray, predicted: np.ndarray) -> float:
    """One measure by name; `predicted` are probabilities, digits or values, as the measure wants. May be NaN."""
    return _SCORES[measure](truth, predicted)
