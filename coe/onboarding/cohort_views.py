"""For leads and the centre: where people stand on paths, where they are stuck, what was done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from coe.accounts.forms import UnitField, offer_units
from coe.accounts.http import PersonRequest
from coe.accounts.models import BusinessUnit, Person
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.http import signed_in
from coe.core.listing import listing
from coe.onboarding import cohorts
from coe.onboarding.models import Enrolment
from coe.onboarding.views import LIST
from coe.paths.models import Path

SORTS = {
    "late": ["next_due", "person__name"],
    "name": ["person__name"],
    "done": ["done_steps"],
    "since": ["started_on"],
    "waits": ["next_since"],
}
STATES = {"": "On the way", "done": "Done", "left": "Left", "all": "All"}


class CohortFilter(forms.Form):
    unit = UnitField(label="Unit", required=False, empty="All units")
    days = forms.ChoiceField(
        label="Began",
        required=False,
        choices=[("", "Ever"), ("90", "In the last 90 days"), ("365", "In the last year")],
    )

    def __init__(self, data: Any, *, viewer: Person) -> None:
        super().__init__(data)
        offer_units(self, "unit", viewer)

    def chosen_unit(self) -> BusinessUnit | None:
        """The unit, or None when there is none or a wrong one."""
        found = self.cleaned_data.get("unit") if self.is_valid() else None
        return found if isinstance(found, BusinessUnit) else None


@signed_in
@require_safe
def overview(request: PersonRequest) -> HttpResponseBase:
    """All paths: who is on them, who got where, in how many days."""
    access.require(request.user, "onboarding.cohort")
    form, unit, days, rows = _asked(request)
    by_unit = request.GET.get("by") == "unit"
    table = cohorts.table(rows, by_unit=by_unit)
    if request.GET.get("format") == "csv":
        return csv_response("onboarding.csv", _COLUMNS, (_line(row) for row in table))
    context = {
        "form": form,
        "table": table,
        "totals": cohorts.totals(rows),
        "by_unit": by_unit,
        "unit": unit,
        "days": days,
        "query": _query(request, by_unit=by_unit),
        "crumbs": [LIST],
    }
    return render(request, "onboarding/cohorts.html", context)


@signed_in
@require_safe
def cohort(request: PersonRequest, slug: str) -> HttpResponseBase:
    """One path: who stands before which step and for how long, and the people."""
    access.require(request.user, "onboarding.cohort")
    path = Path.objects.visible_to(request.user).filter(slug=slug).first()
    if path is None:
        raise Http404("There is no such path.")
    form, _unit, _days, rows = _asked(request)
    places = cohorts.places(rows, path)
    state = request.GET.get("state", "")
    people = rows.filter(path=path).select_related("person", "unit", "team")
    people = people if state == "all" else people.filter(state=state if state in ("done", "left") else "active")
    at = request.GET.get("at", "")
    if at:
        people = people.filter(next_key=at)
    shown = listing(people, request.GET, sorts=SORTS)
    if request.GET.get("format") == "csv":
        return csv_response(f"onboarding-{slug}.csv", _PEOPLE, (_person(one) for one in shown.rows.iterator(2000)))
    titles = {place.step.key: place.step.title for place in places}
    for one in shown.page:
        one.__dict__["next_title"] = titles.get(one.next_key, one.next_key)
    context = {
        **shown.context(),
        "form": form,
        "path": path,
        "places": places,
        "most": max((place.standing for place in places), default=0),
        "slowest": cohorts.slowest(places),
        "totals": cohorts.totals(rows.filter(path=path)),
        "states": STATES,
        "state": state,
        "at": titles.get(at, ""),
        "query": _query(request),
        "crumbs": [LIST, {"label": "Where people stand", "url": reverse("onboarding:cohorts")}],
    }
    return render(request, "onboarding/cohort.html", context)


def _asked(request: PersonRequest) -> tuple[CohortFilter, BusinessUnit | None, str, Any]:
    form = CohortFilter(request.GET, viewer=request.user)
    unit = form.chosen_unit()
    days, since = cohorts.period(request.GET.get("days", ""))
    return form, unit, days, cohorts.seen_by(request.user, unit=unit, since=since)


def _query(request: HttpRequest, *, by_unit: bool = False) -> str:
    """The filters as they stand, for links that keep them."""
    kept = request.GET.copy()
    for name in ("format", "page", "by", "at"):
        kept.pop(name, None)
    if by_unit:
        kept["by"] = "unit"
    return kept.urlencode()


_COLUMNS = [
    *("path", "unit", "began", "on the way", "done", "left", "late"),
    *("median days to first run", "median days to first production model"),
]


def _line(row: cohorts.Row) -> list[Any]:
    counts = [row.began, row.active, row.done, row.left, row.late]
    return [row.path.slug, row.unit, *counts, row.days_to_run, row.days_to_production]


_PEOPLE = [
    *("person", "unit", "team", "state", "started on", "done", "of", "next step", "next by"),
    *("first run at", "first production model at", "ended at"),
]


def _person(one: Enrolment) -> list[Any]:
    who = [one.person.email, one.unit.name if one.unit else "", one.team.name if one.team else ""]
    where = [one.state, one.started_on, one.done_steps, one.all_steps, one.next_key, one.next_due]
    return [*who, *where, one.first_run_at, one.first_production_at, one.ended_at]
