"""From a reading to the MLflow run behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from kpis.measures.models import Binding
from kpis.measures.readings import Reading
from projects.tracking.models import Run, Source


@dataclass(frozen=True)
class Origin:
    """Where a reading's value came from. `run` is None where the mirror no longer has it, or nobody ran anything."""

    source: Source | None
    run: Run | None
    run_id: str = ""
    model_name: str = ""
    version: int | None = None
    dataset_name: str = ""
    dataset_digest: str = ""

    @property
    def label(self) -> str:
        """ "churn 7" of a registered version, else the run's name, else the beginning of its id."""
        if self.model_name and self.version:
            return f"{self.model_name} {self.version}"
        name = self.run.name if self.run else ""
        return name or f"Run {self.run_id[:8]}"


def bindings_with_sources(found: QuerySet[Binding]) -> dict[int, Any]:
    """The bindings that `found` finds with project, unit, KPI and MLflow source, by id: one query."""
    related = found.select_related("project__unit", "kpi", "experiment__source", "model__source")
    return {binding.pk: binding for binding in related}


def origins(bindings: Mapping[int, Binding], readings: Mapping[int, Reading]) -> dict[int, Origin]:
    """Binding id → where its reading came from, for those that an observation decided: one query for all runs."""
    run_ids = {r.point.run_id for r in readings.values() if r.point and r.point.run_id}
    runs = {
        (run.source_id, run.run_id): run
        for run in Run.objects.filter(run_id__in=run_ids).select_related("source", "experiment__source")
    }
    found = {}
    for pk, reading in readings.items():
        if reading.point is None:
            continue
        binding, point = bindings[pk], reading.point
        bound = binding.experiment or binding.model
        source = bound.source if bound else None
        found[pk] = Origin(
            source,
            runs.get((source.pk, point.run_id)) if source else None,
            point.run_id,
            binding.model.name if binding.model else "",
            point.version,
            point.dataset_name,
            point.dataset_digest,
        )
    return found
