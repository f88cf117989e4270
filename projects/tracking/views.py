"""Pages about sources and their syncs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.core.listing import listing
from coe.core.models import Event
from projects.tracking import health, services
from projects.tracking.forms import SourceForm
from projects.tracking.models import Source, Sync

SORTS = {"name": ["label", "name"], "last": ["last_good_sync_at"], "next": ["next_sync_at"]}
SHOWN_SYNCS = 10
PHASES = {
    "experiments": "Reading experiments",
    "experiments_gone": "Looking for vanished experiments",
    "runs": "Reading runs",
    "runs_gone": "Looking for vanished runs",
    "logged_models": "Reading logged models",
    "changed_models": "Reading models of changed runs",
    "logged_models_gone": "Looking for vanished logged models",
    "models": "Reading registered models",
    "versions": "Reading versions",
    "models_gone": "Looking for vanished models",
    "versions_gone": "Looking for vanished versions",
}


@signed_in
@require_safe
def sources(request: PersonRequest) -> HttpResponseBase:
    words = request.GET.get("q", "").strip()
    found = Source.objects.visible_to(request.user)
    if words:
        found = found.filter(label__icontains=words)
    shown = listing(found, request.GET, sorts=SORTS)
    if request.GET.get("format") == "csv":
        header = ["name", "label", "address", "workspace", "health", "last good sync", "last error", "every (minutes)"]
        return csv_response("sources.csv", header, _source_rows(shown.rows))
    now = timezone.now()
    rows = [{"source": source, "health": health.state(source, now)} for source in shown.page]
    context = {**shown.context(), "rows": rows, "words": words, "may_manage": access.may(request.user, "source.manage")}
    return render(request, "tracking/sources.html", context)


def _source_rows(found: Any) -> Iterator[list[Any]]:
    now = timezone.now()
    for source in found.iterator(chunk_size=500):
        state = health.state(source, now)
        yield [
            source.name,
            source.label,
            source.url,
            source.workspace,
            state.word,
            source.last_good_sync_at,
            source.last_error,
            source.interval_minutes,
        ]


@signed_in
@require_safe
def source(request: PersonRequest, name: str) -> HttpResponseBase:
    shown = Source.objects.visible_to(request.user).get(name=name)
    syncs = list(shown.syncs.select_related("asked_by")[:SHOWN_SYNCS])
    latest = next((one for one in syncs if one.state == Sync.State.DONE), None)
    manages = access.may(request.user, "source.manage", shown)
    context = {
        "source": shown,
        "health": health.state(shown, timezone.now()),
        "syncs": syncs,
        "running": next((one for one in syncs if one.state in (Sync.State.QUEUED, Sync.State.RUNNING)), None),
        "latest": latest,
        "may_sync": access.may(request.user, "source.sync", shown),
        "may_manage": manages,
        "counts": health.mirrored(shown),
        "events": Event.objects.about(shown).select_related("actor")[:10] if manages else [],
        "crumbs": [{"label": "Sources", "url": "/sources/"}],
    }
    return render(request, "tracking/source.html", context)


@signed_in
def new_source(request: PersonRequest) -> HttpResponseBase:
    access.require(request.user, "source.manage")
    form = SourceForm(request.POST or None)
    made: list[Source] = []
    if request.method == "POST" and carried_out(
        form, lambda: made.append(services.create_source(actor=request.user, **form.cleaned_data))
    ):
        messages.success(request, f"{made[0]} answers. Its first reading begins within a minute.")
        return redirect(made[0])
    context = {"form": form, "heading": "Connect an MLflow server", "submit": "Try and save", "cancel_url": "/sources/"}
    return render(request, "tracking/source_form.html", context, status=422 if form.errors else 200)


@signed_in
def edit_source(request: PersonRequest, name: str) -> HttpResponseBase:
    shown = Source.objects.visible_to(request.user).get(name=name)
    access.require(request.user, "source.manage", shown)
    initial = {field: getattr(shown, field) for field in services.FIELDS}
    form = SourceForm(request.POST or None, source=shown, initial=initial)
    if request.method == "POST" and carried_out(
        form, lambda: services.change_source(actor=request.user, name=name, **form.cleaned_data)
    ):
        messages.success(request, "Saved.")
        return redirect(shown)
    context = {
        "form": form,
        "heading": f"Change {Source.objects.get(pk=shown.pk)}",
        "submit": "Try and save",
        "cancel_url": shown.get_absolute_url(),
    }
    return render(request, "tracking/source_form.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def sync_now(request: PersonRequest, name: str) -> HttpResponseBase:
    started = services.request_sync(actor=request.user, name=name, is_full=request.POST.get("full") == "1")
    return redirect("tracking:sync", name=name, pk=started.pk)


@signed_in
@require_safe
def sync(request: PersonRequest, name: str, pk: int) -> HttpResponseBase:
    shown = Source.objects.visible_to(request.user).get(name=name)
    current = shown.syncs.select_related("asked_by").get(pk=pk)
    context = {
        "source": shown,
        "sync": current,
        "is_open": current.state in (Sync.State.QUEUED, Sync.State.RUNNING),
        "percent": current.counts.get("percent", 0),
        "doing": PHASES.get(current.phase, "Waiting for a worker"),
        "crumbs": [{"label": "Sources", "url": "/sources/"}, {"label": str(shown), "url": shown.get_absolute_url()}],
    }
    # The same view answers the page, and to htmx the part of it that moves.
    return render(request, "tracking/_progress.html" if request.htmx else "tracking/sync.html", context)  # type: ignore[attr-defined]  # set by django-htmx
