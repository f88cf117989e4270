"""What a metric says of a run or of a registered version, worked out from what MLflow said. Pure functions over plain
values, under one metric key.

The rules are those of the domain's "Exact rules" and of the decisions in `docs/shape.md`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The last millisecond that a date can hold; a later timestamp (microseconds taken for milliseconds) says nothing.
LAST_MS = 253_402_300_799_999
HELD_OUT = frozenset({"evaluation", "eval", "test", "testing", "validation", "val"})
TRAINING = frozenset({"training", "train"})


@dataclass(frozen=True, slots=True)
class Metric:
    """One value of the bound metric key. A timestamp of 0 or less is unusable. `own_run_id` is what a logged model's
    metric names.
    """

    value: float
    timestamp_ms: int
    step: int = 0
    dataset_name: str = ""
    dataset_digest: str = ""
    model_id: str = ""
    own_run_id: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset input of a run. `context` is what the run used it for: training, evaluation …"""

    name: str
    digest: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run that counts (finished, active, still there), with what it and its logged models say under the bound key."""

    run_id: str
    started_at: datetime | None = None
    ended_at: datetime | None = None
    own: Metric | None = None
    datasets: tuple[Dataset, ...] = ()
    logged: tuple[Metric, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """A registered version that is still there. `run` is None where nothing stands behind it that counts."""

    version: int
    created_at: datetime | None
    run: RunFacts | None
    logged_model_id: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One value at one time, with where it comes from. A null value says that there is none from then on."""

    observed_at: datetime
    value: float | None
    step: int = 0
    run_started_at: datetime | None = None
    run_id: str = ""
    model_id: str = ""
    version: int | None = None
    metric_at: datetime | None = None
    dataset_name: str = ""
    dataset_digest: str = ""

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes it one and the same observation."""
        return (
            self.observed_at,
            self.run_id,
            self.model_id,
            self.version,
            self.dataset_name,
            self.dataset_digest,
            self.step,
        )

    @property
    def newness(self) -> tuple[Any, ...]:
        """The order of "newest": time, step, start of the run, run id, and what settles the rest."""
        started = self.run_started_at or datetime.min.replace(tzinfo=UTC)
        tie = (self.version or 0, self.dataset_name, self.dataset_digest, self.model_id)
        return self.observed_at, self.step, started, self.run_id, tie


def moment(milliseconds: int) -> datetime | None:
    """An MLflow timestamp as an instant; None for 0 and less, and for what no calendar holds."""
    return EPOCH + timedelta(milliseconds=milliseconds) if 0 < milliseconds <= LAST_MS else None


def of_run(run: RunFacts, dataset_name: str, logged_model_id: str = "") -> list[Value]:
    """A run's values: those of its logged models where one of them carries the key, else the run's own.

    With `logged_model_id` (a version that names the model behind it) only that model's count.
    """
    if run.logged:
        metrics = [
            _unmasked(metric, run)
            for metric in run.logged
            if (not logged_model_id or metric.model_id == logged_model_id)
            and (not dataset_name or metric.dataset_name == dataset_name)
        ]
    elif run.own is not None and (used := input_behind(run.datasets, dataset_name)) is not None:
        metrics = [replace(run.own, dataset_name=used.name, dataset_digest=used.digest)]
    else:
        metrics = []
    # One of equal key stays: MLflow keeps a model's metric once for each run that logged it.
    metrics.sort(key=lambda metric: (metric.timestamp_ms, metric.own_run_id, repr(metric.value)))
    found = {one.key: one for metric in metrics if (one := _value(metric, run)) is not None}
    return list(found.values())


def _unmasked(metric: Metric, run: RunFacts) -> Metric:
    """MLflow (3.17) keeps a logged model's NaN as 0.0 and forgets that it was one; the run's own metric of the same
    moment still says it.
    """
    own = run.own
    same = own is not None and (own.timestamp_ms, own.step) == (metric.timestamp_ms, metric.step)
    if own is not None and same and metric.value == 0.0 and math.isnan(own.value):
        return replace(metric, value=math.nan)
    return metric


def _value(metric: Metric, run: RunFacts) -> Value | None:
    metric_at = moment(metric.timestamp_ms)
    observed_at = metric_at or run.ended_at or run.started_at
    if observed_at is None:
        return None
    return Value(
        observed_at=observed_at,
        value=metric.value,
        step=metric.step,
        run_started_at=run.started_at,
        run_id=run.run_id,
        model_id=metric.model_id,
        metric_at=metric_at,
        dataset_name=metric.dataset_name,
        dataset_digest=metric.dataset_digest,
    )


def input_behind(datasets: Sequence[Dataset], name: str) -> Dataset | None:
    """The dataset input that a run's own metric was measured on; None where a bound `name` is not among the inputs.

    Without a bound name and without a single input to choose: a dataset without name.
    """
    inputs = sorted(datasets, key=lambda item: (item.name, item.digest, item.context))
    if name:
        named = [item for item in inputs if item.name == name]
        held_out = [item for item in named if item.context.lower() in HELD_OUT]
        return next(iter(held_out or named), None)
    for choice in (inputs, [item for item in inputs if item.context.lower() not in TRAINING]):
        if len({(item.name, item.digest) for item in choice}) == 1:
            return choice[0]
    return Dataset("", "")


def of_version(version: VersionFacts, dataset_name: str) -> list[Value]:
    """A version's values, each at its own time: those of the model that it names alone, if it names one."""
    if version.run is None:
        return []
    found = of_run(version.run, dataset_name, version.logged_model_id)
    return [replace(one, version=version.version) for one in found]


def newest(values: Iterable[Value]) -> Value | None:
    """The value that counts of those that one version has; None where it has none."""
    return max(values, key=lambda one: one.newness, default=None)
