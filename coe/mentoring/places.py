"""The places of mentors: what holds one, how a request takes it and gives it back.

Whoever calls these holds the locks: first the request's row, then the mentor's, always in this order.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from coe.accounts.models import Person
from coe.celery import app
from coe.core import events
from coe.mentoring.models import Attempt, Request, State
from coe.mentors import hours
from coe.mentors.calendars import calendar_of
from coe.mentors.models import Mentor, working_week

# Seconds after which a nudge is not worth anything any more: the sweep comes as often.
NUDGE_LASTS = 60
HOLDS = Q(state=Attempt.State.ACCEPTED) | Q(state=Attempt.State.PENDING, holds_place=True)


def locked_mentor(mentor_id: int) -> Mentor:
    """The mentor under the row's lock, as it stands once the lock is there. Raises `Mentor.DoesNotExist`."""
    rows = Mentor.objects.select_related("person").prefetch_related("away")
    # What refers to a mentor can be written meanwhile; another placing cannot.
    mentor: Mentor = rows.select_for_update(of=("self",), no_key=True).get(pk=mentor_id)
    return mentor


def held(mentor_ids: Collection[int]) -> dict[int, int]:
    """By mentor id how many places are held; who is left out holds none. One query."""
    rows = Attempt.objects.filter(HOLDS, mentor__in=mentor_ids).order_by().values_list("mentor")
    return dict(rows.annotate(n=Count("pk")))


def free_places(mentor: Mentor) -> int:
    """How many more requests the mentor takes; 0 also for who holds more than the capacity that was lowered since."""
    return max(mentor.capacity - held([mentor.pk]).get(mentor.pk, 0), 0)


def deadlines(mentor: Mentor, urgency: str, at: datetime) -> tuple[datetime, datetime] | None:
    """When who is asked at that moment is reminded, and when it moves on, in the mentor's own working hours.

    None when not so much is worked within the year to come.
    """
    calendar, work = calendar_of(mentor), timedelta(hours=settings.MENTORING_HOURS[urgency])
    half, whole = hours.after(calendar, at, work / 2), hours.after(calendar, at, work)
    return (half, whole) if half and whole else None


def _deadlines_of_a_usual_week(mentor: Mentor, urgency: str, at: datetime) -> tuple[datetime, datetime]:
    """For who is asked by name and has no working hours in sight: as if it were a usual week."""
    usual = replace(calendar_of(mentor), week=_USUAL, country="", region="", away=())
    work = timedelta(hours=settings.MENTORING_HOURS[urgency])
    return hours.after(usual, at, work / 2) or at + work / 2, hours.after(usual, at, work) or at + work


_USUAL = tuple(tuple((start, end) for start, end in day) for day in working_week())


def ask(
    *, request: Request, mentor: Mentor, how: str, by: Person | None = None, why: dict[str, Any] | None = None
) -> Attempt:
    """Ask the mentor: a pending attempt with its deadline, which holds a place when one is free.

    Both rows are locked, and nobody is asked at present. `by` is who decided it; nobody where Cairn did.
    """
    now = timezone.now()
    remind_at, due_at = deadlines(mentor, request.urgency, now) or _deadlines_of_a_usual_week(
        mentor, request.urgency, now
    )
    attempt = Attempt.objects.create(
        request=request, mentor=mentor, round=request.round, how=how, by=by, why=why or {}, asked_at=now,
        holds_place=free_places(mentor) > 0, remind_at=remind_at, due_at=due_at,
    )  # fmt: skip
    request.state, request.mentor, request.waiting_since, request.updated_at = State.ASKED, mentor, None, now
    request.save(update_fields=["state", "mentor", "waiting_since", "updated_at"])
    label = attempt.get_how_display()
    events.record(
        actor=by,
        verb="mentoring.asked",
        subject=request,
        facts={
            "mentor": str(mentor), "mentor_id": mentor.pk, "how": label[:1].lower() + label[1:],
            "due_at": due_at.isoformat(),
        },
    )  # fmt: skip
    return attempt


def to_queue(request: Request) -> None:
    """Nobody is asked any more: the locked request waits, from now on, and the centre has not been told of it."""
    now = timezone.now()
    request.state, request.mentor, request.waiting_since = State.WAITING, None, now
    request.coordinator_told_at, request.updated_at = None, now
    request.save(update_fields=["state", "mentor", "waiting_since", "coordinator_told_at", "updated_at"])


def end_attempt(attempt: Attempt, state: str, reason: str = "") -> None:
    """The attempt is over, and holds no place any more. The request's row is locked."""
    attempt.state, attempt.reason, attempt.ended_at = state, reason, timezone.now()
    attempt.save(update_fields=["state", "reason", "ended_at"])


def wake() -> None:
    """Have a worker look at the queue once the transaction around is committed.

    A broker that is down fails nothing: the sweep each minute finds what a lost nudge missed.
    """
    transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    app.send_task("mentoring.route", expires=NUDGE_LASTS)
