"""Explain: a figure opened up into its formula, its inputs, what was used, and what was left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from coe.accounts.models import BusinessUnit
from coe.core import figures
from coe.core.http import today
from kpis.measures.models import Baseline, Binding, Kpi, KpiVersion, Observation, Target
from kpis.measures.queries import definition_on, readings_as_of
from kpis.measures.readings import COUNTS, Reading, Reason
from kpis.reports import boards, facts, words
from kpis.reports.audiences import Audience
from kpis.reports.days import compared_with, end_of, trend_days
from kpis.reports.provenance import Origin, bindings_with_sources, origins
from kpis.reports.queries import Column, address, columns_on
from kpis.reports.tiles import Tile, reading_tile, unit_tile
from projects.catalog.models import Project
from projects.tracking.models import Run

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


def project_figure(audience: Audience, project: Project, kpi: Kpi, as_of: date) -> ProjectFigure:
    """The reading of the KPI for the project as of the day. The caller has found the project by `visible_to`."""
    definition, days = definition_on(kpi, as_of), trend_days(as_of)
    url = address("reports:explain_project", project.slug, kpi.key, as_of=as_of)
    compared = compared_with(as_of)
    pk = Binding.objects.filter(project=project, kpi=kpi).values_list("pk", flat=True).first()
    if pk is None:
        tile = reading_tile([None] * len(days), days, compared, definition, url)
        return ProjectFigure(project, kpi, definition, None, None, tile, None, None, None, [], "", "", [])
    bindings = bindings_with_sources([pk])
    readings = readings_as_of([pk], days, withheld_ids=audience.withheld)
    reading, binding = readings[pk, as_of], bindings[pk]
    begun = facts.since({pk: reading}, as_of)
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


def _left_out(binding: Binding, as_of: date) -> list[str]:
    """What could have counted and did not, in sentences."""
    end = end_of(as_of)
    counts = Observation.objects.filter(binding=binding).aggregate(
        later=Count("pk", filter=Q(superseded_at=None, observed_at__gte=end)),
        corrected=Count("pk", filter=Q(superseded_at__isnull=False, observed_at__lt=end)),
    )
    found = []
    if counts["later"]:
        found.append(f"{figures.count_of(counts['later'], 'value')} observed after {figures.day(as_of, today())}")
    if counts["corrected"]:
        found.append(f"{figures.count_of(counts['corrected'], 'value')} that was corrected or no longer holds")
    if binding.experiment_id:
        runs = Run.objects.filter(experiment=binding.experiment_id).aggregate(
            unfinished=Count("pk", filter=~Q(status="FINISHED")),
            deleted=Count("pk", filter=Q(status="FINISHED") & ~Q(lifecycle_stage="active")),
            vanished=Count("pk", filter=Q(status="FINISHED", lifecycle_stage="active", missing_since__isnull=False)),
        )
        said = {"unfinished": "did not finish", "deleted": "deleted in MLflow", "vanished": "no longer on the server"}
        found += [f"{figures.count_of(runs[key], 'run')} {text}" for key, text in said.items() if runs[key]]
    return found


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


def find_column(key: str, as_of: date) -> Column:
    """The column of that key (`category:<name>` for a category). Raises `Kpi.DoesNotExist` for an unknown one."""
    definitions = facts.definitions()
    by = "category" if key.startswith("category:") else "kpi"
    for column in columns_on(definitions, as_of, by):
        if column.key == key:
            return column
    raise Kpi.DoesNotExist(key)


def unit_figure(audience: Audience, unit: BusinessUnit, column: Column, as_of: date) -> UnitFigure:
    """The unit's cell as of the day, and the readings under it of the projects that the audience may know of."""
    days, names = trend_days(as_of), facts.definitions().on(as_of)
    on_day = boards.cells_for(audience, days, [unit.pk])
    cells = [on_day[day].get((unit.pk, column.kpi_id, column.category)) for day in days]
    now = cells[-1]
    shown = column.about or (names.get(now.shown_kpi_id or 0) if now else None)
    tile = unit_tile(
        cells, days, compared_with(as_of), shown, address("reports:explain_unit", unit.slug, column.key, as_of=as_of)
    )
    kpis = [column.kpi_id] if column.about else [k for k, v in names.items() if _in_category(v, column.category)]
    gone = facts.retired([as_of])[as_of]
    rolled = (
        Binding.objects.filter(kpi__in=kpis, project__unit__lineage__contains=[unit.pk])
        .exclude(project__in=audience.hidden)
        .exclude(project__in=gone)
    )
    readings = {pk: r for (pk, _), r in readings_as_of(rolled, [as_of], withheld_ids=audience.withheld).items()}
    members = _members(readings, names, as_of)
    return UnitFigure(
        unit,
        column,
        tile,
        members,
        _median_formula([m.reading.index for m in members if m.reading.index is not None], tile.index),
        _value_formula([m for m in members if shown and m.binding.kpi_id == shown.kpi_id], tile, shown),
        _unit_left_out(members, tile, len(gone_in(unit, gone, audience, kpis))),
    )


def _in_category(version: KpiVersion, category: str) -> bool:
    return version.category == category and not version.kpi.is_archived


def gone_in(unit: BusinessUnit, gone: frozenset[int], audience: Audience, kpis: Sequence[Any]) -> set[int]:
    """The retired projects of the unit that would have been in the figure."""
    if not gone:
        return set()
    bound = Binding.objects.filter(kpi__in=kpis, project__in=gone, project__unit__lineage__contains=[unit.pk])
    return set(bound.exclude(project__in=audience.hidden).values_list("project_id", flat=True))


def _members(readings: dict[int, Reading], names: dict[int, KpiVersion], as_of: date) -> list[Member]:
    bindings = bindings_with_sources(readings)
    begun, came_from = facts.since(readings, as_of), origins(bindings, readings)
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
