"""The pages that change a handoff: each calls one verb, and shows what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.errors import Refused
from coe.core.forms import carried_out
from coe.core.http import number_in, signed_in
from projects.handoffs import items, overview, services
from projects.handoffs.forms import AcceptForm, CommentForm, ReassignForm, ReturnForm, SummaryForm, WithdrawForm
from projects.handoffs.models import Handoff, State
from projects.handoffs.parts import newest_version
from projects.handoffs.views import get_handoff, page


def _seen(request: PersonRequest) -> int | None:
    """The version of the handoff that the person saw."""
    return number_in(request.POST.get("version", ""))


def _act(request: PersonRequest, pk: int, verb: Callable[[], object], said: str) -> HttpResponseBase:
    """Carry out a verb that needs no form; what it refuses is said on the handoff's page."""
    try:
        verb()
    except Refused as refused:
        return page(request, get_handoff(request, pk), status=409, refused=refused.message)
    messages.success(request, said)
    return redirect("handoffs:handoff", pk=pk)


@signed_in
@require_POST
def submit(request: PersonRequest, pk: int) -> HttpResponseBase:
    return _act(
        request,
        pk,
        lambda: services.submit(handoff_id=pk, actor=request.user, version=_seen(request)),
        "Submitted. The receiving team sees it now.",
    )


@signed_in
@require_POST
def review(request: PersonRequest, pk: int) -> HttpResponseBase:
    return _act(request, pk, lambda: services.start_review(handoff_id=pk, actor=request.user), "The review is yours.")


@signed_in
@require_POST
def checks(request: PersonRequest, pk: int) -> HttpResponseBase:
    key = request.POST.get("item", "")
    return _act(
        request,
        pk,
        lambda: services.run_checks(handoff_id=pk, actor=request.user, item_key=key),
        "The check has run." if key else "The checks have run.",
    )


def _form_page(
    request: PersonRequest,
    pk: int,
    form: Any,
    verb: Callable[[], object],
    *,
    said: str,
    template: str = "handoffs/act.html",
    **context: Any,
) -> HttpResponseBase:
    """A page with one form and one verb."""
    if request.method == "POST" and carried_out(form, verb):
        messages.success(request, said)
        return redirect("handoffs:handoff", pk=pk)
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)


@signed_in
def edit(request: PersonRequest, pk: int) -> HttpResponseBase:
    shown = get_handoff(request, pk)
    access.require(request.user, "handoff.answer", shown)
    form = SummaryForm(request.POST or None, initial={"summary": shown.summary, "version": shown.version})
    return _form_page(
        request,
        pk,
        form,
        lambda: services.edit_handoff(handoff_id=pk, actor=request.user, **form.cleaned_data),
        said="Saved.",
        handoff=shown,
        title="What changes",
        submit="Save",
    )


@signed_in
def withdraw(request: PersonRequest, pk: int) -> HttpResponseBase:
    shown = get_handoff(request, pk)
    access.require(request.user, "handoff.answer", shown)
    form = WithdrawForm(request.POST or None)
    return _form_page(
        request,
        pk,
        form,
        lambda: services.withdraw(handoff_id=pk, actor=request.user, **form.cleaned_data),
        said="Withdrawn.",
        handoff=shown,
        title="Withdraw it",
        submit="Withdraw it",
        danger=True,
        warning="A withdrawn handoff stays readable and is never taken up again. Its version can be handed over anew.",
    )


@signed_in
def reassign(request: PersonRequest, pk: int) -> HttpResponseBase:
    shown = get_handoff(request, pk)
    access.require(request.user, "handoff.reassign", shown)
    form = ReassignForm(request.POST or None, viewer=request.user, handoff=shown)
    return _form_page(
        request,
        pk,
        form,
        lambda: services.reassign(handoff_id=pk, actor=request.user, **form.cleaned_data),
        said="Saved.",
        handoff=shown,
        title="Who receives it, and by when",
        submit="Save",
    )


@signed_in
def accept(request: PersonRequest, pk: int) -> HttpResponseBase:
    """What acceptance will do, then the act."""
    shown = get_handoff(request, pk)
    access.require(request.user, "handoff.decide", shown)
    newest = newest_version(shown)
    form = AcceptForm(request.POST or None, handoff=shown, newest=newest)
    rows = items.standings(shown)
    aliases = shown.model_version.model.aliases
    return _form_page(
        request,
        pk,
        form,
        lambda: services.accept(handoff_id=pk, actor=request.user, **form.cleaned_data),
        said="Accepted. The record is kept.",
        template="handoffs/accept.html",
        handoff=shown,
        newest=newest,
        groups=overview.groups(rows),
        progress=overview.progress(rows),
        score=items.score(shown.edition, rows),
        stands_on=aliases.get(shown.edition.alias),
        is_in_review=shown.state == State.IN_REVIEW,
    )


@signed_in
def return_(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Every item with a place to say what is wanting."""
    shown = get_handoff(request, pk)
    access.require(request.user, "handoff.decide", shown)
    rows = items.standings(shown)
    form = ReturnForm(request.POST or None, handoff=shown, rows=rows)
    fields = {row.item.key: form[f"item-{row.item.key}"] for row in rows}
    return _form_page(
        request,
        pk,
        form,
        lambda: services.return_handoff(
            handoff_id=pk,
            actor=request.user,
            reason=form.cleaned_data["reason"],
            reasons=form.reasons(),
            version=form.cleaned_data["version"],
        ),
        said="Returned. The team sees what is wanting.",
        template="handoffs/return.html",
        handoff=shown,
        groups=[(group.name, [(row, fields[row.item.key]) for row in group.rows]) for group in overview.groups(rows)],
        is_in_review=shown.state == State.IN_REVIEW,
    )


@signed_in
@require_POST
def comment(request: PersonRequest, pk: int) -> HttpResponseBase:
    shown = get_handoff(request, pk)
    access.require(request.user, "handoff.take_part", shown)
    form = CommentForm(request.POST)
    if carried_out(form, lambda: services.comment(handoff_id=pk, actor=request.user, body=form.cleaned_data["text"])):
        return redirect(f"{shown.get_absolute_url()}#comments")
    return page(request, shown, status=422, comment_form=form)


@signed_in
@require_POST
def carry(request: PersonRequest, pk: int) -> HttpResponseBase:
    raw = request.POST.get("from", "")
    from_id = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else 0
    shown = get_handoff(request, pk)
    access.require(request.user, "handoff.answer", shown)
    chosen = request.POST.getlist("item")
    if not chosen:
        return page(request, shown, status=422, refused="Choose at least one answer to carry over.")
    return _act(
        request,
        pk,
        lambda: services.carry_over(handoff_id=pk, actor=request.user, from_id=from_id, item_keys=chosen),
        f"{len(chosen)} answer{'' if len(chosen) == 1 else 's'} carried over.",
    )


@signed_in
@require_POST
def token(request: PersonRequest, pk: int) -> HttpResponseBase:
    """A new token for the test job, shown this once; or an end to the one there is."""
    shown: Handoff = get_handoff(request, pk)
    access.require(request.user, "handoff.answer", shown)
    if "end" in request.POST:
        return _act(
            request,
            pk,
            lambda: services.end_results_token(handoff_id=pk, actor=request.user),
            "The token has ended.",
        )
    try:
        raw = services.issue_results_token(handoff_id=pk, actor=request.user)
    except Refused as refused:
        return page(request, shown, status=409, refused=refused.message)
    response = page(request, get_handoff(request, pk), token=raw)
    response["Cache-Control"] = "no-store"
    return response
