"""Pages on KPIs and the metric dictionary, and the import of values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Count, DateField, F, OuterRef, Q, QuerySet, Subquery, When
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.errors import Refused
from coe.core.forms import carried_out
from coe.core.http import signed_in, today
from coe.core.listing import listing
from kpis.measures import services
from kpis.measures.forms import ImportForm, KpiFilter, KpiForm, MetricFilter
from kpis.measures.importing import import_observations
from kpis.measures.models import Category, Direction, Kpi, KpiVersion, MetricName, RollUp, Unit
from kpis.measures.suggestions import suggestions_for
from projects.catalog.models import Project
from projects.tracking.models import Source

KPI_SORTS = {
    "category": ["category", "position", "key"],
    "name": ["name"],
    "place": ["position", "key"],
    "projects": ["projects", "name"],
}
METRIC_SORTS = {
    "runs": ["runs", "key"],
    "key": ["key"],
    "source": ["source__name", "key"],
    "experiments": ["experiments", "key"],
}
_FIELDS = ("name", "sentence", "category", "unit", "direction", "roll_up", "cadence_days", "valid_min", "valid_max")


@signed_in
@require_safe
def kpis(request: PersonRequest) -> HttpResponseBase:
    form = KpiFilter(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    found = with_definition(request).filter(is_archived=wanted.get("archived") == "yes")
    if words := wanted.get("q", "").strip():
        found = found.filter(Q(name__icontains=words) | Q(key__icontains=words))
    if wanted.get("category"):
        found = found.filter(category=wanted["category"])
    shown = listing(found, request.GET, sorts=KPI_SORTS)
    if request.GET.get("format") == "csv":
        header = ["key", *_FIELDS, "projects"]
        return csv_response("kpis.csv", header, shown.rows.values_list(*header).iterator())
    for one in shown.page.object_list:
        _name_choices(one)
    context = {**shown.context(), "filter_form": form, "may_define": access.may(request.user, "kpi.define")}
    return render(request, "measures/kpis.html", context)


def with_definition(request: PersonRequest) -> QuerySet[Any]:
    """The KPIs with the fields of today's definition, and the number of visible projects that bind them, in one
    query.
    """
    # In force today, newest first; a KPI that only begins later shows its first one.
    begun = Case(When(effective_from__lte=today(), then=F("effective_from")), default=None, output_field=DateField())
    versions = KpiVersion.objects.filter(kpi=OuterRef("pk")).order_by(begun.desc(nulls_last=True), "effective_from")
    fields = {name: Subquery(versions.values(name)[:1]) for name in _FIELDS}
    projects = Count(
        "bindings", filter=Q(bindings__project__in=Project.objects.visible_to(request.user)), distinct=True
    )
    found: QuerySet[Any] = Kpi.objects.visible_to(request.user).annotate(**fields, projects=projects)
    return found


def _name_choices(one: Any) -> None:
    """Give a row of the list its choices in words."""
    for name, choices in (("category", Category), ("unit", Unit), ("direction", Direction), ("roll_up", RollUp)):
        setattr(one, f"{name}_label", choices(getattr(one, name)).label)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def kpi_new(request: PersonRequest) -> HttpResponseBase:
    access.require(request.user, "kpi.define")
    form = KpiForm(request.POST or None)
    made: list[Kpi] = []
    if request.method == "POST" and carried_out(
        form, lambda: made.append(services.define_kpi(actor=request.user, **form.cleaned_data))
    ):
        messages.success(request, f"{form.cleaned_data['name']} is defined. Projects can bind it now.")
        return redirect("measures:kpis")
    context = {"form": form, "submit": "Define", "cancel_url": reverse("measures:kpis")}
    return render(request, "measures/kpi_new.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def kpi_edit(request: PersonRequest, key: str) -> HttpResponseBase:
    kpi = Kpi.objects.visible_to(request.user).get(key=key)
    access.require(request.user, "kpi.define", kpi)
    if request.method == "POST" and "archive" in request.POST:
        services.archive_kpi(actor=request.user, key=key, archived=not kpi.is_archived)
        messages.success(request, f"{key} is {'brought back' if kpi.is_archived else 'archived'}.")
        return redirect("measures:kpis")
    latest = kpi.versions.order_by("-effective_from")[0]
    initial = {name: getattr(latest, name) for name in _FIELDS}
    form = KpiForm(request.POST or None, kpi=kpi, initial={**initial, "effective_from": today()})
    if request.method == "POST" and carried_out(form, lambda: _redefine(request, key, form)):
        messages.success(
            request, f"Saved. {form.cleaned_data['name']} holds from {form.cleaned_data['effective_from']}."
        )
        return redirect("measures:kpi_edit", key)
    context = {
        "kpi": kpi,
        "name": latest.name,
        "form": form,
        "submit": "Change the definition",
        "cancel_url": reverse("measures:kpis"),
        "versions": kpi.versions.select_related("author").order_by("-effective_from"),
    }
    return render(request, "measures/kpi_edit.html", context, status=422 if form.errors else 200)


def _redefine(request: PersonRequest, key: str, form: KpiForm) -> None:
    fields = dict(form.cleaned_data)
    position = fields.pop("position")
    with transaction.atomic():
        services.redefine_kpi(actor=request.user, key=key, **fields)
        services.place_kpi(actor=request.user, key=key, position=position)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def metrics(request: PersonRequest) -> HttpResponseBase:
    access.require(request.user, "metric.map")
    if request.method == "POST":
        return _decide(request)
    sources = Source.objects.visible_to(request.user)
    form = MetricFilter(request.GET, sources=list(sources.values_list("name", "label")))
    form.is_valid()
    shown = listing(_metrics(form.cleaned_data, sources), request.GET, sorts=METRIC_SORTS, default="-runs")
    if request.GET.get("format") == "csv":
        return csv_response("metrics.csv", ["source", "metric", "runs", "experiments", "kpi"], _metric_rows(shown.rows))
    rows = list(shown.page.object_list)
    suggested = suggestions_for(row.key for row in rows if row.kpi_id is None and not row.is_ignored)
    kpis = Kpi.objects.visible_to(request.user).filter(is_archived=False).values_list("key", flat=True)
    context = {
        **shown.context(),
        "filter_form": form,
        "rows": [(row, suggested.get(row.key, "")) for row in rows],
        "kpis": list(kpis),
        "suggested": len(suggested),
    }
    return render(request, "measures/metrics.html", context)


def _metrics(wanted: dict[str, Any], sources: QuerySet[Source]) -> QuerySet[MetricName]:
    found = MetricName.objects.filter(source__in=sources).select_related("source", "kpi", "decided_by")
    if wanted.get("q"):
        found = found.filter(key__icontains=wanted["q"])
    if wanted.get("source"):
        found = found.filter(source__name=wanted["source"])
    state = wanted.get("state", "")
    if state == "mapped":
        found = found.exclude(kpi=None)
    elif state == "ignored":
        found = found.filter(is_ignored=True)
    elif state == "":
        found = found.filter(kpi=None, is_ignored=False)
    return found


def _metric_rows(rows: QuerySet[MetricName]) -> Iterator[list[Any]]:
    for row in rows.iterator(chunk_size=1000):
        kpi = "no KPI" if row.is_ignored else row.kpi.key if row.kpi else ""
        yield [row.source.name, row.key, row.runs, row.experiments, kpi]


def _decide(request: PersonRequest) -> HttpResponseBase:
    """Carry out what was chosen on the page: for each metric a KPI, "-" for none of them, or nothing. All or
    nothing.
    """
    chosen = {
        int(name.removeprefix("metric-")): value
        for name, value in request.POST.items()
        if name.startswith("metric-") and name.removeprefix("metric-").isdecimal() and len(name) < 26 and value
    }
    with transaction.atomic():
        for metric_id, value in sorted(chosen.items()):
            if value == "-":
                services.ignore_metric(actor=request.user, metric_id=metric_id)
            elif value == "?":
                services.ignore_metric(actor=request.user, metric_id=metric_id, ignored=False)
            else:
                services.map_metric(actor=request.user, metric_id=metric_id, kpi_key=str(value))
    if chosen:
        messages.success(request, f"{len(chosen)} metric name{'s' if len(chosen) > 1 else ''} decided.")
    else:
        messages.warning(request, "Nothing was chosen.")
    return redirect(request.get_full_path())


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def import_values(request: PersonRequest) -> HttpResponseBase:
    form = ImportForm(request.POST or None, request.FILES or None)
    result, wrong = None, []
    if request.method == "POST" and form.is_valid():
        write = form.cleaned_data["write"]
        try:
            content = form.cleaned_data["file"].read()
            result = import_observations(actor=request.user, content=content, dry_run=not write)
        except ValidationError as error:
            wrong = error.messages
        except Refused as error:
            wrong = [error.message]
        if result is not None and write:
            messages.success(request, f"{result.added} values added, {result.corrected} corrected.")
            return redirect("measures:import")
    context = {"form": form, "result": result, "wrong": wrong, "submit": "Go on"}
    return render(request, "measures/import.html", context, status=422 if form.errors or wrong else 200)
