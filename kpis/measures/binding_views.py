"""Pages on one KPI of one project: where it comes from, what it is measured against, and its values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.forms import carried_out
from coe.core.http import signed_in, today
from coe.core.listing import listing
from kpis.measures import services, suggestions
from kpis.measures.forms import BaselineForm, BindingForm, CorrectionForm, RemovalForm, TargetForm, ValueForm
from kpis.measures.models import Binding, Kpi, KpiVersion, Observation
from kpis.measures.queries import definition_on, readings_as_of, versions_on
from projects.catalog.models import Project

SORTS = {
    "observed": ["observed_at", "step", "run_started_at", "run_id"],
    "value": ["value"],
    "recorded": ["recorded_at"],
}
_CSV = (
    *("observed_at", "value", "step", "run_id", "model_id", "version", "dataset_name", "dataset_digest"),
    *("author__name", "note", "evidence", "recorded_at", "superseded_at", "superseded_reason"),
)
_METHODS = ["GET", "HEAD", "POST"]


def get_binding(request: PersonRequest, slug: str, key: str) -> Binding:
    """The binding of that project and KPI. Raises `Binding.DoesNotExist` when the person may not know of it."""
    related = ("project__unit", "kpi", "experiment__source", "model__source")
    return Binding.objects.visible_to(request.user).select_related(*related).get(project__slug=slug, kpi__key=key)


@signed_in
@require_safe
def binding(request: PersonRequest, slug: str, key: str) -> HttpResponseBase:
    shown = get_binding(request, slug, key)
    person, day = request.user, today()
    may_read = access.may(person, "figures.read", shown)
    rows = _observations(request, shown) if may_read else Observation.objects.none()
    found = listing(rows, request.GET, sorts=SORTS, default="-observed", per_page=25)
    if request.GET.get("format") == "csv":
        return csv_response(f"{slug}-{key}.csv", _CSV, _csv_rows(found.rows))
    withheld = frozenset() if may_read else frozenset({shown.pk})
    definition = definition_on(shown.kpi, day)
    may_edit = access.may(person, "project.edit", shown.project)
    context = {
        **found.context(),
        **_heading(shown, definition),
        "reading": readings_as_of([shown.pk], [day], withheld_ids=withheld)[shown.pk, day],
        "bound": shown.experiment or shown.model,
        "may_read": may_read,
        "may_edit": may_edit,
        "may_govern": access.may(person, "project.govern", shown.project),
        "may_enter": shown.origin == "entered" and (may_edit or access.may(person, "observation.enter", shown.project)),
        "baselines": shown.baselines.select_related("author").order_by("-effective_from") if may_read else [],
        "targets": shown.targets.select_related("author").order_by("-effective_from") if may_read else [],
        "all": "all" in request.GET,
    }
    return render(request, "measures/binding.html", context)


def _observations(request: PersonRequest, binding: Binding) -> QuerySet[Observation]:
    rows = Observation.objects.filter(binding=binding).select_related("author")
    return rows if "all" in request.GET else rows.filter(superseded_at=None)


def _csv_rows(rows: QuerySet[Observation]) -> Iterator[list[Any]]:
    for row in rows.values_list(*_CSV).iterator(chunk_size=1000):
        value = row[1] if row[1] is None or math.isfinite(row[1]) else str(row[1])
        yield [row[0], value, *row[2:]]


def _heading(binding: Binding, definition: KpiVersion | None = None) -> dict[str, Any]:
    definition = definition or definition_on(binding.kpi, today())
    return {
        "binding": binding,
        "definition": definition,
        "crumbs": [{"label": binding.project.name, "url": binding.project.get_absolute_url()}],
    }


@signed_in
@require_http_methods(_METHODS)
def bind(request: PersonRequest, slug: str) -> HttpResponseBase:
    project = Project.objects.visible_to(request.user).select_related("unit").get(slug=slug)
    access.require(request.user, "project.edit", project)
    seen = suggestions.seen_in(project)
    free = Kpi.objects.visible_to(request.user).filter(is_archived=False).exclude(bindings__project=project)
    by_pk = dict(free.values_list("pk", "key"))
    names = versions_on(by_pk, [today()])
    kpis = sorted(((by_pk[pk], versions[0].name) for pk, versions in names.items()), key=lambda choice: choice[1])
    initial = {name: request.GET.get(name, "") for name in ("kpi", "where", "metric_key")}
    form = BindingForm(request.POST or None, seen=seen, kpis=kpis, initial=initial)
    if request.method == "POST" and carried_out(
        form,
        lambda: services.create_binding(
            actor=request.user, project_slug=slug, kpi_key=form.cleaned_data["kpi"], **form.parts()
        ),
    ):
        messages.success(request, "The KPI is added. Set its baseline and its target next.")
        return redirect("measures:binding", slug, form.cleaned_data["kpi"])
    context = {
        "project": project,
        "form": form,
        "any_kpi": bool(kpis),
        "proposals": suggestions.proposals(project, seen),
        "crumbs": [{"label": project.name, "url": project.get_absolute_url()}],
        "cancel_url": project.get_absolute_url(),
        "submit": "Add the KPI",
    }
    return render(request, "measures/bind.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(_METHODS)
def binding_edit(request: PersonRequest, slug: str, key: str) -> HttpResponseBase:
    shown = get_binding(request, slug, key)
    access.require(request.user, "project.edit", shown.project)
    seen = suggestions.seen_in(shown.project)
    form = BindingForm(request.POST or None, seen=seen, kpis=[], binding=shown, initial=BindingForm.initial_of(shown))
    return _form_page(
        request,
        shown,
        form,
        lambda: services.change_binding(actor=request.user, binding_id=shown.pk, **_whole(form.parts())),
        heading="Where it comes from",
        done="Saved. Its values were gathered anew.",
        extra={"may_remove": access.may(request.user, "project.govern", shown.project)},
    )


def _whole(parts: dict[str, Any]) -> dict[str, Any]:
    """All parts, so that those which the form leaves out go back to nothing."""
    return {**services.PARTS, **parts}


@signed_in
@require_http_methods(_METHODS)
def remove(request: PersonRequest, slug: str, key: str) -> HttpResponseBase:
    shown = get_binding(request, slug, key)
    access.require(request.user, "project.govern", shown.project)
    form = RemovalForm(request.POST or None)
    count = shown.observations.count()
    return _form_page(
        request,
        shown,
        form,
        lambda: services.remove_binding(actor=request.user, binding_id=shown.pk, reason=form.cleaned_data["reason"]),
        heading="Take it off",
        done="The KPI is taken off the project.",
        extra={
            "danger": True,
            "submit": "Take it off",
            "warning": f"Its baselines, its targets and its {count:,} values go with it. This cannot be undone.",
        },
        to=shown.project.get_absolute_url(),
    )


@signed_in
@require_http_methods(_METHODS)
def baseline(request: PersonRequest, slug: str, key: str) -> HttpResponseBase:
    shown = get_binding(request, slug, key)
    access.require(request.user, "project.govern", shown.project)
    form = BaselineForm(request.POST or None)
    return _form_page(
        request,
        shown,
        form,
        lambda: services.set_baseline(actor=request.user, binding_id=shown.pk, **form.cleaned_data),
        heading="Set the baseline",
        done="The baseline is set.",
    )


@signed_in
@require_http_methods(_METHODS)
def target(request: PersonRequest, slug: str, key: str) -> HttpResponseBase:
    shown = get_binding(request, slug, key)
    access.require(request.user, "project.govern", shown.project)
    form = TargetForm(request.POST or None)
    return _form_page(
        request,
        shown,
        form,
        lambda: services.set_target(actor=request.user, binding_id=shown.pk, **form.cleaned_data),
        heading="Set the target",
        done="The target is set.",
    )


@signed_in
@require_http_methods(_METHODS)
def enter(request: PersonRequest, slug: str, key: str) -> HttpResponseBase:
    shown = get_binding(request, slug, key)
    access.require(request.user, "observation.enter", shown.project)
    form = ValueForm(request.POST or None)
    return _form_page(
        request,
        shown,
        form,
        lambda: services.enter_observation(actor=request.user, binding_id=shown.pk, **form.cleaned_data),
        heading="Enter a value",
        done="The value is entered.",
    )


@signed_in
@require_http_methods(_METHODS)
def correct(request: PersonRequest, slug: str, key: str, pk: int) -> HttpResponseBase:
    shown = get_binding(request, slug, key)
    access.require(request.user, "observation.enter", shown.project)
    access.require(request.user, "figures.read", shown)
    old = shown.observations.get(pk=pk)
    form = CorrectionForm(request.POST or None, initial={"value": old.value, "evidence": old.evidence})
    return _form_page(
        request,
        shown,
        form,
        lambda: services.correct_observation(actor=request.user, observation_id=pk, **form.cleaned_data),
        heading="Correct a value",
        done="The value is corrected; the old one stays readable.",
        extra={"old": old},
    )


def _form_page(
    request: PersonRequest,
    binding: Binding,
    form: forms.BaseForm,
    verb: Callable[[], object],
    *,
    heading: str,
    done: str,
    extra: dict[str, Any] | None = None,
    to: str = "",
) -> HttpResponseBase:
    """Show `form`; when it is sent and `verb` accepts it, say `done` and go to the binding's page (or `to`)."""
    page = binding.get_absolute_url()
    if request.method == "POST" and carried_out(form, verb):
        messages.success(request, done)
        return redirect(to or page)
    shown = _heading(binding)
    crumbs = [*shown["crumbs"], {"label": shown["definition"].name, "url": page}]
    context = {**shown, "crumbs": crumbs, "form": form, "heading": heading, "cancel_url": page, **(extra or {})}
    return render(request, "measures/form.html", context, status=422 if form.errors else 200)
