"""The models that teams fit: a kind, its settings, and how one is fitted to a frame."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Settings = dict[str, Any]


@dataclass(frozen=True)
class Learner:
    """A kind of model and its settings, which are logged as the run's parameters."""

    kind: str
    settings: Settings = field(default_factory=dict)

    def fit(self, rows: Any, target: np.ndarray) -> BaseEstimator:
        """A fitted scikit-learn estimator.

        Raises ValueError where scikit-learn refuses the rows (missing labels, say).
        """
        if self.kind == "descent":
            return descend(np.asarray(rows, dtype=float), target, **self.settings)
        return _KINDS[self.kind](self.settings).fit(rows, target)


def descend(rows: np.ndarray, target: np.ndarray, rate: float, steps: int) -> LinearRegression:
    """Plain gradient descent on the squared error. Features far from 1 make it run away, to NaN in the end."""
    weights, shift = np.zeros(rows.shape[1]), float(target.mean())
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            error = rows @ weights + shift - target
            weights = weights - rate * (rows.T @ error) / len(rows)
            shift = shift - rate * float(error.mean())
    model = LinearRegression()
    model.coef_, model.intercept_, model.n_features_in_ = weights, shift, rows.shape[1]
    return model


def _scaled(model: BaseEstimator) -> BaseEstimator:
    return make_pipeline(StandardScaler(), model)


_KINDS: dict[str, Callable[[Settings], BaseEstimator]] = {
    "logistic": lambda settings: _scaled(LogisticRegression(max_iter=400, **settings)),
    "ridge": lambda settings: _scaled(Ridge(**settings)),
    "boosted_labels": lambda settings: HistGradientBoostingClassifier(random_state=1, **settings),
    "boosted_values": lambda settings: HistGradientBoostingRegressor(random_state=1, **settings),
    "forest_labels": lambda settings: RandomForestClassifier(random_state=1, **settings),
    "forest_values": lambda settings: RandomForestRegressor(random_state=1, **settings),
}
