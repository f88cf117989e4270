from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Case, Q, When
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from coe.core.csv_out import csv_response
from coe.core.http import signed_in
from kpis.measures.bounds import bounds_of
from kpis.measures.models import Binding, Kpi
from kpis.measures.queries import readings_of
from kpis.reports import boards, comparison, facts
from kpis.reports.asked import day_context, page_day
from kpis.reports.audiences import Audience, audience_of
from kpis.reports.days import compared_with, trend_days
from kpis.reports.forms import KpiFilter
from kpis.reports.packing import Short
from kpis.reports.queries import address
from kpis.reports.tiles import Tile, reading_tile
from projects.catalog.models import Project, Stage

PER_PAGE = 50
MOST_COMPARED = 8
NOTHING = Short(None, None, None)


@dataclass(frozen=True)
class Entry:
    """A project on the KPI's page, before its trend is read."""

    binding_id: int
    slug: str
    name: str
    unit: str
    stage: str
    short: Short

    @property
    def stage_label(self) -> str:
        return Stage(self.stage).label


@signed_in
@require_safe
def kpi(request: HttpRequest, key: str) -> HttpResponseBase:
    """All projects on one KPI."""
    day = page_day(request)
    definitions = facts.definitions_of(Kpi.objects.visible_to(request.user).filter(key=key))
    definition = definitions.one(day)
    found = definition.kpi
    audience = audience_of(request.user)
    form = KpiFilter(request.GET or None)
    entries = _entries(request.user, audience, found, day, form)
    sort = request.GET.get("sort", "") if request.GET.get("sort", "").removeprefix("-") in SORTS else "-index"
    entries = _sorted(entries, sort)
    if request.GET.get("format") == "csv":
        return csv_response(f"{key}-{day.isoformat()}.csv", KPI_CSV, _kpi_csv(entries, day, definition.unit))
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "reports/kpi.html",
        {
            **day_context(request, day),
            "kpi": found,
            "definition": definition,
            "filter_form": form,
            "page_obj": page,
            "sort": sort,
            "tiles": _tiles(audience, list(page.object_list), definitions, day),
            "compared": compared_with(day),
            "crumbs": [{"label": "KPIs", "url": "/kpis/"}],
        },
    )


def _entries(person: Any, audience: Audience, kpi: Kpi, day: date, form: KpiFilter) -> list[Entry]:
    bound = Binding.objects.filter(kpi=kpi, project__in=Project.objects.visible_to(person))
    if form.is_valid():
        if unit := form.cleaned_data["unit"]:
            bound = bound.filter(project__unit__lineage__contains=[unit.pk])
        if stage := form.cleaned_data["stage"]:
            bound = bound.filter(project__stage=stage)
    bound = bound.filter(~facts.retired_by(day, "project"))
    rows = bound.values_list("pk", "project__slug", "project__name", "project__unit__name", "project__stage")
    readings = boards.readings_for(audience, [day])[day]
    return [Entry(*row, readings.get(row[0], NOTHING)) for row in rows]


# What is missing stands at the end, whichever way the list is turned.
SORTS: dict[str, Callable[[Entry], Any]] = {
    "project": lambda entry: entry.name.lower(),
    "unit": lambda entry: entry.unit.lower(),
    "stage": lambda entry: Stage.values.index(entry.stage),
    "value": lambda entry: entry.short.value,
    "index": lambda entry: entry.short.index,
}


def _sorted(entries: list[Entry], sort: str) -> list[Entry]:
    key = SORTS[sort.removeprefix("-")]
    entries = sorted(entries, key=lambda entry: (entry.name.lower(), entry.slug))
    known = sorted((e for e in entries if key(e) is not None), key=key, reverse=sort.startswith("-"))
    return known + [e for e in entries if key(e) is None]


def _tiles(
    audience: Audience, entries: Sequence[Entry], definitions: facts.Definitions, day: date
) -> list[tuple[Entry, Tile]]:
    days, compared, definition = trend_days(day), compared_with(day), definitions.one(day)
    ids = [entry.binding_id for entry in entries]
    bounds = bounds_of(Binding.objects.filter(pk__in=ids), audience.withheld) if ids else []
    readings = readings_of(bounds, days, versions=definitions.versions)
    begun = facts.since({bound.id: readings[bound.id, day] for bound in bounds}, bounds, day)
    return [
        (
            entry,
            reading_tile(
                [readings.get((entry.binding_id, each)) for each in days],
                days,
                compared,
                definition,
                address("reports:explain_project", entry.slug, definition.kpi.key, as_of=day),
                begun.get(entry.binding_id),
            ),
        )
        for entry in entries
    ]


KPI_CSV = ("as_of", "project", "name", "business_unit", "stage", "unit_of_measure", "value", "index", "reason")


def _kpi_csv(entries: Sequence[Entry], day: date, unit: str) -> Iterator[Sequence[Any]]:
    for entry in entries:
        short = entry.short
        why = short.reason.value if short.reason else None
        yield day, entry.slug, entry.name, entry.unit, entry.stage, unit, short.value, short.index, why


@signed_in
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Any projects side by side, and what of them cannot be compared."""
    day = page_day(request)
    slugs = list(dict.fromkeys(_named(slug) for slug in request.GET.getlist("p") if slug))[:MOST_COMPARED]
    visible = Project.objects.visible_to(request.user)
    by_slug = {project.slug: project for project in visible.filter(slug__in=slugs).select_related("unit")}
    # Who may not know of one of them learns no more than that there is no such project.
    unknown = next((slug for slug in slugs if slug not in by_slug), None)
    if unknown is not None:
        raise Project.DoesNotExist(unknown)
    projects = [by_slug[slug] for slug in slugs]
    words, choices = _named(request.GET.get("add", "")), []
    if words:
        choices = list(_matches(visible, words, slugs))
        if len(choices) == 1 and len(slugs) < MOST_COMPARED:
            return HttpResponseRedirect(_with(request, [*slugs, choices[0].slug]))
    side_by_side = comparison.compare(request.user, projects, day) if projects else None
    return render(
        request,
        "reports/compare.html",
        {
            **day_context(request, day),
            "projects": [(project, _with(request, [s for s in slugs if s != project.slug])) for project in projects],
            "comparison": side_by_side,
            "words": words,
            "choices": [(project, _with(request, [*slugs, project.slug])) for project in choices],
            "is_full": len(slugs) >= MOST_COMPARED,
            "suggestions": visible.exclude(slug__in=slugs).filter(bindings__isnull=False).distinct()[:200],
            "compared": compared_with(day),
        },
    )


def _named(text: str) -> str:
    """What the URL names, without the NUL that PostgreSQL cannot be asked for."""
    return text.replace("\x00", "").strip()[:120]


def _matches(visible: Any, words: str, slugs: Sequence[str]) -> Sequence[Project]:
    others = visible.exclude(slug__in=slugs).select_related("unit")
    called = others.filter(Q(slug=words.lower()) | Q(name__iexact=words))
    called = list(called.order_by(Case(When(slug=words.lower(), then=0), default=1), "name", "pk")[:2])
    exact = [project for project in called if project.slug == words.lower()]
    if exact or len(called) == 1:
        return (exact or called)[:1]
    return list(others.matching(words)[:12])


def _with(request: HttpRequest, slugs: Sequence[str]) -> str:
    asked = [("p", slug) for slug in slugs]
    if as_of := request.GET.get("as_of"):
        asked.append(("as_of", as_of))
    return reverse("reports:compare") + (f"?{urlencode(asked)}" if asked else "")
