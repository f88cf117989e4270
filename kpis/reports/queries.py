"""The tables that reports show. Everything starts from what the person may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.urls import reverse

from coe.accounts.models import BusinessUnit
from coe.core.http import today
from kpis.measures.bounds import Bound, bounds_of
from kpis.measures.models import Binding, Category, KpiVersion
from kpis.measures.queries import readings_of
from kpis.reports import boards, facts
from kpis.reports.audiences import Audience
from kpis.reports.cells import CellFigure
from kpis.reports.days import compared_with, trend_days
from kpis.reports.tiles import Tile, reading_tile, unit_tile
from projects.catalog.models import Project, Stage, StageMove


@dataclass(frozen=True)
class Column:
    """A KPI or a category: what a column shows. `about` is the KPI's definition on the day, None for a category."""

    key: str
    name: str
    about: KpiVersion | None = None

    @property
    def kpi_id(self) -> int | None:
        return self.about.kpi_id if self.about else None

    @property
    def category(self) -> str:
        return "" if self.about else self.key.removeprefix("category:")


@dataclass(frozen=True)
class Row:
    """A unit or a project with its tiles, one a column."""

    kind: str
    slug: str
    name: str
    url: str
    detail: str = ""
    tiles: list[Tile] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """A scoreboard: of the company's verticals, or of what is within one unit."""

    as_of: date
    days: list[date]
    compared: date
    columns: list[Column]
    units: list[Row]
    projects: list[Row]
    reporting: int = 0
    expected: int = 0

    @property
    def rows(self) -> list[Row]:
        return [*self.units, *self.projects]

    @property
    def is_empty(self) -> bool:
        return not any(not tile.is_empty for row in self.rows for tile in row.tiles)


def address(name: str, *args: str, as_of: date, **params: str) -> str:
    """The URL of a page of reports as of a day; today's needs no date."""
    asked = dict(params)
    if as_of != today():
        asked["as_of"] = as_of.isoformat()
    return reverse(name, args=args) + (f"?{urlencode(asked)}" if asked else "")


@dataclass(frozen=True)
class Place:
    """A unit among the others: those above it, outermost first, and those directly below."""

    unit: BusinessUnit
    above: list[BusinessUnit]
    below: list[BusinessUnit]


def place_of(person: Any, slug: str) -> Place:
    """The unit with its surroundings: one query. Raises `BusinessUnit.DoesNotExist` if there is no such unit."""
    is_above = Exists(BusinessUnit.objects.filter(slug=slug, lineage__contains=[OuterRef("pk")]))
    found = BusinessUnit.objects.visible_to(person).filter(Q(is_above) | Q(parent__slug=slug))
    units = {unit.pk: unit for unit in found}
    unit = next((unit for unit in units.values() if unit.slug == slug), None)
    if unit is None:
        raise BusinessUnit.DoesNotExist(slug)
    above = [units[pk] for pk in unit.lineage[:-1] if pk in units]
    return Place(unit, above, [below for below in units.values() if below.parent_id == unit.pk])


def columns_on(definitions: facts.Definitions, day: date, by: str = "kpi") -> list[Column]:
    """The columns on `day`: KPIs in their order (archived ones aside), or the categories that these fall in."""
    live = [version for version in definitions.on(day).values() if not version.kpi.is_archived]
    if by == "kpi":
        return [Column(version.kpi.key, version.name, version) for version in live]
    used = {version.category for version in live}
    return [Column(f"category:{value}", label) for value, label in Category.choices if value in used]


def unit_rows(
    audience: Audience,
    units: Sequence[BusinessUnit],
    columns: Sequence[Column],
    definitions: facts.Definitions,
    days: Sequence[date],
) -> tuple[list[Row], dict[int, CellFigure | None]]:
    """A row for each unit, and for each unit its joint cell (over everything) as of the last day."""
    as_of, compared = days[-1], compared_with(days[-1])
    on_day = boards.cells_for(audience, days, [unit.pk for unit in units])
    meanings = definitions.on(as_of)
    rows, joint = [], {}
    for unit in units:
        tiles = []
        for column in columns:
            cells = [on_day[day].get((unit.pk, column.kpi_id, column.category)) for day in days]
            now = cells[-1]
            shown = column.about or (meanings.get(now.shown_kpi_id or 0) if now else None)
            url = address("reports:explain_unit", unit.slug, column.key, as_of=as_of)
            tiles.append(unit_tile(cells, days, compared, shown, url))
        joint[unit.pk] = on_day[as_of].get((unit.pk, None, ""))
        rows.append(
            Row("unit", unit.slug, unit.name, address("reports:scoreboard_unit", unit.slug, as_of=as_of), tiles=tiles)
        )
    return rows, joint


def project_rows(
    bounds: Sequence[Bound],
    projects: Sequence[Project],
    columns: Sequence[Column],
    definitions: facts.Definitions,
    days: Sequence[date],
) -> list[Row]:
    """A row for each project: its readings of the columns' KPIs. The caller has found the projects by `visible_to`.

    `bounds` are their bindings, and know which are withheld from the reader.
    """
    as_of, compared = days[-1], compared_with(days[-1])
    ids = {(bound.project_id, bound.kpi_id): bound.id for bound in bounds}
    readings = readings_of(bounds, days, versions=definitions.versions)
    begun = facts.since({pk: readings[pk, as_of] for pk in ids.values()}, bounds, as_of)
    rows = []
    for project in projects:
        tiles = []
        for column in columns:
            pk = ids.get((project.pk, column.kpi_id or 0), 0)
            url = address("reports:explain_project", project.slug, column.key, as_of=as_of)
            of_days = [readings.get((pk, day)) for day in days]
            tiles.append(reading_tile(of_days, days, compared, column.about, url, begun.get(pk)))
        rows.append(
            Row("project", project.slug, project.name, project.get_absolute_url(), project.get_stage_display(), tiles)
        )
    return rows


def scoreboard(
    person: Any,
    audience: Audience,
    as_of: date,
    *,
    within: BusinessUnit | None = None,
    by: str = "kpi",
    only_used: bool = True,
    projects: Sequence[Project] | None = None,
    units: Sequence[BusinessUnit] | None = None,
) -> Table:
    """The verticals, or the sub-units of `within` and then its own projects, by KPI or (`by` = "category") by category.

    `only_used` leaves out columns in which nothing is measured. `units` are those directly below, where the caller has
    them already; `projects` are the projects to show if not all of the
    unit's own.
    """
    days, definitions = trend_days(as_of), facts.definitions()
    columns = columns_on(definitions, as_of, by)
    if units is None:
        units = list(BusinessUnit.objects.visible_to(person).filter(parent=within))
    rows, joint = unit_rows(audience, units, columns, definitions, days)
    own: list[Row] = []
    if within is not None and by == "kpi":
        shown = own_projects(person, within, as_of) if projects is None else projects
        bounds = bounds_of(Binding.objects.filter(project__in=shown), audience.withheld) if shown else []
        own = project_rows(bounds, shown, columns, definitions, days)
    if only_used:
        used = [place for place in range(len(columns)) if any(not r.tiles[place].is_empty for r in [*rows, *own])]
        columns = [columns[place] for place in used]
        for row in [*rows, *own]:
            row.tiles[:] = [row.tiles[place] for place in used]
    now = [cell for cell in joint.values() if cell is not None]
    reporting, expected = sum(cell.reporting for cell in now), sum(cell.expected for cell in now)
    return Table(as_of, days, compared_with(as_of), columns, rows, own, reporting, expected)


def own_projects(person: Any, unit: BusinessUnit, as_of: date) -> list[Project]:
    """The projects directly in `unit` that `person` may know of, those retired by the end of the day aside."""
    own = Project.objects.visible_to(person).filter(~facts.retired_by(as_of), unit=unit)
    return list(own.order_by("name", "pk"))


@dataclass(frozen=True)
class Portfolio:
    """A vertical's projects by stage, and what they promise a year, by currency."""

    unit_id: int
    stages: dict[str, int]
    promised: dict[str, float]

    @property
    def projects(self) -> int:
        """How many there are, retired ones aside."""
        return sum(count for stage, count in self.stages.items() if stage != Stage.RETIRED)

    @property
    def live(self) -> int:
        return self.stages.get(Stage.PRODUCTION, 0)


def portfolio(person: Any, as_of: date) -> dict[int, Portfolio]:
    """Vertical's id → its portfolio as of the end of the day, of the projects that `person` may know of: one query.

    A project counts from its first stage move on; its forecast is today's.
    """
    stage_then = Subquery(
        StageMove.objects.filter(project=OuterRef("pk"), on__lte=as_of).order_by("-on", "-pk").values("after")[:1]
    )
    rows = (
        Project.objects.visible_to(person)
        .annotate(root=F("unit__lineage__0"), then=stage_then)
        .filter(then__isnull=False)
        .order_by()
        .values("root", "then", "currency")
        .annotate(count=Count("pk"), promised=Sum("annual_value", filter=~Q(then=Stage.RETIRED)))
    )
    found: dict[int, Portfolio] = {}
    for row in rows:
        entry = found.setdefault(row["root"], Portfolio(row["root"], {}, {}))
        entry.stages[row["then"]] = entry.stages.get(row["then"], 0) + row["count"]
        if row["promised"]:
            entry.promised[row["currency"]] = entry.promised.get(row["currency"], 0.0) + float(row["promised"])
    return found
