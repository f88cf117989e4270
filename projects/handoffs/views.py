"""The pages of handoffs that are read: the lists, one handoff, and the form that opens one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.core.listing import listing
from coe.core.models import Event
from projects.handoffs import items, overview, services
from projects.handoffs import listing as lists
from projects.handoffs.forms import CommentForm, HandoffFilter, ModelForm, NewHandoffForm, approvers, may_open_for
from projects.handoffs.models import Handoff, State
from projects.tracking.models import RegisteredModel


@signed_in
@require_safe
def handoffs(request: PersonRequest) -> HttpResponseBase:
    form = HandoffFilter(request.GET, viewer=request.user)
    form.is_valid()
    turns = lists.turns(request.user)
    turn = request.GET.get("turn", "")
    if turn not in {one.key for one in turns}:
        # Whoever has something to do sees that first.
        turn = "all" if request.GET else next((one.key for one in turns if one.count), "all")
    found = lists.narrowed(lists.of_turn(request.user, turn), form.cleaned_data)
    shown = listing(
        found.with_all().with_newest(), request.GET, sorts=lists.SORTS, default="-waiting" if turn == "all" else ""
    )
    if request.GET.get("format") == "csv":
        return csv_response("handoffs.csv", lists.CSV, lists.csv_rows(shown.rows))
    context = {
        **shown.context(),
        "filter_form": form,
        "turns": turns,
        "turn": turn,
        "is_narrowed": any(request.GET.get(name) for name in ("q", "unit", "state", "checklist", "age", "stale")),
        "reviewers": approvers() if turn in ("submit", "review", "accept") else None,
    }
    return render(request, "handoffs/handoffs.html", context)


@signed_in
@require_POST
def reassign_many(request: PersonRequest) -> HttpResponseBase:
    """Give the chosen handoffs of a list to one reviewer: all of them or none."""
    ids = [int(one) for one in request.POST.getlist("handoff") if one.isascii() and one.isdigit() and len(one) < 19]
    reviewer = approvers().filter(email=request.POST.get("reviewer", "")).first()
    if not ids or reviewer is None:
        messages.error(request, "Choose at least one handoff, and who shall review them.")
    else:
        n = services.reassign_many(handoff_ids=ids, actor=request.user, reviewer=reviewer)
        messages.success(request, f"{n} handoff{'' if n == 1 else 's'} given to {reviewer}.")
    return redirect("handoffs:handoffs")


def get_handoff(request: PersonRequest, pk: int) -> Handoff:
    """The handoff with what its pages show. Raises `Handoff.DoesNotExist` when the person may not know of it."""
    found: Handoff = Handoff.objects.visible_to(request.user).with_all().with_newest().get(pk=pk)
    return found


@signed_in
@require_safe
def handoff(request: PersonRequest, pk: int) -> HttpResponseBase:
    shown = get_handoff(request, pk)
    return page(request, shown)


def page(request: PersonRequest, shown: Handoff, *, status: int = 200, **more: Any) -> HttpResponseBase:
    """The handoff's page; verbs that were refused show it again with what was typed."""
    rows = items.standings(shown)
    context = {
        "handoff": shown,
        "groups": overview.groups(rows),
        "progress": overview.progress(rows),
        "score": items.score(shown.edition, rows),
        "may": overview.allowed(request.user, shown, rows),
        "turn": overview.whose_turn(shown, rows),
        "predecessor": overview.predecessor(request.user, shown, rows),
        "successor": overview.successor(request.user, shown),
        "reports": overview.reports(shown),
        "comments": shown.comments.select_related("author"),
        "returned": shown.decisions.filter(kind="returned").last() if shown.state == State.RETURNED else None,
        "events": Event.objects.about(shown).select_related("actor")[:12],
        "comment_form": CommentForm(),
        **more,
    }
    return render(request, "handoffs/handoff.html", context, status=status)


@signed_in
def new(request: PersonRequest) -> HttpResponseBase:
    """First the model, then the rest; a model's page links to the second step."""
    models = may_open_for(request.user)
    asked = request.GET.get("model", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        return render(request, "handoffs/choose.html", {"form": ModelForm(models=models), "any": models.exists()})
    model = RegisteredModel.objects.visible_to(request.user).select_related("project__unit", "source").get(pk=asked)
    access.require(request.user, "handoff.open", model.project)
    initial = {
        "receiving_unit": model.project.unit.slug if model.project else "",
        "model_version": request.GET.get("version"),
    }
    form = NewHandoffForm(request.POST or None, viewer=request.user, model=model, initial=initial)
    made: list[Handoff] = []
    if request.method == "POST" and carried_out(
        form, lambda: made.append(services.open_handoff(actor=request.user, **form.cleaned_data))
    ):
        messages.success(request, "Opened. Its automatic checks have run; now answer what only you know.")
        return redirect(made[0])
    return render(request, "handoffs/new.html", {"form": form, "model": model}, status=422 if form.errors else 200)
