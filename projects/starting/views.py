"""Start: a new team gets its catalog entry and the lines of Python that log a run under it; then the page waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coe.accounts.http import PersonRequest
from coe.accounts.queries import leads_of
from coe.core import access
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.onboarding.models import Enrolment
from coe.onboarding.start_lines import python_lines, register_lines
from projects.catalog.models import Project
from projects.starting import servers, services
from projects.starting.forms import StartForm
from projects.starting.services import Started
from projects.tracking.models import Run, Source
from projects.tracking.services import request_sync

MOST_RUNS = 5


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: PersonRequest) -> HttpResponseBase:
    """Four fields, and the team is in the catalog and on its path. Who may not add projects is told who can."""
    if not access.may(request.user, "project.create"):
        leads = leads_of(request.user.unit) if request.user.unit else []
        return render(request, "starting/ask_lead.html", {"leads": leads})
    unit = request.user.unit.slug if request.user.unit else None
    form = StartForm(request.POST or None, viewer=request.user, initial={"unit": unit})
    made: list[Started] = []
    if request.method == "POST" and carried_out(form, lambda: made.append(_start(request, form.cleaned_data))):
        messages.success(request, f"“{made[0].project.name}” is in the catalog.")
        return redirect("starting:started", made[0].project.slug)
    return render(request, "starting/start.html", {"form": form}, status=422 if form.errors else 200)


def _start(request: PersonRequest, asked: dict[str, Any]) -> Started:
    members = [person.pk for person in asked.pop("members")]
    return services.start_project(actor=request.user, members=members, **asked)


def _project(request: PersonRequest, slug: str) -> Project:
    """The project of the address, for its team. Raises 404 for whoever may not know of it, 403 for others."""
    found = Project.objects.visible_to(request.user).select_related("unit", "owner").filter(slug=slug).first()
    if found is None:
        raise Http404("There is no such project.")
    access.require(request.user, "project.edit", found)
    return found


@dataclass(frozen=True)
class Arrived:
    """What came in under a project: its newest runs, and the source that is read next."""

    runs: list[Run]
    source: Source | None


def _arrived(request: PersonRequest, project: Project, source: Source | None) -> Arrived:
    runs = Run.objects.visible_to(request.user).filter(experiment__project=project, missing_since=None)
    newest = runs.select_related("source", "experiment").order_by("-started_at", "-pk")[:MOST_RUNS]
    return Arrived(list(newest), source)


@signed_in
@require_safe
def started(request: PersonRequest, slug: str) -> HttpResponse:
    """The lines to copy, and the wait for the first run."""
    project = _project(request, slug)
    sources = servers.offered(project, request.user)
    chosen = servers.chosen(sources, request.GET.get("source"))
    enrolments = Enrolment.objects.active().filter(
        person=request.user,
        team__subject_type=ContentType.objects.get_for_model(Project),
        team__subject_id=project.pk,
    )
    context = {
        "project": project,
        "sources": sources,
        "chosen": chosen,
        "lines": python_lines(tracking_url=_address(chosen), slug=project.slug, experiment=project.slug)
        if chosen
        else "",
        "more_lines": register_lines(slug=project.slug, model=project.slug),
        "arrived": _arrived(request, project, chosen),
        "enrolment": enrolments.select_related("path").first(),
        "may_sync": chosen is not None and access.may(request.user, "source.sync", chosen),
        "waits_at": reverse("starting:runs", args=[project.slug]),
    }
    return render(request, "starting/started.html", context)


@signed_in
@require_safe
def runs(request: PersonRequest, slug: str) -> HttpResponse:
    """The part of the page that waits: the newest runs, or that none has arrived yet."""
    project = _project(request, slug)
    chosen = servers.chosen(servers.offered(project, request.user), request.GET.get("source"))
    arrived = _arrived(request, project, chosen)
    context = {"project": project, "arrived": arrived, "waits_at": request.path, "chosen": chosen}
    return render(request, "starting/_runs.html", context)


@signed_in
@require_POST
def look(request: PersonRequest, slug: str) -> HttpResponseBase:
    """Have the server read now, and wait on."""
    project = _project(request, slug)
    asked = request.POST.get("source")
    named = next((one for one in servers.offered(project, request.user) if one.name == asked), None)
    if named is None:
        messages.error(request, "There is no such MLflow server any more.")
        return redirect("starting:started", project.slug)
    request_sync(actor=request.user, name=named.name)
    messages.success(request, "It is being read. This page looks by itself.")
    return redirect(reverse("starting:started", args=[project.slug]) + f"?source={named.name}")


def _address(source: Source | None) -> str:
    """Where people reach the server, which can be another address than the one that Cairn uses."""
    return (source.public_url or source.url) if source else ""
