"""Which observations a binding has, worked out from what MLflow said. Pure functions over plain values.

The rules are those of the domain's "Exact rules" and of the decisions in `docs/shape.md`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
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
class Move:
    """From `at` on an alias stands on `version`; on none, where it was taken away."""

    at: datetime
    version: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """An observation that a binding should have. A null value: what the selector points at lacks the metric."""

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
        """The order of `readings.newest_first`."""
        started = self.run_started_at or datetime.min.replace(tzinfo=UTC)
        tie = (self.version or 0, self.dataset_name, self.dataset_digest, self.model_id)
        return self.observed_at, self.step, started, self.run_id, tie


def moment(milliseconds: int) -> datetime | None:
    """An MLflow timestamp as an instant; None for 0 and less, and for what no calendar holds."""
    return EPOCH + timedelta(milliseconds=milliseconds) if 0 < milliseconds <= LAST_MS else None


def of_run(run: RunFacts, dataset_name: str, logged_model_id: str = "") -> list[Wanted]:
    """A run's observations: those of its logged models where one of them carries the key, else the run's own.

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
    found = {one.key: one for metric in metrics if (one := _observation(metric, run)) is not None}
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


def _observation(metric: Metric, run: RunFacts) -> Wanted | None:
    metric_at = moment(metric.timestamp_ms)
    observed_at = metric_at or run.ended_at or run.started_at
    if observed_at is None:
        return None
    return Wanted(
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


def of_runs(runs: Iterable[RunFacts], dataset_name: str, *, keep_ties: bool) -> Iterator[Wanted]:
    """The observations of `latest` and `best` on an experiment, run by run.

    `keep_ties` is for `best`, where each value of a run may be the best one. Otherwise only the newest of a run at a
    time and step stays: the others could never decide.
    """
    for run in runs:
        found = of_run(run, dataset_name)
        yield from found if keep_ties else _without_ties(found)


def of_versions(versions: Sequence[VersionFacts], dataset_name: str, *, keep_ties: bool) -> list[Wanted]:
    """The observations of `latest` and `best` on a registered model: every value of every version, at its own time."""
    found = [one for version in versions for one in _of_version(version, dataset_name)]
    return found if keep_ties else _without_ties(found)


def _of_version(version: VersionFacts, dataset_name: str) -> list[Wanted]:
    if version.run is None:
        return []
    found = of_run(version.run, dataset_name, version.logged_model_id)
    return [replace(one, version=version.version) for one in found]


def _without_ties(found: Iterable[Wanted]) -> list[Wanted]:
    return _last_of(found, lambda one: (one.observed_at, one.step, one.run_id), lambda one: one.newness)


def _last_of(found: Iterable[Wanted], same: Callable[[Wanted], Any], order: Callable[[Wanted], Any]) -> list[Wanted]:
    return list({same(one): one for one in sorted(found, key=order)}.values())


def spans_of_alias(moves: Sequence[Move]) -> list[Move]:
    """An alias's moves in time, without those to the version on which it stood already. `moves` come in their order."""
    spans: list[Move] = []
    for move in sorted(moves, key=lambda move: move.at):  # stable: of two at one time the later row stands
        while spans and spans[-1].at == move.at:
            spans.pop()
        if not spans or spans[-1].version != move.version:
            spans.append(move)
    return spans


def spans_of_highest(versions: Sequence[VersionFacts]) -> list[Move]:
    """From when on which version was the highest one. A version without a time of creation was there from the
    beginning.
    """
    spans: list[Move] = []
    highest = 0
    for version in sorted(versions, key=lambda v: (v.created_at or EPOCH, -v.version)):
        if version.version > highest:
            highest = version.version
            spans.append(Move(version.created_at or EPOCH, highest))
    return spans


def of_spans(spans: Sequence[Move], versions: Sequence[VersionFacts], dataset_name: str) -> list[Wanted]:
    """The observations of `alias` and `latest_version`: in each span those of the version that is pointed at, and of
    no other.

    At the span's start the newest value that the version had by then; afterwards each value as it came. Where it had
    none at the start, a null value says so.
    """
    known = {version.version: version for version in versions}
    wanted: list[Wanted] = []
    for span, following in zip(spans, [*spans, None][1:], strict=True):
        version = known.get(span.version) if span.version is not None else None
        values = _of_version(version, dataset_name) if version else []
        before = [one for one in values if one.observed_at <= span.at]
        if before:
            wanted.append(replace(max(before, key=lambda one: one.newness), observed_at=span.at))
        else:
            wanted.append(Wanted(span.at, None, version=span.version))
        later = [one for one in values if one.observed_at > span.at]
        wanted += _without_ties(one for one in later if following is None or one.observed_at < following.at)
    return wanted
