from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from coe.accounts import queries, unit_services
from coe.accounts.forms import UnitForm
from coe.accounts.http import PersonRequest
from coe.accounts.models import BusinessUnit
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.core.models import Event


@signed_in
@require_safe
def units(request: PersonRequest) -> HttpResponseBase:
    found, people = queries.units_with_people(request.user)
    if request.GET.get("format") == "csv":
        by_id = {unit.pk: unit for unit in found}
        rows = (
            [unit.slug, unit.name, " / ".join(by_id[pk].name for pk in unit.lineage), people[unit.pk]]
            for _, unit in queries.in_tree_order(found)
        )
        return csv_response("units.csv", ["slug", "name", "path", "people"], rows)
    words = request.GET.get("q", "").lower().split()[:8]
    matching = [unit for unit in found if all(word in f"{unit.name} {unit.slug}".lower() for word in words)]
    context = {
        "branches": queries.tree(matching, people),
        "count": len(matching),
        "q": request.GET.get("q", "")[:200],
        "may_manage": access.may(request.user, "unit.manage"),
    }
    return render(request, "accounts/units.html", context)


@signed_in
@require_safe
def unit(request: PersonRequest, slug: str) -> HttpResponseBase:
    shown = BusinessUnit.objects.visible_to(request.user).get(slug=slug)
    people = queries.people(request.user, unit=shown).filter(is_active=True)
    context = {
        "unit": shown,
        "crumbs": [
            {"label": "Units", "url": "/units/"},
            *({"label": above.name, "url": above.get_absolute_url()} for above in queries.path_of(shown)),
        ],
        "children": shown.children.all(),
        "leads": queries.leads_of(shown),
        "people": people[:50],
        "people_count": people.count(),
        "may_manage": access.may(request.user, "unit.manage", shown),
        "events": Event.objects.about(shown).select_related("actor")[:10],
    }
    return render(request, "accounts/unit.html", context)


@signed_in
def new_unit(request: PersonRequest) -> HttpResponseBase:
    access.require(request.user, "unit.manage")
    initial = {"parent": request.GET.get("parent", "")}
    form = UnitForm(request.POST or None, viewer=request.user, initial=initial)
    made: list[BusinessUnit] = []
    if request.method == "POST" and carried_out(
        form, lambda: made.append(unit_services.create_unit(actor=request.user, **form.cleaned_data))
    ):
        messages.success(request, f"{made[0].name} is created.")
        return redirect(made[0])
    context = {"form": form, "submit": "Create", "heading": "New unit", "cancel_url": "/units/"}
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


@signed_in
def edit_unit(request: PersonRequest, slug: str) -> HttpResponseBase:
    shown = BusinessUnit.objects.visible_to(request.user).select_related("parent").get(slug=slug)
    access.require(request.user, "unit.manage", shown)
    initial = {"name": shown.name, "parent": shown.parent and shown.parent.slug}
    form = UnitForm(request.POST or None, viewer=request.user, initial=initial)
    if request.method == "POST" and carried_out(
        form, lambda: unit_services.change_unit(slug=slug, actor=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Saved.")
        return redirect(shown)
    context = {
        "form": form,
        "heading": f"Change {shown}",
        "cancel_url": shown.get_absolute_url(),
        "warning": "Moving a unit takes its sub-units along and changes the figures of the units above, past ones too.",
    }
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)
