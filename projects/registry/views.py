"""Pages about a source's registry: its webhook, which versions open handoffs, orders of aliases, and drift."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.core.listing import Listing, listing
from projects.registry import services, states
from projects.registry.forms import OpeningForm, OrderFilter, ReasonForm
from projects.registry.models import AliasOrder, Drift, Hook
from projects.tracking.models import Source

SORTS = {"asked": ["asked_at"], "model": ["managed__model__name", "managed__alias"], "by": ["asked_by__name"]}
DRIFT_SORTS = {"found": ["found_at"], "model": ["managed__model__name", "managed__alias"], "state": ["state"]}
RELATED = ("managed__model__source", "managed__model__project__unit")


@signed_in
@require_safe
def registry(request: PersonRequest, name: str) -> HttpResponseBase:
    return _page(request, Source.objects.visible_to(request.user).get(name=name))


def _page(request: PersonRequest, source: Source, form: OpeningForm | None = None) -> HttpResponseBase:
    filters = OrderFilter(request.GET)
    show, words = filters.chosen()
    known: Any = Drift.objects if show == "drift" else AliasOrder.objects
    found = known.visible_to(request.user).filter(managed__model__source=source).select_related(*RELATED)
    if words:
        found = found.filter(Q(managed__model__name__icontains=words) | Q(managed__alias__icontains=words))
    shown = _drifts(found, request) if show == "drift" else _orders(found, request, show)
    if request.GET.get("format") == "csv":
        return _csv(show, shown.rows)
    hook = Hook.objects.filter(source=source).first()
    manages = access.may(request.user, "hook.manage", source)
    form = form or OpeningForm(hook=hook)
    context = {
        **shown.context(),
        "source": source,
        "hook": hook,
        "opening": services.opening(hook or Hook()),
        "form": form if manages else None,
        "filter_form": filters,
        "show": show,
        "shows": OrderFilter.SHOWS,
        "rows": _rows(request, show, shown),
        "crumbs": [{"label": "Sources", "url": "/sources/"}, {"label": str(source), "url": source.get_absolute_url()}],
    }
    return render(request, "registry/registry.html", context, status=422 if form.errors else 200)


def _orders(found: QuerySet[AliasOrder], request: PersonRequest, show: str) -> Listing[Any]:
    found = found.select_related("asked_by")
    if show == "waiting":
        found = found.filter(state=AliasOrder.State.WAITING)
    return listing(found, request.GET, sorts=SORTS, default="-asked")


def _drifts(found: QuerySet[Drift], request: PersonRequest) -> Listing[Any]:
    return listing(found.select_related("decided_by"), request.GET, sorts=DRIFT_SORTS, default="-found")


def _rows(request: PersonRequest, show: str, shown: Listing[Any]) -> list[dict[str, Any]]:
    things = list(shown.page)
    if show == "drift":
        return [{"drift": one, "may_decide": access.may(request.user, "alias.decide", one)} for one in things]
    return [
        {"state": state, "may_decide": access.may(request.user, "alias.decide", state.order)}
        for state in states.state_of(things)
    ]


def _csv(show: str, rows: QuerySet[Any]) -> HttpResponseBase:
    if show == "drift":
        header = ["model", "alias", "expected version", "found version", "found", "state", "decided by", "reason"]
        return csv_response("drift.csv", header, _drift_lines(rows))
    header = ["model", "alias", "version", "state", "asked by", "asked", "reason", "tries", "error", "applied"]
    return csv_response("alias-orders.csv", header, _order_lines(rows))


def _order_lines(rows: QuerySet[AliasOrder]) -> Iterator[list[Any]]:
    for one in rows.iterator(chunk_size=500):
        decided = [one.asked_by.name, one.asked_at, one.reason, one.attempts, one.error, one.applied_at]
        yield [one.managed.model.name, one.managed.alias, one.version, one.state, *decided]


def _drift_lines(rows: QuerySet[Drift]) -> Iterator[list[Any]]:
    for one in rows.iterator(chunk_size=500):
        by = one.decided_by.name if one.decided_by else ""
        stands = [one.expected_version, one.found_version, one.found_at, one.state, by, one.reason]
        yield [one.managed.model.name, one.managed.alias, *stands]


@signed_in
@require_POST
def opening(request: PersonRequest, name: str) -> HttpResponseBase:
    source = Source.objects.visible_to(request.user).get(name=name)
    access.require(request.user, "hook.manage", source)
    form = OpeningForm(request.POST, hook=Hook.objects.filter(source=source).first())
    if carried_out(form, lambda: services.set_opening(source=source, actor=request.user, **form.cleaned_data)):
        messages.success(request, "Saved. It holds for versions made from now on.")
        return redirect("registry:registry", name=name)
    return _page(request, source, form)


@signed_in
@require_POST
def retry_order(request: PersonRequest, name: str, pk: int) -> HttpResponseBase:
    known = AliasOrder.objects.visible_to(request.user).filter(managed__model__source__name=name)
    order = services.retry_order(order=known.get(pk=pk), actor=request.user)
    messages.success(request, "It is tried now.")
    if request.POST.get("back") == "registry":
        return redirect("registry:registry", name=name)
    return redirect(order.managed.model.versions_url + "#aliases")


@signed_in
def record_drift(request: PersonRequest, name: str, pk: int) -> HttpResponseBase:
    def verb(drift: Drift, form: ReasonForm) -> object:
        version, given = form.seen_version()
        reason = form.cleaned_data["reason"]
        return services.record_drift(
            drift=drift, actor=request.user, reason=reason, found_version=version, found_given=given
        )

    return _decide(request, name, pk, verb, "Keep {alias} on {found}", "Recorded. It is expected there from now on.")


@signed_in
def put_back(request: PersonRequest, name: str, pk: int) -> HttpResponseBase:
    def verb(drift: Drift, form: ReasonForm) -> object:
        return services.put_back(drift=drift, actor=request.user, reason=form.cleaned_data["reason"])

    return _decide(
        request, name, pk, verb, "Put {alias} back on {expected}", "Decided. MLflow is asked to put it back."
    )


def _decide(
    request: PersonRequest, name: str, pk: int, verb: Callable[[Drift, ReasonForm], object], heading: str, said: str
) -> HttpResponseBase:
    known = Drift.objects.visible_to(request.user).filter(managed__model__source__name=name)
    drift = known.select_related(*RELATED).get(pk=pk)
    access.require(request.user, "alias.decide", drift)
    form = ReasonForm(request.POST or None, initial={"seen": drift.found_version or "none"})
    if request.method == "POST" and carried_out(form, lambda: verb(drift, form)):
        messages.success(request, said)
        return redirect(drift.get_absolute_url())
    places = {"found": states.where(drift.found_version), "expected": states.where(drift.expected_version)}
    model = drift.managed.model
    context = {
        "drift": drift,
        "form": form,
        "heading": heading.format(alias=drift.managed.alias, **places),
        "cancel_url": drift.get_absolute_url(),
        "crumbs": [
            {"label": str(model.source), "url": reverse("registry:registry", args=[name])},
            {"label": model.name, "url": model.get_absolute_url()},
        ],
    }
    return render(request, "registry/decide.html", context, status=422 if form.errors else 200)
