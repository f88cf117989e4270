"""Checks that compare a metric of the candidate: with a threshold, or with the version in production."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from projects.checklists.builtin_checks import cannot_tell, failed, passed
from projects.checklists.checks import Candidate, Finding, Param, check
from projects.tracking.models import ModelVersion
from projects.tracking.numbers import is_finite
from projects.tracking.value_rows import versions_of_model
from projects.tracking.values import Value, newest, of_version

HIGHER, LOWER = "higher", "lower"
_METRIC = Param("metric", "Metric", help="The metric’s key in MLflow, like auc.")
_DATASET = Param(
    "dataset",
    "Dataset",
    is_required=False,
    help="The name of the dataset that it was measured on. Left out: whichever it was measured on last.",
)
_BETTER = Param("better", "Which is better", kind="choice", choices=(HIGHER, LOWER))


@dataclass(frozen=True)
class Measured:
    """The values of a metric that a version has, or why there are none, as a sentence."""

    values: tuple[Value, ...]
    why_none: str = ""


def measured(version: ModelVersion, numbers: list[int], metric: str, dataset: str) -> dict[int, Measured]:
    """What the versions `numbers` of the version's model say under a metric key, on the dataset where one is named.

    At most five queries. The rules are those by which KPIs read a version (`projects.tracking.values`).
    """
    facts = {one.version: one for one in versions_of_model(version.model, metric, numbers)}
    on = f" on {dataset}" if dataset else ""
    found = {}
    for number in numbers:
        one = facts.get(number)
        if one is None:
            found[number] = Measured((), f"MLflow no longer has version {number}.")
        elif one.run is None:
            found[number] = Measured(
                (), f"The run behind version {number} is not finished, is deleted or was not read."
            )
        else:
            values = tuple(of_version(one, dataset))
            found[number] = Measured(values, "" if values else f"Version {number} has no value of {metric}{on}.")
    return found


def facts_of(value: Value) -> dict[str, Any]:
    """A value with where it comes from, as a finding keeps it."""
    return {
        "value": value.value,
        "dataset": value.dataset_name,
        "digest": value.dataset_digest,
        "run_id": value.run_id,
        "model_id": value.model_id,
        "version": value.version,
        "at": value.observed_at.isoformat(),
    }


def is_better(value: float, than: float, direction: str) -> bool:
    """Whether `value` is truly better: higher or lower as `direction` says; the same is not better."""
    return value > than if direction == HIGHER else value < than


def number(value: float) -> str:
    """A number in a sentence: at most six digits that count."""
    return f"{value:.6g}"


def on_dataset(value: Value) -> str:
    """“ on test (a1b2c3)”, as far as it is known."""
    if not value.dataset_name:
        return ""
    return f" on {value.dataset_name}" + (f" ({value.dataset_digest})" if value.dataset_digest else "")


@check(
    "metric_beats_threshold",
    "Metric beats a threshold",
    help="Passes when the version’s newest value of the metric is at least (higher is better) or at most (lower is "
    "better) the threshold.",
    params=(
        _METRIC,
        _DATASET,
        Param("threshold", "Threshold", kind="number", help="A value that equals it passes."),
        _BETTER,
    ),
)
def metric_beats_threshold(candidate: Candidate, params: Mapping[str, Any]) -> Finding:
    metric, threshold, better = params["metric"], params["threshold"], params["better"]
    version = candidate.version
    own = measured(version, [version.version], metric, params.get("dataset", ""))[version.version]
    decides = newest(own.values)
    if decides is None or decides.value is None:
        return cannot_tell(own.why_none, metric=metric, threshold=threshold)
    saw = {**facts_of(decides), "metric": metric, "threshold": threshold}
    said = f"{metric} is {number(decides.value)}{on_dataset(decides)}"
    if not is_finite(decides.value):
        return failed(f"{said}: not a number that can be compared.", **saw)
    limit = f"{'at least' if better == HIGHER else 'at most'} {number(threshold)}"
    if decides.value == threshold or is_better(decides.value, threshold, better):
        return passed(f"{said}; asked for was {limit}.", **saw)
    return failed(f"{said}; asked for is {limit}.", **saw)


@check(
    "metric_beats_production",
    "Metric beats production",
    help="Passes when the version’s metric is better than that of the version which the handoff’s alias stands on now, "
    "both measured on the same data (the dataset’s digest says so).",
    params=(_METRIC, _DATASET, _BETTER),
)
def metric_beats_production(candidate: Candidate, params: Mapping[str, Any]) -> Finding:
    return against_production(candidate, params["metric"], params.get("dataset", ""), params["better"])


def against_production(candidate: Candidate, metric: str, dataset: str, better: str) -> Finding:
    """Compare the candidate with the version behind its alias in the mirror, on the same dataset digest.

    Of several datasets that both were measured on, the one that the candidate was measured on last decides.
    """
    version, alias = candidate.version, candidate.alias
    if not alias:
        return cannot_tell("This handoff moves no alias, so there is nothing to compare with.", metric=metric)
    present = version.model.aliases.get(alias)
    if present is None:
        return cannot_tell(f"Nothing is in {alias} yet to compare with.", metric=metric, alias=alias)
    present = int(present)
    if present == version.version:
        return cannot_tell(f"This version is in {alias} already.", metric=metric, alias=alias)
    found = measured(version, [version.version, present], metric, dataset)
    ours, theirs = found[version.version], found[present]
    saw: dict[str, Any] = {"metric": metric, "alias": alias, "compared_with": present}
    for one in (ours, theirs):
        if not one.values:
            return cannot_tell(one.why_none, **saw)
    pair = _on_same_data(ours.values, theirs.values)
    if pair is None:
        digests = {"digests": _digests(ours), "digests_compared_with": _digests(theirs)}
        return cannot_tell(
            f"Version {version.version} and version {present} have no measurement on the same data.",
            **saw,
            **digests,
        )
    return _compared(*pair, better, saw)


def _on_same_data(ours: tuple[Value, ...], theirs: tuple[Value, ...]) -> tuple[Value, Value] | None:
    """The newest of our values whose digest they have too, with the newest of theirs on it; None without one."""
    shared = {one.dataset_digest for one in ours} & {one.dataset_digest for one in theirs} - {""}
    own = newest(one for one in ours if one.dataset_digest in shared)
    if own is None:
        return None
    other = newest(one for one in theirs if one.dataset_digest == own.dataset_digest)
    return (own, other) if other is not None else None


def _digests(one: Measured) -> list[str]:
    return sorted({value.dataset_digest for value in one.values})


def _compared(ours: Value, theirs: Value, better: str, saw: dict[str, Any]) -> Finding:
    saw = {**facts_of(ours), **saw, "production": facts_of(theirs)}
    metric, present = saw["metric"], saw["compared_with"]
    mine = float("nan") if ours.value is None else ours.value
    other = float("nan") if theirs.value is None else theirs.value
    said = f"{metric} is {number(mine)}{on_dataset(ours)}"
    if not is_finite(mine):
        return failed(f"{said}: not a number that can be compared.", **saw)
    against = f"version {present} in {saw['alias']} has {number(other)}"
    if not is_finite(other):
        return cannot_tell(f"{said}; {against}: not a number that can be compared.", **saw)
    if mine == other:
        return failed(f"{said}, the same as version {present} in {saw['alias']}.", **saw)
    if is_better(mine, other, better):
        return passed(f"{said}; {against}.", **saw)
    return failed(f"{said}; {against}, which is better.", **saw)
