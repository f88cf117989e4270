"""The record of a handoff: all that a decision rested on, one value with a checksum that anybody can compute again."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from projects.handoffs import items
from projects.handoffs.models import Decision, Evidence, Handoff
from projects.tracking.models import LoggedModel, ModelVersion, Run

Record = dict[str, Any]
FORM = 1


@dataclass(frozen=True)
class Verdict:
    """The decision that the record is made for; `kind` empty: a look at a handoff that nobody has decided yet."""

    kind: str
    actor: str
    at: datetime
    reason: str
    newest_version: int


def canonical(record: Record) -> bytes:
    """The record as the bytes that its checksum is over: JSON with sorted keys, no spaces, UTF-8."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def checksum(record: Record) -> str:
    """SHA-256 over `canonical`, in hexadecimal."""
    return hashlib.sha256(canonical(record)).hexdigest()


def build(handoff: Handoff, verdict: Verdict | None = None) -> Record:
    """The record as things stand now. Times are UTC in ISO 8601; what nobody gave is null."""
    rows = items.standings(handoff)
    members = handoff.project.members.select_related("person")
    made: Record = {
        "cairn": FORM,
        "handoff": {
            "id": handoff.pk,
            "origin": handoff.origin,
            "summary": handoff.summary,
            "opened_by": _name(handoff.opened_by),
            "opened_at": _time(handoff.opened_at),
            "submitted_by": _name(handoff.submitted_by),
            "submitted_at": _time(handoff.submitted_at),
            "due_on": handoff.due_on.isoformat() if handoff.due_on else None,
            "round": handoff.round,
        },
        "project": {
            "slug": handoff.project.slug,
            "name": handoff.project.name,
            "unit": handoff.project.unit.name,
            "owner": str(handoff.project.owner),
        },
        "version": _version(handoff.model_version),
        "checklist": {
            "slug": handoff.checklist.slug,
            "name": handoff.checklist.name,
            "edition": handoff.edition.number,
            "effect": handoff.edition.effect,
            "alias": handoff.edition.alias,
        },
        "from": {
            "people": [{"name": str(one.person), "responsibility": one.get_responsibility_display()} for one in members]
        },
        "to": {"unit": handoff.receiving_unit.name, "reviewer": _name(handoff.reviewer)},
        "groups": [{"name": name, "items": [_item(row) for row in found]} for name, found in items.by_group(rows)],
        "score": _score(handoff, rows),
        "decisions": [_decision(one) for one in handoff.decisions.select_related("actor")],
        "decided": None
        if verdict is None
        else {
            "kind": verdict.kind,
            "actor": verdict.actor,
            "at": _time(verdict.at),
            "reason": verdict.reason,
            "newest_version": verdict.newest_version,
        },
    }
    settled: Record = _settled(made)
    return settled


def _settled(value: Any) -> Any:
    """With numbers as PostgreSQL gives them back, so that the checksum holds: no −0, large floats as whole numbers."""
    if isinstance(value, dict):
        return {key: _settled(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_settled(one) for one in value]
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if abs(value) >= 1e16 else value + 0.0
    return value


def _name(person: object) -> str | None:
    return str(person) if person is not None else None


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _version(version: ModelVersion) -> Record:
    model = version.model
    run = Run.objects.filter(source=model.source_id, run_id=version.run_id or None).select_related("experiment").first()
    return {
        "source": str(model.source),
        "model": model.name,
        "version": version.version,
        "created_at": _time(version.created_at),
        "run_id": version.run_id or None,
        "experiment": run.experiment.name if run else None,
        "trained_at": _time(run.ended_at) if run else None,
        "git_commit": (run.git_commit or None) if run else None,
        "datasets": run.datasets if run else [],
        "metrics": _metrics(version, run),
    }


def _metrics(version: ModelVersion, run: Run | None) -> list[Record]:
    """Those of the logged model that the version names, else the run's own; NaN as MLflow spells it."""
    logged = LoggedModel.objects.filter(
        source=version.model.source_id, model_id=version.logged_model_id or None
    ).first()
    if logged and logged.metrics:
        kept = ("key", "value", "dataset_name", "dataset_digest")
        found = [{name: one.get(name) for name in kept} for one in logged.metrics]
    else:
        found = [
            {"key": key, "value": entry[0], "dataset_name": None, "dataset_digest": None}
            for key, entry in (run.metrics if run else {}).items()
        ]
    return sorted(found, key=lambda one: (one["key"], one["dataset_name"] or "", one["dataset_digest"] or ""))


def _item(row: items.Standing) -> Record:
    answer, check = row.answer, row.check
    return {
        "key": row.item.key,
        "title": row.item.title,
        "kind": row.item.kind,
        "is_required": row.item.is_required,
        "state": row.state,
        "note": answer.note,
        "by": _name(answer.by),
        "at": _time(answer.at),
        "is_automated": row.is_automated,
        "returned_because": answer.returned_because,
        "check": {
            "key": row.item.check_key,
            "outcome": check.outcome,
            "sentence": check.sentence,
            "saw": check.saw,
            "at": _time(check.at),
        }
        if check
        else None,
        "evidence": [_evidence(one) for one in row.evidence],
    }


def _evidence(one: Evidence) -> Record:
    origin = one.carried_from
    return {
        "kind": one.kind,
        "title": one.title,
        "url": one.url or None,
        "text": one.text or None,
        "sha256": one.file.sha256 if one.file else None,
        "by": _name(one.by),
        "at": _time(one.at),
        "carried_from": {"handoff": origin.handoff_id, "version": origin.handoff.model_version.version}
        if origin
        else None,
    }


def _score(handoff: Handoff, rows: list[items.Standing]) -> Record | None:
    score = items.score(handoff.edition, rows)
    if score is None:
        return None
    return {
        "groups": [
            {"name": name, "points": group.points, "applying": group.applying, "of": group.of}
            for name, group in score.groups.items()
        ],
        "score": score.score,
    }


def _decision(one: Decision) -> Record:
    return {
        "kind": one.kind,
        "round": one.round,
        "actor": str(one.actor),
        "at": _time(one.at),
        "reason": one.reason,
        "reasons": one.reasons,
        "sha256": one.sha256,
    }
