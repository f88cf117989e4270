"""`{% project_kpis project %}`: the KPI panel that a project's page shows."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import Http404

from coe.core import access
from coe.core.http import today
from kpis.measures.models import Binding
from kpis.reports import facts
from kpis.reports.asked import page_day
from kpis.reports.audiences import audience_of
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
    columns = columns_on(facts.definitions(), day)
    row = project_rows(audience_of(request.user), [project], columns, trend_days(day))[0]
    urls = {
        binding.kpi_id: binding.get_absolute_url()
        for binding in Binding.objects.filter(project=project).select_related("kpi", "project")
    }
    return {
        "project": project,
        "may_bind": access.may(request.user, "project.edit", project),
        "as_of": day,
        "compared": compared_with(day),
        "rows": [
            (column, tile, urls[column.kpi_id])
            for column, tile in zip(columns, row.tiles, strict=True)
            if column.kpi_id in urls
        ],
    }
