"""The record of a handoff to read, to print, and to check: a page, a PDF, and the JSON that its checksum is over."""

from __future__ import annotations

import hmac
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from coe.accounts.http import PersonRequest
from coe.core.charts import bar
from coe.core.http import signed_in
from projects.handoffs import record, record_sheet
from projects.handoffs.models import Decision, Evidence, Handoff
from projects.registry.states import state_of


@signed_in
@require_safe
def record_page(request: PersonRequest, pk: int) -> HttpResponseBase:
    """What the newest decision (or that of `?decision=`) rested on; how it stands now while nothing is decided."""
    handoff = _handoff(request, pk)
    decisions = list(handoff.decisions.select_related("actor").defer("record").order_by("-id"))
    decision = _chosen(request, handoff)
    kept = _kept(handoff, decision)
    said = record_sheet.sheet(kept, files=_files(request, handoff))
    context = {
        "handoff": handoff,
        "decision": decision,
        "decisions": decisions,
        "query": f"?decision={decision.pk}" if decision and "decision" in request.GET else "",
        "is_whole": decision is not None and hmac.compare_digest(record.checksum(kept), decision.sha256),
        "said": said,
        "bars": [(one, bar(one.share, 1, label=one.text)) for one in said.bars],
        "applied": _applied(handoff, decision),
        "file_name": _file_name(handoff, decision, "json"),
        "zone": record_sheet.zone(),
    }
    return render(request, "handoffs/record.html", context)


@signed_in
@require_safe
def record_pdf(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The same record as a PDF."""
    # ReportLab is loaded where something is printed, not with every page.
    from projects.handoffs import pdf

    handoff = _handoff(request, pk)
    decision = _chosen(request, handoff)
    site = request.build_absolute_uri(reverse("handoffs:record", args=[handoff.pk]))
    made = pdf.render(
        _kept(handoff, decision),
        sha256=decision.sha256 if decision else "",
        applied=_applied(handoff, decision),
        printed_at=timezone.now(),
        site=f"{site}?decision={decision.pk}" if decision else site,
        files=_files(request, handoff),
    )
    return _download(made, "application/pdf", _file_name(handoff, decision, "pdf"), is_shown=True)


@signed_in
@require_safe
def record_json(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The bytes that the checksum is over, and nothing else."""
    handoff = _handoff(request, pk)
    decision = _chosen(request, handoff)
    content = record.canonical(_kept(handoff, decision))
    return _download(content, "application/json", _file_name(handoff, decision, "json"))


def _handoff(request: PersonRequest, pk: int) -> Handoff:
    found: Handoff = Handoff.objects.visible_to(request.user).with_all().get(pk=pk)
    return found


def _chosen(request: PersonRequest, handoff: Handoff) -> Decision | None:
    """The decision that is asked for, the newest when none is; None while there is none at all.

    Raises 404 for what is no decision of this handoff.
    """
    found = handoff.decisions.order_by("-id")
    if "decision" not in request.GET:
        return found.first()
    asked = request.GET["decision"]
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        raise Http404("decision must be the number of one of this handoff's decisions")
    return found.get(pk=asked)


def _kept(handoff: Handoff, decision: Decision | None) -> dict[str, Any]:
    return decision.record if decision else record.build(handoff)


def _applied(handoff: Handoff, decision: Decision | None) -> str:
    """Where MLflow has the alias that this decision moved; empty for a decision that moves none."""
    if handoff.order is None or decision is None or decision.kind != Decision.Kind.ACCEPTED:
        return ""
    return state_of([handoff.order])[0].sentence


def _files(request: PersonRequest, handoff: Handoff) -> dict[str, str]:
    """Where each file of the handoff is to be had, those that were taken back too: a record may name them."""
    rows = handoff.evidence.filter(kind=Evidence.Kind.FILE).values_list("file__sha256", "pk")
    return {
        str(sha256): request.build_absolute_uri(reverse("handoffs:evidence_file", args=[handoff.pk, pk]))
        for sha256, pk in rows
    }


def _file_name(handoff: Handoff, decision: Decision | None, ending: str) -> str:
    state = f"round-{decision.round}-{decision.kind}" if decision else "not-decided"
    return f"handoff-{handoff.pk}-{state}.{ending}"


def _download(content: bytes, media_type: str, name: str, *, is_shown: bool = False) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(not is_shown, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
