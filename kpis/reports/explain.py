"""Explain: a figure opened up into its formula, its inputs, what was used, and what was left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from coe.accounts.models import BusinessUnit
from coe.core import access, figures
from coe.core.http import today
from kpis.measures.bounds import bound_of
from kpis.measures.models import Baseline, Binding, Kpi, KpiVersion, Observation, Target
from kpis.measures.queries import readings_of
from kpis.measures.readings import COUNTS, Reading, Reason
from kpis.reports import boards, facts, words
from kpis.reports.audiences import Audience
from kpis.reports.days import compared_with, end_of, trend_days
from kpis.reports.provenance import Origin, bindings_with_sources, origins
from kpis.reports.queries import Column, address, columns_on
from kpis.reports.tiles import Tile, reading_tile, unit_tile
from projects.catalog.models import Project

# How many of a figure's observations are listed.
LISTED = 15
# How many numbers a formula spells out.
SPELLED = 12


@dataclass(frozen=True)
class ProjectFigure:
    """One reading with all that made it."""

    project: Project
    kpi: Kpi
    definition: KpiVersion
    binding: Binding | None
    reading: Reading | None
    tile: Tile
    origin: Origin | None
    baseline: Baseline | None
    target: Target | None
    observations: Sequence[Observation]
    formula: str
    transform: str
    left_out: Sequence[str]


def project_figure(person: Any, project: Project, definitions: facts.Definitions, as_of: date) -> ProjectFigure:
    """The reading of the one KPI that is defined, for the project as of the day.

    The caller has found the project by `visible_to`.
    """
    definition = definitions.one(as_of)
    kpi, days, compared = definition.kpi, trend_days(as_of), compared_with(as_of)
    url = address("reports:explain_project", project.slug, kpi.key, as_of=as_of)
    bindings = bindings_with_sources(Binding.objects.filter(project=project, kpi=kpi))
    if not bindings:
        tile = reading_tile([None] * len(days), days, compared, definition, url)
        return ProjectFigure(project, kpi, definition, None, None, tile, None, None, None, [], "", "", [])
    pk, binding = next(iter(bindings.items()))
    bounds = [bound_of(binding, is_withheld=not access.may(person, "figures.read", binding))]
    readings = readings_of(bounds, days, versions=definitions.versions)
    reading = readings[pk, as_of]
    begun = facts.since({pk: reading}, bounds, as_of)
    tile = reading_tile([readings[pk, day] for day in days], days, compared, definition, url, begun.get(pk))
    if reading.reason is Reason.WITHHELD:
        return ProjectFigure(project, kpi, definition, binding, reading, tile, None, None, None, [], "", "", [])
    live = Observation.objects.filter(binding=binding, superseded_at=None, observed_at__lt=end_of(as_of))
    return ProjectFigure(
        project,
        kpi,
        definition,
        binding,
        reading,
        tile,
        origins(bindings, {pk: reading}).get(pk),
        binding.baselines.filter(effective_from__lte=as_of).order_by("-effective_from").first(),
        binding.targets.filter(effective_from__lte=as_of).order_by("-effective_from").first(),
        list(live.select_related("author").order_by("-observed_at", "-step", "-id")[:LISTED]),
        index_formula(reading),
        _transform(binding, reading),
        _left_out(binding, as_of),
    )


def index_formula(reading: Reading) -> str:
    """The index with its numbers filled in; empty where one of them is missing."""
    if reading.value is None or reading.baseline is None or reading.target is None or reading.index is None:
        return ""
    value, baseline, target = (_exact(number) for number in (reading.value, reading.baseline, reading.target))
    return f"100 × ({value} − {baseline}) ÷ ({target} − {baseline}) = {_exact(reading.index)}"


def _exact(number: float) -> str:
    text = f"{number:,.6g}" if abs(number) < 1e6 else f"{number:,.2f}"
    return f"({text.replace('-', '−')})" if number < 0 else text


def _transform(binding: Binding, reading: Reading) -> str:
    if (binding.scale == 1 and binding.offset == 0) or not reading.point or reading.point.value is None:
        return ""
    offset = f" + {_exact(binding.offset)}" if binding.offset else ""
    result = f" = {_exact(reading.value)}" if reading.value is not None else ""
    return f"{_exact(reading.point.value)} × {_exact(binding.scale)}{offset}{result}"


# What could have counted and did not: observations of the binding, and runs of its experiment.
_LEFT_OUT = """
    SELECT count(*) FILTER (WHERE kind = 'later'), count(*) FILTER (WHERE kind = 'corrected'),
           count(*) FILTER (WHERE kind = 'unfinished'), count(*) FILTER (WHERE kind = 'deleted'),
           count(*) FILTER (WHERE kind = 'vanished')
    FROM (
        SELECT CASE WHEN superseded_at IS NULL AND observed_at >= %(end)s THEN 'later'
                    WHEN superseded_at IS NOT NULL AND observed_at < %(end)s THEN 'corrected' END AS kind
        FROM measures_observation WHERE binding_id = %(binding)s
        UNION ALL
        SELECT CASE WHEN status <> 'FINISHED' THEN 'unfinished' WHEN lifecycle_stage <> 'active' THEN 'deleted'
                    WHEN missing_since IS NOT NULL THEN 'vanished' END
        FROM tracking_run WHERE experiment_id = %(experiment)s
    ) found
"""


def _left_out(binding: Binding, as_of: date) -> list[str]:
    """What could have counted and did not, in sentences."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_OUT, {"binding": binding.pk, "experiment": binding.experiment_id, "end": end_of(as_of)})
        counts = cursor.fetchone() or (0,) * 5
    said = (
        ("value", f"observed after {figures.day(as_of, today())}"),
        ("value", "corrected, or no longer there"),
        ("run", "not finished"),
        ("run", "deleted in MLflow"),
        ("run", "no longer on the server"),
    )
    return [f"{figures.count_of(n, noun)}: {text}" for n, (noun, text) in zip(counts, said, strict=True) if n]


@dataclass(frozen=True)
class Member:
    """A reading of a roll-up, and what became of it."""

    binding: Binding
    definition: KpiVersion
    reading: Reading
    origin: Origin | None
    url: str
    why: str

    @property
    def in_value(self) -> bool:
        return self.reading.value is not None and self.reading.reason in COUNTS

    @property
    def in_index(self) -> bool:
        return self.reading.index is not None


@dataclass(frozen=True)
class UnitFigure:
    """One cell of a scoreboard with the readings that made it."""

    unit: BusinessUnit
    column: Column
    tile: Tile
    members: Sequence[Member]
    index_formula: str
    value_formula: str
    left_out: Sequence[str]


def find_column(definitions: facts.Definitions, key: str, as_of: date) -> Column:
    """The column of that key (`category:<name>` for a category). Raises `Kpi.DoesNotExist` for an unknown one."""
    by = "category" if key.startswith("category:") else "kpi"
    for column in columns_on(definitions, as_of, by):
        if column.key == key:
            return column
    raise Kpi.DoesNotExist(key)


def unit_figure(audience: Audience, unit: BusinessUnit, key: str, as_of: date) -> UnitFigure:
    """The unit's cell as of the day, and the readings under it of the projects that the audience may know of."""
    definitions, days = facts.definitions(), trend_days(as_of)
    column, names = find_column(definitions, key, as_of), definitions.on(as_of)
    on_day = boards.cells_for(audience, days, [unit.pk])
    cells = [on_day[day].get((unit.pk, column.kpi_id, column.category)) for day in days]
    now = cells[-1]
    shown = column.about or (names.get(now.shown_kpi_id or 0) if now else None)
    tile = unit_tile(
        cells, days, compared_with(as_of), shown, address("reports:explain_unit", unit.slug, column.key, as_of=as_of)
    )
    kpis = [column.kpi_id] if column.about else [k for k, v in names.items() if _in_category(v, column.category)]
    of_unit = Binding.objects.filter(kpi__in=kpis, project__unit__lineage__contains=[unit.pk])
    of_unit = of_unit.exclude(project__in=audience.hidden).annotate(is_retired=facts.retired_by(as_of, "project"))
    found = bindings_with_sources(of_unit)
    rolled = {pk: binding for pk, binding in found.items() if not binding.is_retired}
    retired = {binding.project_id for binding in found.values() if binding.is_retired}
    bounds = [bound_of(binding, is_withheld=pk in audience.withheld) for pk, binding in rolled.items()]
    readings = {pk: r for (pk, _), r in readings_of(bounds, [as_of], versions=definitions.versions).items()}
    begun = facts.since(readings, bounds, as_of)
    members = _members(rolled, readings, begun, names, as_of)
    return UnitFigure(
        unit,
        column,
        tile,
        members,
        _median_formula([m.reading.index for m in members if m.reading.index is not None], tile.index),
        _value_formula([m for m in members if shown and m.binding.kpi_id == shown.kpi_id], tile, shown),
        _unit_left_out(members, tile, len(retired)),
    )


def _in_category(version: KpiVersion, category: str) -> bool:
    return version.category == category and not version.kpi.is_archived


def _members(
    bindings: dict[int, Any],
    readings: dict[int, Reading],
    begun: dict[int, datetime],
    names: dict[int, KpiVersion],
    as_of: date,
) -> list[Member]:
    came_from = origins(bindings, readings)
    members = []
    for pk, binding in bindings.items():
        reading = readings[pk]
        since = reading.point.observed_at if reading.reason is Reason.STALE and reading.point else begun.get(pk)
        url = address("reports:explain_project", binding.project.slug, binding.kpi.key, as_of=as_of)
        why = words.reason(reading.reason, since=since, as_of=as_of, today=today())
        members.append(Member(binding, names[binding.kpi_id], reading, came_from.get(pk), url, why))
    return sorted(members, key=lambda m: (m.reading.index is None, -(m.reading.index or 0.0), m.binding.project.name))


def _spelled(texts: Sequence[str]) -> str:
    more = len(texts) - SPELLED
    return ", ".join(texts[:SPELLED]) + (f" and {more:,} more" if more > 0 else "")


def _median_formula(indexes: Sequence[float], index: float | None) -> str:
    if index is None:
        return ""
    told = _spelled([_exact(number) for number in sorted(indexes)])
    return f"The median of {figures.count_of(len(indexes), 'index', 'indexes')}: {told}. That is {_exact(index)}."


_RULES = {
    "mean": "The mean of",
    "median": "The median of",
    "sum": "The sum of",
    "worst": "The worst of",
    "weighted_mean": "The mean, weighted by forecast annual value, of",
}


def _value_formula(members: Sequence[Member], tile: Tile, shown: KpiVersion | None) -> str:
    """How the value came about, with its numbers. A weighted mean spells out each weight."""
    if tile.value is None or shown is None:
        return ""
    counted = [m for m in members if m.in_value]
    if shown.roll_up == "weighted_mean":
        counted = [m for m in counted if m.binding.project.annual_value]
        told = [f"{_exact(m.reading.value or 0.0)} × {m.binding.project.annual_value:,.0f}" for m in counted]
    else:
        told = [_exact(number) for number in sorted(m.reading.value or 0.0 for m in counted)]
    count = figures.count_of(len(counted), "value")
    return f"{_RULES[shown.roll_up]} {count}: {_spelled(told)}. That is {figures.figure(tile.value, shown.unit)}."


def _unit_left_out(members: Sequence[Member], tile: Tile, retired: int) -> list[str]:
    reasons = Counter(m.reading.reason for m in members if m.reading.reason is not None)
    found = [f"{figures.count_of(count, 'figure')}: {words.left_out(why)}" for why, count in reasons.most_common()]
    if tile.unweighted:
        found.append(
            f"{figures.count_of(tile.unweighted, 'value')} of projects without a forecast, which has no weight"
        )
    if retired:
        found.append(f"{figures.count_of(retired, 'project')}: retired")
    return found
