"""One item of a handoff: what it asks, how it stands, and the forms that answer it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.errors import Refused
from coe.core.forms import carried_out
from coe.core.http import signed_in
from projects.checklists import checks
from projects.checklists.models import Item
from projects.handoffs import items, services
from projects.handoffs.forms import EvidenceForm, NotApplicableForm, SignForm
from projects.handoffs.items import Standing
from projects.handoffs.models import ANSWERABLE, CheckRun, Handoff, State
from projects.handoffs.views import get_handoff


def _rows(handoff: Handoff, key: str) -> tuple[list[Standing], int]:
    """All items, and where the one with this key is. Raises 404."""
    rows = items.standings(handoff)
    place = next((place for place, row in enumerate(rows) if row.item.key == key), None)
    if place is None:
        raise Http404
    return rows, place


@signed_in
def item(request: PersonRequest, pk: int, key: str) -> HttpResponseBase:
    """The item's page. Posted to, it does what the button's name says: evidence, not applicable, open again, sign."""
    shown = get_handoff(request, pk)
    rows, place = _rows(shown, key)
    forms = {
        "evidence": EvidenceForm(prefix="e"),
        "not_applicable": NotApplicableForm(prefix="n", initial={"note": rows[place].answer.note}),
        "sign": SignForm(prefix="s"),
    }
    refused = ""
    if request.method == "POST":
        act = request.POST.get("act", "")
        kind = {"evidence": EvidenceForm, "not_applicable": NotApplicableForm, "sign": SignForm}.get(act)
        if act in forms and kind is not None:
            form = kind(request.POST, request.FILES, prefix=act[0])
            forms[act] = form
            if carried_out(form, lambda: _do(act, form.cleaned_data, request, pk, key)):
                messages.success(request, "Signed." if act == "sign" else "Saved.")
                return _next(request, shown, rows, place)
        else:
            refused = _reopen(request, pk, key)
            if not refused:
                return redirect("handoffs:item", pk=pk, key=key)
    return _page(request, shown, rows, place, forms, refused)


def _do(act: str, given: dict[str, Any], request: PersonRequest, pk: int, key: str) -> object:
    actor = request.user
    if act == "evidence":
        return services.add_evidence(
            handoff_id=pk,
            actor=actor,
            item_key=key,
            kind=given["kind"],
            title=given["title"],
            url=given["url"],
            text_=given["text"],
            upload=given["file"],
        )
    if act == "sign":
        return services.sign_off(handoff_id=pk, actor=actor, item_key=key, note=given["note"])
    return services.answer_item(handoff_id=pk, actor=actor, item_key=key, state="not_applicable", note=given["note"])


def _reopen(request: PersonRequest, pk: int, key: str) -> str:
    """Take an answer back; returns why it could not be done."""
    try:
        services.answer_item(handoff_id=pk, actor=request.user, item_key=key, state="open")
    except Refused as refused:
        return refused.message
    return ""


def _next(request: PersonRequest, handoff: Handoff, rows: list[Standing], place: int) -> HttpResponseBase:
    """On to the next item that is not answered, where the person asked for that; else back to the item."""
    if "next" in request.POST:
        following = [*rows[place + 1 :], *rows[:place]]
        row = next((row for row in following if not row.is_answered or row.state == "open"), None)
        if row is not None and row.item.kind == Item.Kind.MANUAL:
            return redirect("handoffs:item", pk=handoff.pk, key=row.item.key)
        return redirect(handoff)
    return redirect("handoffs:item", pk=handoff.pk, key=rows[place].item.key)


def _page(
    request: PersonRequest, handoff: Handoff, rows: list[Standing], place: int, forms: dict[str, Any], refused: str
) -> HttpResponseBase:
    row = rows[place]
    team = access.may(request.user, "handoff.answer", handoff)
    in_hands = handoff.state in (State.SUBMITTED, State.IN_REVIEW)
    context = {
        "handoff": handoff,
        "row": row,
        "before": rows[place - 1].item if place else None,
        "after": rows[place + 1].item if place + 1 < len(rows) else None,
        "place": place + 1,
        "of": len(rows),
        "check": next((one for one in checks.all_checks() if one.key == row.item.check_key), None),
        "runs": CheckRun.objects.filter(handoff=handoff, item=row.item).select_related("asked_by")[:20],
        "may": {
            "answer": team and handoff.state in ANSWERABLE,
            "check": handoff.is_open and access.may(request.user, "handoff.take_part", handoff),
            "sign": in_hands and row.state == "open" and access.may(request.user, "handoff.sign", (handoff, row.item)),
        },
        "forms": forms,
        "refused": refused,
    }
    wrong = refused or any(form.is_bound and form.errors for form in forms.values())
    return render(request, "handoffs/item.html", context, status=422 if wrong else 200)


@signed_in
@require_POST
def remove_evidence(request: PersonRequest, pk: int, evidence_id: int) -> HttpResponseBase:
    try:
        evidence = services.remove_evidence(handoff_id=pk, actor=request.user, evidence_id=evidence_id)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("handoffs:handoff", pk=pk)
    messages.success(request, "Taken back.")
    return redirect("handoffs:item", pk=pk, key=evidence.item.key if evidence.item else "")
