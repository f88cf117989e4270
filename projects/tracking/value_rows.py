"""Reads out of the mirror what `values` works on: runs and versions with what they say under one metric key."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Func, JSONField, Value

from projects.tracking.models import LoggedModel, ModelVersion, RegisteredModel, Run
from projects.tracking.numbers import decode
from projects.tracking.values import Dataset, Metric, RunFacts, VersionFacts

Row = tuple[str, datetime | None, datetime | None, list[Any] | None, list[dict[str, Any]]]


def versions_of_model(model: RegisteredModel, key: str, numbers: Collection[int] | None = None) -> list[VersionFacts]:
    """The versions of a model that are still there (of `numbers` alone, where given), each with the run behind it if
    that counts.
    """
    if model.missing_since is not None:
        return []
    there = ModelVersion.objects.filter(model=model, missing_since=None)
    if numbers is not None:
        there = there.filter(version__in=numbers)
    versions = list(there.values_list("version", "created_at", "run_id", "logged_model_id"))
    named = {
        model_id: (run_id, metrics)
        for model_id, run_id, metrics in LoggedModel.objects.filter(
            source_id=model.source_id, missing_since=None, model_id__in={row[3] for row in versions if row[3]}
        ).values_list("model_id", "run_id", "metrics")
    }
    run_ids = {run_id or named.get(model_id, ("", []))[0] for _, _, run_id, model_id in versions} - {""}
    rows = {row[0]: row for row in runs_with(Run.objects.filter(source_id=model.source_id, run_id__in=run_ids), key)}
    by_run = logged_metrics(model.source_id, run_ids, key)
    found = []
    for version, created_at, run_id, model_id in versions:
        source_run, metrics = named.get(model_id, ("", []))
        run_id = run_id or source_run
        own = tuple(_metrics(model_id, metrics, key))
        run = None
        if run_id in rows:
            others = tuple(metric for metric in by_run.get(run_id, ()) if metric.model_id != model_id)
            run = facts_of(rows[run_id], own + others)
        elif not run_id and model_id in named:
            # Made outside of any run: nothing stands behind it but its logged model.
            run = RunFacts(run_id="", logged=own)
        found.append(VersionFacts(version, created_at, run, model_id))
    return found


def runs_with(runs: Any, key: str) -> Any:
    """Those of `runs` that count, as rows for `facts_of`."""
    # Not a key transform: that would take a metric called "0" for the place in a list.
    value = Func(F("metrics"), Value(key), function="jsonb_extract_path", output_field=JSONField())
    return runs.that_count().values_list("run_id", "started_at", "ended_at", value, "datasets")


def logged_metrics(source_id: int, run_ids: Iterable[str], key: str) -> dict[str, tuple[Metric, ...]]:
    """The metrics under `key` of the logged models of some runs, by run."""
    by_run: dict[str, tuple[Metric, ...]] = {}
    models = LoggedModel.objects.filter(
        source_id=source_id, missing_since=None, run_id__in=list(run_ids), metrics__contains=[{"key": key}]
    )
    for run_id, model_id, metrics in models.values_list("run_id", "model_id", "metrics"):
        by_run[run_id] = (*by_run.get(run_id, ()), *_metrics(model_id, metrics, key))
    return by_run


def _metrics(model_id: str, metrics: Sequence[dict[str, Any]], key: str) -> Iterator[Metric]:
    for metric in metrics:
        if metric["key"] == key:
            yield Metric(
                value=decode(metric["value"]),
                timestamp_ms=int(metric.get("timestamp") or 0),
                step=int(metric.get("step") or 0),
                dataset_name=metric.get("dataset_name") or "",
                dataset_digest=metric.get("dataset_digest") or "",
                model_id=model_id,
                own_run_id=metric.get("run_id") or "",
            )


def facts_of(row: Row, logged: tuple[Metric, ...]) -> RunFacts:
    """A run as a plain value, with the metrics of its logged models."""
    run_id, started_at, ended_at, metric, datasets = row
    own = Metric(decode(metric[0]), int(metric[1] or 0), int(metric[2] or 0)) if metric else None
    inputs = tuple(Dataset(d.get("name") or "", d.get("digest") or "", d.get("context") or "") for d in datasets)
    return RunFacts(run_id, started_at, ended_at, own, inputs, logged)
