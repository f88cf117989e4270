"""Observations of bindings on MLflow: derived from the mirror, and kept in step with it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from coe.core import changes
from kpis.measures import derive, mirror
from kpis.measures.derive import Wanted
from kpis.measures.models import Binding, Observation
from projects.tracking.models import Run

BATCH = 2000
CHANGED = "where it comes from was changed"
AGAIN = "metric logged again"
MOVED = "no longer what the selector points at"


@dataclass(frozen=True)
class GatherResult:
    """How many observations a gathering wrote, and how many it found superseded."""

    added: int = 0
    superseded: int = 0


@transaction.atomic
def gather(binding_id: int, *, why: str = "") -> GatherResult:
    """Bring a binding's observations in step with the mirror; those that no longer hold are superseded, none is
    changed.

    Idempotent, and safe to run twice at once: the binding's row is locked. `why` is the reason kept with what is
    superseded, where the caller knows it. Raises `Binding.DoesNotExist`.
    """
    binding = Binding.objects.select_for_update().get(pk=binding_id)
    keeper = _Keeper(binding, why)
    if binding.origin == Binding.Origin.MLFLOW:
        for portion in _wanted(binding):
            keeper.keep(portion)
    keeper.drop_the_rest()
    if keeper.earliest is not None:
        changes.note(affects_from=keeper.earliest, what="observations")
    return GatherResult(keeper.added, keeper.superseded)


def _wanted(binding: Binding) -> Iterator[list[Wanted]]:
    """All observations that the binding should have, some at a time, those of one run together."""
    name, selector = binding.dataset_name, binding.selector
    keep_ties = selector == Binding.Selector.BEST
    if binding.experiment_id is not None:
        for runs in mirror.portions_of_experiment(binding):
            yield list(derive.of_runs(runs, name, keep_ties=keep_ties))
        return
    versions = mirror.versions_of_model(binding)
    if selector == Binding.Selector.ALIAS:
        yield derive.of_spans(derive.spans_of_alias(mirror.moves_of_alias(binding)), versions, name)
    elif selector == Binding.Selector.LATEST_VERSION:
        yield derive.of_spans(derive.spans_of_highest(versions), versions, name)
    else:
        yield derive.of_versions(versions, name, keep_ties=keep_ties)


class _Keeper:
    """Compares what a binding should have with its live rows, and writes the difference."""

    def __init__(self, binding: Binding, why: str) -> None:
        self.binding, self.why = binding, why
        self.now = timezone.now()
        self.live = Observation.objects.filter(binding=binding, superseded_at=None)
        self.kept: set[int] = set()
        self.runs_wanted: set[str] = set()
        self.added = self.superseded = 0
        self.earliest: datetime | None = None

    def keep(self, wanted: list[Wanted]) -> None:
        """Write those of `wanted` that are not there yet; what stands in their place with another value is
        superseded.
        """
        run_ids = {one.run_id for one in wanted}
        self.runs_wanted |= run_ids
        there = {_key(row): row for row in self.live.filter(run_id__in=run_ids)}
        missing, wrong = [], []
        for one in wanted:
            row = there.get(one.key)
            if row is not None and _says(row, one):
                self.kept.add(row.pk)
                continue
            missing.append(one)
            if row is not None:
                wrong.append(row)
        self._supersede(wrong, lambda row: self.why or AGAIN)
        rows = [self._row(one) for one in missing]
        Observation.objects.bulk_create(rows, batch_size=BATCH)
        self.kept.update(row.pk for row in rows)
        self.added += len(rows)
        self._reach(row.observed_at for row in rows)

    def drop_the_rest(self) -> None:
        """Supersede the live rows that nothing asked for. Values that people entered stay while the binding is for
        those.
        """
        rest = self.live
        if self.binding.origin == Binding.Origin.ENTERED:
            rest = rest.filter(author=None)
        gone = [pk for pk in rest.values_list("pk", flat=True) if pk not in self.kept]
        for begin in range(0, len(gone), BATCH):
            rows = list(Observation.objects.filter(pk__in=gone[begin : begin + BATCH]))
            reasons = self._reasons(rows)
            self._supersede(rows, lambda row, reasons=reasons: reasons[row.pk])

    def _reasons(self, rows: list[Observation]) -> dict[int, str]:
        runs = {
            run_id: (status, stage, missing)
            for run_id, status, stage, missing in Run.objects.filter(
                source=self.binding.source_id_of, run_id__in={row.run_id for row in rows if row.run_id}
            ).values_list("run_id", "status", "lifecycle_stage", "missing_since")
        }
        return {row.pk: self.why or self._reason(row, runs.get(row.run_id)) for row in rows}

    def _reason(self, row: Observation, run: tuple[str, str, datetime | None] | None) -> str:
        if row.author_id is not None or self.binding.origin == Binding.Origin.ENTERED:
            return CHANGED
        if not row.run_id:
            return AGAIN if row.value is None else MOVED
        if run is None or run[2] is not None:
            return "run vanished"
        if run[1] != "active":
            return "run deleted"
        if run[0] != "FINISHED":
            return f"run {run[0].lower()}"
        return AGAIN if row.run_id in self.runs_wanted else MOVED

    def _supersede(self, rows: list[Observation], reason: Any) -> None:
        by_reason: dict[str, list[int]] = {}
        for row in rows:
            by_reason.setdefault(reason(row), []).append(row.pk)
        for text, ids in by_reason.items():
            Observation.objects.filter(pk__in=ids).update(superseded_at=self.now, superseded_reason=text)
        self.superseded += len(rows)
        self._reach(row.observed_at for row in rows)

    def _reach(self, instants: Iterable[datetime]) -> None:
        first = min(instants, default=None)
        if first is not None and (self.earliest is None or first < self.earliest):
            self.earliest = first

    def _row(self, one: Wanted) -> Observation:
        return Observation(
            binding=self.binding,
            observed_at=one.observed_at,
            value=one.value,
            step=one.step,
            run_started_at=one.run_started_at,
            run_id=one.run_id,
            model_id=one.model_id,
            version=one.version,
            metric_at=one.metric_at,
            dataset_name=one.dataset_name,
            dataset_digest=one.dataset_digest,
        )


def _key(row: Observation) -> tuple[Any, ...]:
    return (
        row.observed_at,
        row.run_id,
        row.model_id,
        row.version,
        row.dataset_name,
        row.dataset_digest,
        row.step,
    )


def _says(row: Observation, one: Wanted) -> bool:
    """Whether a live row says what is wanted, NaN being the same as NaN. A person's row never does."""
    if row.author_id is not None or (row.run_started_at, row.metric_at) != (one.run_started_at, one.metric_at):
        return False
    if row.value is None or one.value is None:
        return row.value is one.value
    return row.value == one.value or (math.isnan(row.value) and math.isnan(one.value))
