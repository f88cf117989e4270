"""The page of the models that touch the reader."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from coe.accounts.http import PersonRequest
from coe.core.csv_out import csv_response
from coe.core.http import signed_in
from coe.core.listing import listing
from projects.modelpages import mine as lists
from projects.modelpages import services
from projects.modelpages.forms import MineFilter

PER_PAGE = 24


@signed_in
@require_safe
def mine(request: PersonRequest) -> HttpResponseBase:
    form = MineFilter(request.GET)
    form.is_valid()
    found = lists.touching(request.user, form.cleaned_data.get("why") or "")
    if words := form.cleaned_data.get("q"):
        found = found.filter(name__icontains=words)
    shown = listing(found, request.GET, sorts=lists.SORTS, per_page=PER_PAGE)
    if request.GET.get("format") == "csv":
        return csv_response("models-that-touch-me.csv", lists.CSV, lists.csv_rows(shown.rows, request.user))
    cards = lists.cards(list(shown.page), request.user)
    context = {
        **shown.context(),
        "filter_form": form,
        "cards": cards,
        "unseen": any(one.changes for one in cards if one.facts.mine),
        "is_narrowed": bool(request.GET.get("q") or request.GET.get("why")),
    }
    return render(request, "modelpages/mine.html", context)


@signed_in
@require_POST
def seen(request: PersonRequest) -> HttpResponseBase:
    """What changed in the models that the person uses has been seen."""
    services.mark_seen(actor=request.user)
    messages.success(request, "Noted. From now on you see what changes from here on.")
    return redirect("modelpages:mine")
