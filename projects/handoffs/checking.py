"""Running automatic checks: what they find is kept, run by run."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, events
from coe.core.errors import invalid
from projects.checklists import checks
from projects.checklists.models import Edition, Item
from projects.handoffs import matching
from projects.handoffs.models import CheckRun, Handoff
from projects.handoffs.parts import locked, refuse_unless_open, save


@transaction.atomic
def run_checks(*, handoff_id: int, actor: Person | None, item_key: str = "") -> list[CheckRun]:
    """Run every automatic check of an open handoff again (or that of one item); `actor` is None for Cairn itself.

    Raises `Handoff.DoesNotExist`, `PermissionDenied`, `Refused`, and `ValidationError` on `item` for what is no check.
    """
    handoff = locked(handoff_id, actor)
    if actor is not None:
        access.require(actor, "handoff.take_part", handoff)
    refuse_unless_open(handoff)
    items = handoff.edition.items.filter(kind=Item.Kind.AUTOMATIC)
    if item_key:
        items = items.filter(key=item_key)
        if not items.exists():
            raise invalid("item", "must be an automatic item of this handoff’s checklist")
    runs = keep(handoff, items, actor)
    save(handoff)
    if runs:
        found = Counter(run.outcome for run in runs)
        facts = {"n": len(runs), **{str(one): found[one] for one in checks.Outcome.values}}
        events.record(actor=actor, verb="handoff.checked", subject=handoff, facts=facts)
    return runs


def keep(handoff: Handoff, items: Iterable[Item], actor: Person | None) -> list[CheckRun]:
    """Run the checks of `items` now and keep what they find, in the caller's transaction."""
    now = timezone.now()
    alias = handoff.edition.alias if handoff.edition.effect != Edition.Effect.NONE else ""
    results = matching.results_by_item(handoff)
    runs = []
    for item in items:
        candidate = checks.Candidate(
            version=handoff.model_version,
            project=handoff.project,
            alias=alias,
            item_key=item.key,
            results=results.get(item.key, {}),
        )
        finding = checks.run(item.check_key, item.params, candidate)
        runs.append(
            CheckRun(
                handoff=handoff,
                item=item,
                outcome=finding.outcome,
                sentence=finding.sentence[:500],
                saw=_plain(finding.saw),
                asked_by=actor,
                at=now,
            )
        )
    return CheckRun.objects.bulk_create(runs)


def _plain(saw: Any) -> Any:
    """What a check saw, as JSON can carry it: numbers that it lacks are spelled as MLflow spells them."""
    if isinstance(saw, dict):
        return {str(key): _plain(value) for key, value in saw.items()}
    if isinstance(saw, list | tuple):
        return [_plain(value) for value in saw]
    if isinstance(saw, float) and not math.isfinite(saw):
        return "NaN" if math.isnan(saw) else "Infinity" if saw > 0 else "-Infinity"
    return saw if isinstance(saw, str | int | float | bool | None) else str(saw)
