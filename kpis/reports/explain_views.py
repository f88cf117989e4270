from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coe.accounts.models import BusinessUnit
from coe.core.http import signed_in
from kpis.measures.models import Kpi
from kpis.reports import explain, facts
from kpis.reports.asked import day_context, page_day
from kpis.reports.audiences import audience_of
from kpis.reports.days import compared_with
from kpis.reports.queries import address
from projects.catalog.models import Project

MEMBERS_A_PAGE = 100


@signed_in
@require_safe
def explain_project(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """A project's figure, down to the MLflow run."""
    day = page_day(request)
    project = Project.objects.visible_to(request.user).select_related("unit").get(slug=slug)
    definitions = facts.definitions_of(Kpi.objects.visible_to(request.user).filter(key=key))
    definition = definitions.one(day)
    figure = explain.project_figure(request.user, project, definitions, day)
    crumbs = [
        {"label": project.name, "url": project.get_absolute_url()},
        {"label": definition.name, "url": address("reports:kpi", key, as_of=day)},
    ]
    context = {**day_context(request, day), "figure": figure, "crumbs": crumbs, "compared": compared_with(day)}
    return render(request, "reports/explain_project.html", context)


@signed_in
@require_safe
def explain_unit(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """A unit's figure, down to the readings it is made of and the runs behind these."""
    day = page_day(request)
    unit = BusinessUnit.objects.visible_to(request.user).get(slug=slug)
    figure = explain.unit_figure(audience_of(request.user), unit, key, day)
    crumbs = [
        {"label": "Scoreboard", "url": address("reports:scoreboard", as_of=day)},
        {"label": unit.name, "url": address("reports:scoreboard_unit", unit.slug, as_of=day)},
    ]
    context = {
        **day_context(request, day),
        "figure": figure,
        "page_obj": Paginator(figure.members, MEMBERS_A_PAGE).get_page(request.GET.get("page")),
        "crumbs": crumbs,
        "compared": compared_with(day),
    }
    return render(request, "reports/explain_unit.html", context)
