from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.forms import carried_out
from coe.core.http import signed_in, today
from coe.core.listing import listing
from projects.catalog import overview, rules, services, stages
from projects.catalog.forms import MemberForm, MoveForm, NewProjectForm, ProjectFilter, StatusForm
from projects.catalog.models import Member, Project, Stage
from projects.catalog.queries import SORTS
from projects.catalog.timelines import events_of

_CSV = (
    *("slug", "name", "summary", "unit", "stage", "owner", "owner_email", "sponsor", "status", "techniques", "domains"),
    *("delivery", "effort", "value", "annual_value", "currency", "risk", "visibility", "updated_at"),
)
# Long texts that the list does not show.
_LONG = ("problem", "problem_html", "decision", "search_text")


@signed_in
@require_safe
def projects(request: PersonRequest) -> HttpResponseBase:
    form = ProjectFilter(request.GET, viewer=request.user)
    # A filter that is wrong is said beside it and left out; the others hold.
    form.is_valid()
    found = Project.objects.visible_to(request.user).wanted(form.cleaned_data).with_orders()
    if request.GET.get("format") == "csv":
        rows = listing(found, request.GET, sorts=SORTS).rows
        return csv_response("projects.csv", _CSV, _csv_rows(rows.select_related("unit", "owner", "sponsor")))
    shown = listing(found.select_related("unit", "owner").defer(*_LONG), request.GET, sorts=SORTS)
    context = {
        **shown.context(),
        "filter_form": form,
        "search_query": form.cleaned_data.get("q", ""),
        "may_create": access.may(request.user, "project.create"),
    }
    return render(request, "catalog/projects.html", context)


def _csv_rows(rows: Any) -> Iterator[list[Any]]:
    for one in rows.iterator(chunk_size=1000):
        yield [
            *(one.slug, one.name, one.summary, one.unit.slug, one.stage, one.owner.name, one.owner.email),
            *(one.sponsor, one.latest_status, "; ".join(one.techniques), "; ".join(one.domains), one.delivery),
            *(one.effort, one.value, one.annual_value, one.currency, one.risk_tier, one.visibility, one.updated_at),
        ]


def get_project(request: PersonRequest, slug: str) -> Project:
    """The project of that slug. Raises `Project.DoesNotExist` when the person may not know of it."""
    visible = Project.objects.visible_to(request.user).select_related("unit", "owner", "sponsor")
    theirs = Member.objects.filter(project=OuterRef("pk"), person=request.user)
    project: Project = overview.with_latest_status(visible).annotate(is_member=Exists(theirs)).get(slug=slug)
    rules.keep_membership(project, request.user, is_member=project.__dict__["is_member"])
    return project


def allowed(request: PersonRequest, project: Project) -> dict[str, bool]:
    """What the page offers to do, each decided by the rule of its verb."""
    return {action: access.may(request.user, f"project.{action}", project) for action in ("edit", "govern", "override")}


@signed_in
@require_safe
def project(request: PersonRequest, slug: str) -> HttpResponseBase:
    shown = get_project(request, slug)
    moves = list(shown.moves.select_related("owner"))
    steps = [(move.after, move.on) for move in moves]
    days = stages.days_in_stages(steps, today())
    entered = {move.after: move for move in moves}
    context = {
        "project": shown,
        "may": allowed(request, shown),
        "contacts": overview.contacts_of(shown),
        "mirrored": overview.mirrored_of(shown),
        "track": [
            {"stage": stage, "here": stage == shown.stage, "days": days.get(stage), "move": entered.get(stage)}
            for stage in Stage
        ],
        "overrides": [move for move in moves if move.is_override],
        "status": overview.latest_status_of(shown),
        "events": events_of(shown).select_related("actor")[:10],
    }
    return render(request, "catalog/project.html", context)


def people_of(project: Project) -> list[tuple[str, list[Member]]]:
    """The members by responsibility, in the order of the responsibilities."""
    found: dict[str, list[Member]] = {}
    for member in project.members.select_related("person").order_by("responsibility", "person__name"):
        found.setdefault(member.get_responsibility_display(), []).append(member)
    return list(found.items())


@signed_in
def new(request: PersonRequest) -> HttpResponseBase:
    access.require(request.user, "project.create")
    form = NewProjectForm(request.POST or None, viewer=request.user, initial={"unit": request.GET.get("unit", "")})
    made: list[Project] = []
    if request.method == "POST" and carried_out(
        form, lambda: made.append(services.create_project(actor=request.user, **form.cleaned_data))
    ):
        messages.success(request, f"{made[0].name} is in the catalog.")
        return redirect(made[0])
    return render(request, "catalog/new.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
def move(request: PersonRequest, slug: str) -> HttpResponseBase:
    shown = get_project(request, slug)
    if not access.may(request.user, "project.override", shown):
        access.require(request.user, "project.govern", shown)
    form = MoveForm(request.POST or None, viewer=request.user, project=shown)
    if request.method == "POST" and carried_out(
        form, lambda: services.move_stage(slug=slug, actor=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Moved.")
        return redirect(shown)
    moves = list(shown.moves.select_related("actor", "owner"))
    spans = stages.spans([(one.after, one.on) for one in moves], today())
    context = {"project": shown, "form": form, "history": list(zip(moves, spans, strict=True))[::-1]}
    return render(request, "catalog/move.html", context, status=422 if form.errors else 200)


@signed_in
def members(request: PersonRequest, slug: str) -> HttpResponseBase:
    shown = get_project(request, slug)
    form = MemberForm(request.POST or None)
    if request.method == "POST":
        access.require(request.user, "project.govern", shown)
        if carried_out(form, lambda: services.add_member(slug=slug, actor=request.user, **form.cleaned_data)):
            messages.success(request, "Added.")
            return redirect("catalog:members", slug=slug)
    context = {"project": shown, "form": form, "people": people_of(shown), "may": allowed(request, shown)}
    return render(request, "catalog/members.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def remove_member(request: PersonRequest, slug: str, member_id: int) -> HttpResponseBase:
    services.remove_member(slug=slug, actor=request.user, member_id=member_id)
    messages.success(request, "Taken off the list.")
    # Whoever stepped down from a project for members alone cannot see it any more.
    still = Project.objects.visible_to(request.user).filter(slug=slug).exists()
    return redirect("catalog:members", slug=slug) if still else redirect("catalog:projects")


@signed_in
def status(request: PersonRequest, slug: str) -> HttpResponseBase:
    shown = get_project(request, slug)
    if request.method == "POST":
        access.require(request.user, "project.edit", shown)
    form = StatusForm(request.POST or None)
    if request.method == "POST" and carried_out(
        form, lambda: services.give_status(slug=slug, actor=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Said.")
        return redirect(shown)
    given = listing(shown.status_updates.select_related("author"), request.GET, sorts={"at": ["-created_at"]})
    context = {**given.context(), "project": shown, "form": form, "may": allowed(request, shown)}
    return render(request, "catalog/status.html", context, status=422 if form.errors else 200)


@signed_in
@require_safe
def timeline(request: PersonRequest, slug: str) -> HttpResponseBase:
    shown = get_project(request, slug)
    found = listing(events_of(shown).select_related("actor"), request.GET, sorts={"at": ["-at"]})
    return render(request, "catalog/timeline.html", {**found.context(), "project": shown})
