"""The pages of who is on a path: their list, the newcomer's page, one step."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from coe.accounts.http import PersonRequest
from coe.core import access, helpdesk
from coe.core.http import signed_in
from coe.onboarding import shown, verifying
from coe.onboarding.forms import DoneForm
from coe.onboarding.models import Enrolment, Team
from coe.paths.models import Path, Step

LIST = {"label": "Onboarding", "url": "/onboarding/"}


def found(request: PersonRequest, pk: int) -> Enrolment:
    """The enrolment of the address. Raises 404 for whoever may not know of it."""
    rows = Enrolment.objects.visible_to(request.user).select_related(
        "path", "edition", "person", "team", "team__lead", "unit", "mentor", "mentor__person"
    )
    one: Enrolment | None = rows.filter(pk=pk).first()
    if one is None:
        raise Http404("There is no such path of anybody.")
    return one


def crumbs(one: Enrolment, *, inside: bool = False) -> list[dict[str, str]]:
    """From the list of paths to the person's page, the page itself aside unless `inside`."""
    return [LIST, {"label": one.path.title, "url": one.get_absolute_url()}] if inside else [LIST]


@signed_in
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """One's own paths, those one guides, and those one can begin."""
    rows = Enrolment.objects.select_related("path", "person", "team", "unit")
    mine = list(rows.filter(person=request.user).order_by("state", "-created_at"))
    guides = Q(mentor__person=request.user) | Q(team__lead=request.user)
    guided = list(rows.active().filter(guides).exclude(person=request.user).order_by("next_due", "pk")[:50])
    on = {one.path_id for one in mine if one.state == Enrolment.State.ACTIVE}
    paths = Path.objects.visible_to(request.user).filter(is_archived=False, editions__state="published").distinct()
    context = {
        "mine": mine,
        "guided": guided,
        "paths": [path for path in paths.order_by("audience", "level", "title") if path.pk not in on],
        "teams": list(Team.objects.filter(Q(lead=request.user) | Q(members=request.user)).distinct()),
        "sees_cohorts": access.may(request.user, "onboarding.cohort"),
    }
    return render(request, "onboarding/home.html", context)


@signed_in
@require_safe
def enrolment(request: PersonRequest, pk: int) -> HttpResponse:
    """The newcomer's page: the next step first."""
    one = found(request, pk)
    journey = shown.journey_of(one, request.user)
    context = {**page_context(request, one), "journey": journey, "crumbs": crumbs(one)}
    upcoming = journey.next
    if upcoming is not None and context["may_go"]:
        context["form"] = DoneForm(step=upcoming.line.step)
    context["lacks"] = _lacks(journey, upcoming)
    return render(request, "onboarding/enrolment.html", context)


@signed_in
@require_safe
def part(request: PersonRequest, pk: int) -> HttpResponseBase:
    """What a page that waits for Cairn asks: nothing to say, or to load itself anew because a step changed."""
    one = found(request, pk)
    journey = shown.journey_of(one, request.user)
    if request.GET.get("seen", "") == journey.fingerprint:
        return HttpResponse(status=204)
    return HttpResponse(status=200, headers={"HX-Refresh": "true"})


@signed_in
@require_safe
def step(request: PersonRequest, pk: int, key: str) -> HttpResponse:
    """One step: what to do, what became of it."""
    one = found(request, pk)
    journey = shown.journey_of(one, request.user)
    each = step_of(journey, key)
    context = {**page_context(request, one), "journey": journey, "one": each, "crumbs": crumbs(one, inside=True)}
    if context["may_go"] and each.line.standing in ("next", "open"):
        context["form"] = DoneForm(step=each.line.step)
    context["lacks"] = _lacks(journey, each)
    return render(request, "onboarding/step.html", context)


def _lacks(journey: shown.Journey, each: shown.Shown | None) -> str:
    """Why Cairn does not see an open step yet; nothing where there is nothing to see, or it is just about to."""
    if each is None or each.check is None or each.line.standing not in ("next", "open"):
        return ""
    finding = verifying.look(journey.way, each.line.step)
    return "" if finding is None or finding.is_so else finding.why


def step_of(journey: shown.Journey, key: str) -> shown.Shown:
    """The step of the address. Raises 404 for one that is not on this person's way."""
    each = journey.step(key)
    if each is None:
        raise Http404("There is no such step on this path.")
    return each


def page_context(request: HttpRequest, one: Enrolment) -> dict[str, Any]:
    """What all pages of one enrolment show beside their content."""
    person = request.user
    is_active = one.state == Enrolment.State.ACTIVE
    return {
        "enrolment": one,
        "is_mine": one.person_id == person.pk,
        "may_go": is_active and access.may(person, "onboarding.go", one),
        "may_guide": is_active and access.may(person, "onboarding.guide", one),
        "can_ask": helpdesk.is_open(),
        "kinds": Step.Kind,
        "waits_at": reverse("onboarding:part", args=[one.pk]),
    }
