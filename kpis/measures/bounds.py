"""What of a binding its readings need, and whether its source is failing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from kpis.measures.models import Binding
from kpis.measures.readings import Rule

# A source is failing when its last good sync is older than so many of its intervals.
PATIENCE = 3
# A binding reads an experiment or a model, never both.
_OF_SOURCE = [
    Coalesce(f"experiment__source__{field}", f"model__source__{field}")
    for field in ("id", "last_good_sync_at", "interval_minutes")
]


@dataclass(frozen=True, slots=True)
class Bound:
    """What of a binding its readings need. `source_id` is None for one whose values people enter."""

    id: int
    project_id: int
    kpi_id: int
    source_id: int | None
    # Of the source: what says whether it is failing.
    last_good_sync_at: datetime | None
    interval_minutes: int | None
    rule: Rule


def bounds_of(
    bindings: QuerySet[Binding], withheld_ids: frozenset[int] = frozenset(), *, hold_back: bool = False
) -> list[Bound]:
    """The bindings as their readings need them, by id: one query.

    Those in `withheld_ids` will read "withheld"; with `hold_back` every one does that is withheld from anybody.
    """
    rows = bindings.order_by("pk").values_list(
        "is_withheld", "scale", "offset", "window_days", "pk", "project_id", "kpi_id", *_OF_SOURCE
    )
    return [
        Bound(
            pk,
            project,
            kpi,
            source,
            good_at,
            minutes,
            Rule(scale, offset, window, pk in withheld_ids or (hold_back and is_withheld)),
        )
        for is_withheld, scale, offset, window, pk, project, kpi, source, good_at, minutes in rows
    ]


def bound_of(binding: Binding, *, is_withheld: bool = False) -> Bound:
    """The same of a binding that came with its experiment, its model and their sources."""
    read = binding.experiment or binding.model
    source = read.source if read else None
    return Bound(
        binding.pk,
        binding.project_id,
        binding.kpi_id,
        source.pk if source else None,
        source.last_good_sync_at if source else None,
        source.interval_minutes if source else None,
        Rule(binding.scale, binding.offset, binding.window_days, is_withheld),
    )


def failing_sources(bounds: Iterable[Bound], ends: Sequence[datetime], now: datetime) -> set[tuple[int | None, int]]:
    """Which of the bindings' sources are found failing as of which day, as (source id, place of the day's end).

    Failing: the last good sync, whenever it ran, is older than min(end of that day, now) less three intervals; or
    there was none.
    """
    health = {bound.source_id: (bound.last_good_sync_at, bound.interval_minutes or 0) for bound in bounds}
    health.pop(None, None)
    return {
        (source, place)
        for source, (good_at, minutes) in health.items()
        for place, end in enumerate(ends)
        if good_at is None or good_at < min(end, now) - timedelta(minutes=PATIENCE * minutes)
    }
