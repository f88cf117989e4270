from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from coe.accounts.http import PersonRequest
from coe.accounts.models import BusinessUnit, Role
from coe.accounts.rules import standing
from coe.core import charts, figures
from coe.core.csv_out import csv_response
from coe.core.http import signed_in
from kpis.reports import facts, queries
from kpis.reports.asked import day_context, page_day
from kpis.reports.audiences import audience_of
from kpis.reports.days import compared_with, trend_days
from kpis.reports.movements import movements
from kpis.reports.words import Shift, Standing, headline
from projects.catalog.models import Stage

PROJECTS_A_PAGE = 50
# Who comes to compare units.
COMPANY_FIRST = (Role.EXECUTIVE, Role.UNIT_LEAD, Role.ADMINISTRATOR)
# Colours of stages, from faint to strong: how far a project has come.
_STAGE_FILLS = {
    Stage.IDEA: "var(--rule)",
    Stage.EXPLORATION: "var(--i-1)",
    Stage.PILOT: "var(--i-0)",
    Stage.PRODUCTION: "var(--i-top)",
    Stage.RETIRED: "var(--rule-2)",
}


@dataclass(frozen=True)
class StageRow:
    """A vertical's line in the portfolio: its counts by stage, and what it promises."""

    name: str
    slug: str
    counts: list[int]
    total: int
    bar: SafeString
    promised: str
    promised_bar: SafeString


@signed_in
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """The company on one screen: who is where against their targets, what changed, and what there is.

    For who compares units that comes first; for all others what waits for themselves.
    """
    day = page_day(request)
    audience = audience_of(request.user)
    days, compared, definitions = trend_days(day), compared_with(day), facts.definitions()
    units = list(BusinessUnit.objects.visible_to(request.user).filter(parent=None))
    columns = queries.columns_on(definitions, day, "category")
    rows, joint = queries.unit_rows(audience, units, columns, definitions, days)
    used = [place for place in range(len(columns)) if any(not row.tiles[place].is_empty for row in rows)]
    table_rows = [(row, [row.tiles[place] for place in used]) for row in rows]
    held = queries.portfolio(request.user, day)
    now = [cell for cell in joint.values() if cell is not None]
    standings = [Standing(unit.name, cell.index if (cell := joint[unit.pk]) else None) for unit in units]
    shifts = [
        Shift(row.name, column.name, tile.delta)
        for row in rows
        for column, tile in zip(columns, row.tiles, strict=True)
        if tile.is_representative
    ]
    promised, others = _promised(held)
    context = {
        **day_context(request, day),
        "is_company_first": standing(request.user).holds_anywhere(*COMPANY_FIRST),
        "headline": headline(standings, shifts) if used else "",
        "columns": [columns[place] for place in used],
        "rows": [(row, tiles, held.get(unit.pk)) for (row, tiles), unit in zip(table_rows, units, strict=True)],
        "compared": compared,
        "reporting": sum(cell.reporting for cell in now),
        "expected": sum(cell.expected for cell in now),
        "moves": movements(audience, day, compared, definitions) if used else [],
        "stages": [stage.label for stage in Stage],
        "stage_key": [(stage.label, charts.swatch(_STAGE_FILLS[stage])) for stage in Stage],
        "portfolio": _portfolio_rows(units, held),
        "promised": promised,
        "promised_elsewhere": others,
    }
    return render(request, "reports/home.html", context)


def _promised(held: dict[int, queries.Portfolio]) -> tuple[float, list[str]]:
    """What all projects promise a year in the company's currency, and in others as texts."""
    sums: dict[str, float] = {}
    for entry in held.values():
        for currency, amount in entry.promised.items():
            sums[currency] = sums.get(currency, 0.0) + amount
    own = sums.pop(settings.CURRENCY, 0.0)
    return own, [figures.money(amount, currency) for currency, amount in sorted(sums.items())]


def _portfolio_rows(units: Sequence[BusinessUnit], held: dict[int, queries.Portfolio]) -> list[StageRow]:
    rows = []
    entries = [(unit, held[unit.pk]) for unit in units if unit.pk in held]
    size, _ = figures.size_of(sum(entry.promised.get(settings.CURRENCY, 0.0) for _, entry in entries))
    most = max((entry.promised.get(settings.CURRENCY, 0.0) for _, entry in entries), default=0.0)
    for unit, entry in entries:
        counts = [entry.stages.get(stage, 0) for stage in Stage]
        told = ", ".join(f"{count} {stage.label.lower()}" for stage, count in zip(Stage, counts, strict=True) if count)
        amount = entry.promised.get(settings.CURRENCY, 0.0)
        fills = [(_STAGE_FILLS[stage], count) for stage, count in zip(Stage, counts, strict=True)]
        rows.append(
            StageRow(
                unit.name,
                unit.slug,
                counts,
                sum(counts),
                charts.parts(fills, label=f"{unit.name}: {told}"),
                figures.plain(amount / size, 1 if size > 1 else 0),
                charts.bar(amount, most, label=f"{unit.name}: {figures.money(amount)} a year"),
            )
        )
    return rows


@signed_in
@require_safe
def scoreboard(request: HttpRequest) -> HttpResponseBase:
    """The verticals by KPI or by category."""
    return _scoreboard(request, None)


@signed_in
@require_safe
def scoreboard_unit(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What is within a unit: its sub-units, then its own projects."""
    return _scoreboard(request, queries.place_of(request.user, slug))


def _scoreboard(request: HttpRequest, place: queries.Place | None) -> HttpResponseBase:
    within, below = (place.unit, place.below) if place else (None, None)
    day, by = page_day(request), "category" if request.GET.get("by") == "category" else "kpi"
    audience = audience_of(request.user)
    as_csv = request.GET.get("format") == "csv"
    own = queries.own_projects(request.user, within, day) if within and by == "kpi" else []
    page = Paginator(own, len(own) or 1 if as_csv else PROJECTS_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    table = queries.scoreboard(request.user, audience, day, within=within, by=by, projects=shown, units=below)
    if as_csv:
        name = f"scoreboard-{within.slug if within else 'company'}-{day.isoformat()}.csv"
        return csv_response(name, CSV_HEADER, csv_rows(table))
    return render(
        request,
        "reports/scoreboard.html",
        {
            **day_context(request, day),
            "table": table,
            "by": by,
            "within": within,
            "crumbs": _crumbs(place.above, day) if place else [],
            "page_obj": page,
            "compared": table.compared,
        },
    )


def _crumbs(units: Sequence[BusinessUnit], day: date) -> list[dict[str, str]]:
    """The way to a unit through `units` above it."""
    crumbs = [{"label": "Scoreboard", "url": queries.address("reports:scoreboard", as_of=day)}]
    return crumbs + [
        {"label": unit.name, "url": queries.address("reports:scoreboard_unit", unit.slug, as_of=day)} for unit in units
    ]


CSV_HEADER = (
    "as_of",
    "kind",
    "row",
    "name",
    "figure",
    "shown_kpi",
    "unit_of_measure",
    "value",
    "index",
    "reason",
    "reporting",
    "index_reporting",
    "expected",
    "change_in_points",
)


def csv_rows(table: queries.Table) -> Iterator[Sequence[Any]]:
    """One line a cell, numbers in full."""
    for row in table.rows:
        for column, tile in zip(table.columns, row.tiles, strict=True):
            shown = tile.shown
            coverage = (None,) * 3 if tile.expected is None else (tile.reporting, tile.index_reporting, tile.expected)
            yield (
                table.as_of,
                row.kind,
                row.slug,
                row.name,
                column.key,
                shown.kpi.key if shown else None,
                shown.unit if shown else None,
                tile.value,
                tile.index,
                tile.reason.value if tile.reason else None,
                *coverage,
                tile.delta,
            )
