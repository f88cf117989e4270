"""`{% project_kpis project %}`: the KPI panel that a project's page shows."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import Http404
from django.urls import reverse

from coe.core import access
from coe.core.http import today
from kpis.measures.bounds import bounds_of
from kpis.measures.models import Binding
from kpis.reports import facts
from kpis.reports.asked import page_day
from kpis.reports.days import compared_with, trend_days
from kpis.reports.queries import columns_on, project_rows
from projects.catalog.models import Project

register = template.Library()


@register.inclusion_tag("reports/_project_kpis.html", takes_context=True)
def project_kpis(context: dict[str, Any], project: Project) -> dict[str, Any]:
    """The project's readings as of the page's day, as the reader may read them.

    The page found the project by `visible_to`.
    """
    request = context["request"]
    try:
        day = page_day(request)
    except Http404:
        day = today()
    definitions = facts.definitions()
    columns = columns_on(definitions, day)
    may_read = access.may(request.user, "project.confidential", project)
    bounds = bounds_of(Binding.objects.filter(project=project), hold_back=not may_read)
    row = project_rows(bounds, [project], columns, definitions, trend_days(day))[0]
    bound = {one.kpi_id for one in bounds}
    return {
        "project": project,
        "may_bind": access.may(request.user, "project.edit", project),
        "as_of": day,
        "compared": compared_with(day),
        "rows": [
            (column, tile, reverse("measures:binding", args=[project.slug, column.key]))
            for column, tile in zip(columns, row.tiles, strict=True)
            if column.kpi_id in bound
        ],
    }
