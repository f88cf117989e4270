"""The pages by which people come onto paths: for oneself, a team, somebody else or a unit; and teams."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coe.accounts.http import PersonRequest
from coe.accounts.models import Person
from coe.core import access
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.guides import about
from coe.onboarding import services
from coe.onboarding.forms import EnrolForm, TeamForm
from coe.onboarding.models import Enrolment, Team
from coe.onboarding.views import LIST
from coe.paths.models import Path

reads_and_writes = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@reads_and_writes
def enrol(request: PersonRequest) -> HttpResponseBase:
    """Begin a path."""
    paths = Path.objects.visible_to(request.user).filter(is_archived=False, editions__state="published").distinct()
    chosen = paths.filter(slug=request.GET.get("path", "")).first()
    form = EnrolForm(
        request.POST or None,
        viewer=request.user,
        paths=paths,
        initial={"path": chosen.slug if chosen else None, "team": request.GET.get("team")},
    )
    made: list[Enrolment] = []
    if request.method == "POST" and carried_out(form, lambda: made.extend(_enrol(request.user, form.cleaned_data))):
        own = next((one for one in made if one.person_id == request.user.pk), None)
        if own is not None:
            messages.success(request, "You are on the path. This comes first:")
            return redirect(own)
        messages.success(request, f"{len(made)} {'person is' if len(made) == 1 else 'people are'} on the path now.")
        return redirect(made[0] if len(made) == 1 else "onboarding:home")
    context = {"form": form, "chosen": chosen, "crumbs": [LIST]}
    return render(request, "onboarding/enrol.html", context, status=422 if form.errors else 200)


def _enrol(actor: Person, asked: dict[str, Any]) -> list[Enrolment]:
    common = {"actor": actor, "path": asked["path"].slug, "experience": asked["experience"]}
    if asked.get("unit"):
        return services.enrol_unit(**common, unit=asked["unit"])
    if asked.get("team"):
        return services.enrol_team(**common, team_id=asked["team"].pk)
    person = asked.get("person")
    return [services.enrol(**common, person_id=person.pk if person else None)]


@signed_in
@reads_and_writes
def new_team(request: PersonRequest) -> HttpResponseBase:
    form = TeamForm(request.POST or None, viewer=request.user, lead=request.user)
    made: list[Team] = []

    def verb() -> None:
        members = [person.pk for person in form.cleaned_data["members"]]
        made.append(services.make_team(actor=request.user, name=form.cleaned_data["name"], members=members))

    if request.method == "POST" and carried_out(form, verb):
        messages.success(request, "The team is there. Put it on a path.")
        return redirect(made[0])
    context = {"form": form, "crumbs": [LIST], "title": "A new team", "submit": "Begin the team"}
    return render(request, "onboarding/team_form.html", context, status=422 if form.errors else 200)


def _team(request: PersonRequest, pk: int) -> Team:
    found: Team | None = Team.objects.visible_to(request.user).select_related("lead", "unit").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such team.")
    return found


@signed_in
@require_safe
def team(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Who belongs to a team, what it works on, and where each stands."""
    found = _team(request, pk)
    rows = found.enrolments.select_related("path", "person").order_by("path__title", "person__name")
    context = {
        "team": found,
        "members": found.members.order_by("name"),
        "enrolments": list(rows),
        "subject": about.subject_of(request.user, found.subject_type_id, found.subject_id),
        "may_change": found.lead_id == request.user.pk or access.may(request.user, "onboarding.enrol", found.unit),
        "crumbs": [LIST],
    }
    return render(request, "onboarding/team.html", context)


@signed_in
@reads_and_writes
def edit_team(request: PersonRequest, pk: int) -> HttpResponseBase:
    found = _team(request, pk)
    if found.lead_id != request.user.pk:
        access.require(request.user, "onboarding.enrol", found.unit)
    members = found.members.exclude(pk=found.lead_id)
    initial = {"name": found.name, "members": list(members.values_list("pk", flat=True))}
    form = TeamForm(request.POST or None, viewer=request.user, lead=found.lead, initial=initial)

    def verb() -> object:
        chosen = [person.pk for person in form.cleaned_data["members"]]
        return services.change_team(team_id=pk, actor=request.user, name=form.cleaned_data["name"], members=chosen)

    if request.method == "POST" and carried_out(form, verb):
        messages.success(request, "Saved.")
        return redirect(found)
    crumbs = [LIST, {"label": found.name, "url": found.get_absolute_url()}]
    context = {"form": form, "crumbs": crumbs, "title": found.name, "submit": "Save"}
    return render(request, "onboarding/team_form.html", context, status=422 if form.errors else 200)
