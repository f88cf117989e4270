"""Reminders of steps that are late: they grow politely, to the person first, then to mentor and lead, each once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from coe.core import events
from coe.core.http import today
from coe.onboarding.models import Enrolment, Nudge
from coe.onboarding.way import Way, ways

# By how many working days a step is late when its nudge of each level goes out.
LATE = {1: 1, 2: 4, 3: 8}
AT_ONCE = 500


def nudge_all(on: date | None = None) -> int:
    """Send what is due on a day (today by default). Safe to run at any time and twice. Returns how many went out."""
    day = on or today()
    late = Enrolment.objects.active().filter(next_due__lt=day).order_by("pk").values_list("pk", flat=True)
    ids = list(late)
    return sum(_nudge(ids[start : start + AT_ONCE], day) for start in range(0, len(ids), AT_ONCE))


@transaction.atomic
def _nudge(ids: Sequence[int], day: date) -> int:
    held = Enrolment.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(pk__in=ids)
    found = list(held.active().select_related("path", "person", "team", "mentor").order_by("pk"))
    known = ways(found)
    sent = {
        (row.enrolment_id, row.step_key): row.level
        for row in Nudge.objects.filter(enrolment__in=found).order_by("level")
    }
    return sum(_nudge_one(known[one.pk], sent, day) for one in found)


def _nudge_one(way: Way, sent: dict[tuple[int, str], int], day: date) -> bool:
    """The next level that is due, one at a time: who hears nothing for long is not sent three at once."""
    step = way.next
    line = way.line(step.key, day) if step else None
    if step is None or line is None or not line.late:
        return False
    level = sent.get((way.enrolment.pk, step.key), 0) + 1
    if level not in LATE or line.late < LATE[level]:
        return False
    Nudge.objects.create(enrolment=way.enrolment, step_key=step.key, level=level)
    facts = {
        "step": step.title,
        "key": step.key,
        "level": level,
        "late": line.late,
        "due": str(line.due),
        "person": way.enrolment.person_id,
    }
    events.record(actor=None, verb="onboarding.nudged", subject=way.enrolment, facts=facts)
    return True
