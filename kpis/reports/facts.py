"""What the cells of some days are made of, besides readings.

That is bindings with their units, definitions, retired projects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from coe.accounts.models import BusinessUnit
from kpis.measures import bounds as measured
from kpis.measures.models import Binding, Kpi, KpiVersion
from kpis.measures.readings import Reading, Reason
from kpis.reports.audiences import Audience
from kpis.reports.cells import Bound, Meaning
from kpis.reports.days import end_of
from projects.catalog.models import Stage, StageMove


@dataclass(frozen=True)
class Definitions:
    """All KPI definitions, to be asked for the one in force on a day."""

    versions: Mapping[int, Sequence[KpiVersion]]

    def on(self, day: date) -> dict[int, KpiVersion]:
        """KPI id → its definition on `day`; the first one also serves the days before it."""
        found = {}
        for kpi_id, versions in self.versions.items():
            begun = [version for version in versions if version.effective_from <= day]
            found[kpi_id] = begun[-1] if begun else versions[0]
        return found

    def one(self, day: date) -> KpiVersion:
        """Of the definitions of a single KPI the one in force on `day`."""
        return next(iter(self.on(day).values()))


def definitions() -> Definitions:
    """Every definition of every KPI with its `kpi`: one query."""
    versions: dict[int, list[KpiVersion]] = defaultdict(list)
    for version in KpiVersion.objects.select_related("kpi").order_by("kpi__position", "kpi__key", "effective_from"):
        versions[version.kpi_id].append(version)
    return Definitions(versions)


def definitions_of(kpi: QuerySet[Kpi]) -> Definitions:
    """The definitions of the one KPI that `kpi` finds: one query. Raises `Kpi.DoesNotExist` if it finds none."""
    versions = KpiVersion.objects.filter(kpi__in=kpi).select_related("kpi").order_by("effective_from")
    found: dict[int, list[KpiVersion]] = defaultdict(list)
    for version in versions:
        found[version.kpi_id].append(version)
    if not found:
        raise Kpi.DoesNotExist("no such KPI")
    return Definitions(found)


def meanings(on_day: Mapping[int, KpiVersion]) -> dict[int, Meaning]:
    """What the roll-up needs of definitions, which come in the order of the scoreboard's columns."""
    return {
        kpi_id: Meaning(version.category, version.direction, version.roll_up, place, version.kpi.is_archived)
        for place, (kpi_id, version) in enumerate(on_day.items())
    }


def unit_lineages() -> dict[int, tuple[int, ...]]:
    """Unit id → the ids from its root down to it."""
    return {pk: tuple(lineage) for pk, lineage in BusinessUnit.objects.values_list("pk", "lineage")}


def bounds(audience: Audience) -> list[Bound]:
    """Every binding that the audience may know of, in one order, whoever asks: two queries."""
    lineages = unit_lineages()
    rows = (
        Binding.objects.exclude(project__in=audience.hidden)
        .order_by("pk")
        .values_list("pk", "project_id", "kpi_id", "project__unit_id", "project__annual_value")
    )
    return [
        Bound(pk, project, kpi, lineages[unit], None if weight is None else float(weight))
        for pk, project, kpi, unit, weight in rows
    ]


def retired(days: Iterable[date]) -> dict[date, frozenset[int]]:
    """For each day the ids of the projects whose last stage move by the end of that day was into retirement."""
    once = StageMove.objects.filter(after=Stage.RETIRED).values("project")
    moves = list(
        StageMove.objects.filter(project__in=once).order_by("on", "pk").values_list("project_id", "on", "after")
    )
    found = {}
    for day in days:
        last = {project: after for project, on, after in moves if on <= day}
        found[day] = frozenset(project for project, after in last.items() if after == Stage.RETIRED)
    return found


def retired_by(day: date, project: str = "pk") -> Exists:
    """The same as a condition on a query; `project` is where it finds the project's id."""
    done = StageMove.objects.filter(project=OuterRef(project), on__lte=day)
    last = done.order_by("-on", "-pk").values("pk")[:1]
    return Exists(done.filter(after=Stage.RETIRED, pk=Subquery(last)))


# The first observation on other data than the baseline's, after the last one on its own.
_CHANGED = """
    SELECT asked.binding_id, min(later.observed_at)
    FROM (
        SELECT DISTINCT ON (binding_id) binding_id, dataset_digest FROM measures_baseline
        WHERE binding_id = ANY(%(bindings)s) AND effective_from <= %(day)s ORDER BY binding_id, effective_from DESC
    ) asked
    JOIN measures_observation later ON later.binding_id = asked.binding_id AND later.superseded_at IS NULL
     AND later.observed_at < %(end)s AND later.dataset_digest NOT IN ('', asked.dataset_digest)
     AND later.observed_at > coalesce((
        SELECT max(own.observed_at) FROM measures_observation own
        WHERE own.binding_id = asked.binding_id AND own.superseded_at IS NULL AND own.observed_at < %(end)s
          AND own.dataset_digest = asked.dataset_digest), '-infinity')
    GROUP BY asked.binding_id
"""


def since(readings: Mapping[int, Reading], bounds: Iterable[measured.Bound], day: date) -> dict[int, datetime]:
    """Since when bindings read `dataset_changed` or `source_failing` as of `day`: one query, where one of them does.

    `bounds` are the same bindings; a source fails since its last good sync.
    """
    found: dict[int, datetime] = {}
    changed = [pk for pk, reading in readings.items() if reading.reason is Reason.DATASET_CHANGED]
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(_CHANGED, {"bindings": changed, "day": day, "end": end_of(day)})
            found.update(cursor.fetchall())
    failing = {pk for pk, reading in readings.items() if reading.reason is Reason.SOURCE_FAILING}
    found.update((b.id, b.last_good_sync_at) for b in bounds if b.id in failing and b.last_good_sync_at)
    return found
