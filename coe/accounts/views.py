from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from coe.accounts import queries, services
from coe.accounts.forms import GrantForm, PeopleFilter, PersonForm
from coe.accounts.http import PersonRequest
from coe.accounts.models import Person
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.core.listing import listing
from coe.core.models import Event

SORTS = {"name": ["name"], "email": ["email"], "unit": ["unit__name", "name"]}


@signed_in
@require_safe
def people(request: PersonRequest) -> HttpResponseBase:
    form = PeopleFilter(request.GET, viewer=request.user)
    form.is_valid()
    wanted = form.cleaned_data
    found = queries.people(request.user, words=wanted.get("q", ""), unit=wanted.get("unit"))
    accounts = wanted.get("is_active", "")
    if accounts != "all":
        found = found.filter(is_active=accounts != "no")
    shown = listing(found, request.GET, sorts=SORTS)
    if request.GET.get("format") == "csv":
        header = ["name", "email", "title", "unit", "roles", "account"]
        return csv_response("people.csv", header, _csv_rows(shown.rows))
    context = {**shown.context(), "filter_form": form, "may_add": access.may(request.user, "person.manage")}
    return render(request, "accounts/people.html", context)


def _csv_rows(rows: Any) -> Iterator[list[Any]]:
    for person in rows.iterator(chunk_size=500):
        roles = "; ".join(str(grant) for grant in person.grants.all())
        state = "open" if person.is_active else "closed"
        yield [person.name, person.email, person.title, person.unit, roles, state]


@signed_in
@require_safe
def person(request: PersonRequest, pk: int) -> HttpResponseBase:
    shown = queries.people(request.user).get(pk=pk)
    return _person_page(request, shown)


def _person_page(request: PersonRequest, shown: Person, form: GrantForm | None = None) -> HttpResponseBase:
    manages = access.may(request.user, "person.manage", shown)
    may_grant = manages or bool(queries.units_to_grant_in(request.user))
    grants = [{"grant": grant, "may_revoke": services.may_revoke(request.user, grant)} for grant in shown.grants.all()]
    context = {
        "person": shown,
        "grants": grants,
        "grant_form": (form or GrantForm(giver=request.user)) if may_grant and shown.is_active else None,
        "manages": manages,
        "events": Event.objects.about(shown).select_related("actor")[:10] if manages else [],
    }
    return render(request, "accounts/person.html", context, status=422 if form and form.errors else 200)


@signed_in
def new_person(request: PersonRequest) -> HttpResponseBase:
    access.require(request.user, "person.manage")
    form = PersonForm(request.POST or None, viewer=request.user)
    made: list[Person] = []
    if request.method == "POST" and carried_out(
        form, lambda: made.append(services.add_person(actor=request.user, **form.cleaned_data))
    ):
        messages.success(request, f"{made[0].name} is added. Ask them to choose a password with “Forgot password”.")
        return redirect(made[0])
    context = {"form": form, "submit": "Add", "heading": "Add a person"}
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


@signed_in
def edit_person(request: PersonRequest, pk: int) -> HttpResponseBase:
    shown = queries.people(request.user).get(pk=pk)
    access.require(request.user, "person.manage", shown)
    initial = {"name": shown.name, "email": shown.email, "title": shown.title, "unit": shown.unit and shown.unit.slug}
    form = PersonForm(request.POST or None, viewer=request.user, initial=initial)
    if request.method == "POST" and carried_out(
        form, lambda: services.change_person(person_id=pk, actor=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Saved.")
        return redirect(shown)
    context = {"form": form, "heading": f"Change {shown}", "cancel_url": shown.get_absolute_url()}
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def deactivate(request: PersonRequest, pk: int) -> HttpResponseBase:
    shown = services.deactivate_person(person_id=pk, actor=request.user)
    messages.success(request, f"The account of {shown} is closed. Sessions and API tokens have ended.")
    return redirect(shown)


@signed_in
@require_POST
def reactivate(request: PersonRequest, pk: int) -> HttpResponseBase:
    shown = services.reactivate_person(person_id=pk, actor=request.user)
    messages.success(request, f"The account of {shown} is open again.")
    return redirect(shown)


@signed_in
@require_POST
def grant(request: PersonRequest, pk: int) -> HttpResponseBase:
    shown = queries.people(request.user).get(pk=pk)
    # A lead of some unit may give roles in it; where and which ones, the verb decides.
    if not queries.units_to_grant_in(request.user):
        access.require(request.user, "person.manage", shown)
    form = GrantForm(request.POST, giver=request.user)
    if carried_out(form, lambda: services.grant_role(person_id=pk, actor=request.user, **form.cleaned_data)):
        messages.success(request, f"{shown} has the role now.")
        return redirect(shown)
    return _person_page(request, shown, form)


@signed_in
@require_POST
def revoke(request: PersonRequest, pk: int, grant_id: int) -> HttpResponseBase:
    services.revoke_grant(person_id=pk, grant_id=grant_id, actor=request.user)
    messages.success(request, "The role is taken away.")
    return redirect("accounts:person", pk=pk)
