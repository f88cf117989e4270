"""The check of handoffs "no open reports of wrong outputs"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coe.guides.models import Feedback
from projects.checklists.builtin_checks import failed, passed
from projects.checklists.checks import Candidate, Finding, check

_SHOWN = 20


@check(
    "no_open_reports",
    "No open reports of wrong outputs",
    help="Passes when every report of a wrong output of the model, of whatever version, has been answered.",
)
def no_open_reports(candidate: Candidate, _params: Mapping[str, Any]) -> Finding:
    model = candidate.version.model
    reports = Feedback.objects.about(model).open_reports()
    found = list(reports.order_by("created_at", "pk").values("pk", "version", "created_at")[:_SHOWN])
    if not found:
        return passed("No report of a wrong output of this model is open.", reports=[])
    saw = [{"id": one["pk"], "version": one["version"], "on": one["created_at"].date().isoformat()} for one in found]
    count = reports.count() if len(found) == _SHOWN else len(found)
    oldest = found[0]["created_at"]
    if count == 1:
        return failed(f"One report of a wrong output waits for an answer since {oldest:%-d %b %Y}.", reports=saw)
    return failed(
        f"{count} reports of wrong outputs wait for an answer, the oldest since {oldest:%-d %b %Y}.", reports=saw
    )
