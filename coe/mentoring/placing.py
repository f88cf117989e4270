"""Giving requests to mentors: the queue is solved, deadlines are kept, the centre places by hand.

Each placement is a transaction of its own that locks the request, then the mentor, and looks again. Killed at any
point, the next sweep goes on where things stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, events
from coe.core.errors import Refused, invalid
from coe.mentoring import candidates, places
from coe.mentoring import request_parts as p
from coe.mentoring.candidates import Standing
from coe.mentoring.models import Attempt, Request, State
from coe.mentors.models import Mentor

log = structlog.get_logger(__name__)

# Of all advisory locks of this database: who solves, and who is next in line.
_SOLVING, _NEXT = 7_263_521, 7_263_522
# So often it is looked again while somebody is placed, and while nobody is; after that the next sweep goes on.
MOST_ROUNDS, MOST_IDLE = 20, 3


def sweep() -> None:
    """All that is due: what waits for somebody silent, or who mentors no more, moves on; who has half of the time left
    is reminded; the queue is solved.
    """
    release()
    expire()
    remind()
    route()


def route() -> int:
    """Solve the queue, ask the mentors, until nothing changes any more. Returns how many were asked.

    Requests that nobody can take stay in the queue; the centre is told once for each time they wait. Only one solves
    at a time: another waits for its turn, and any further one leaves it to that.
    """
    with _turn() as mine:
        return _route() if mine else 0


def _route() -> int:
    placed = idle = 0
    for _ in range(MOST_ROUNDS):
        waiting = list(Request.objects.filter(state=State.WAITING).select_related("unit").order_by("pk"))
        if not waiting:
            break
        found = candidates.standing(waiting, timezone.now())
        pairs = found.plan.pairs
        done = [_each(_place, request, pairs[request.pk], found) for request in waiting if request.pk in pairs]
        for request in waiting:
            if request.pk not in pairs:
                _each(_tell_the_centre, request, found)
        placed += sum(done)
        # Where something had changed meanwhile nobody was asked; it comes around again with what is there now.
        idle = 0 if any(done) else idle + 1
        if not done or idle == MOST_IDLE:
            break
    return placed


@contextmanager
def _turn() -> Iterator[bool]:
    """Whether it is this one's turn to solve.

    The one next in line has not read anything yet: whatever was committed before it began is seen by it. So nobody
    else needs to wait.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_NEXT])
        if not cursor.fetchone()[0]:
            yield False
            return
        try:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_SOLVING])
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_NEXT])
        try:
            yield True
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_SOLVING])


def _each(job: Callable[..., bool], *what: Any) -> bool:
    """Do it; a fault with one request is logged and stops no other."""
    try:
        return job(*what)
    except Exception:
        log.exception("mentoring.failed", job=job.__name__, request=getattr(what[0], "pk", None))
        return False


@transaction.atomic
def _place(seen: Request, mentor_id: int, found: Standing) -> bool:
    """Ask the mentor if request and mentor stand as they were read; whether it was done."""
    request = _unchanged(seen)
    if request is None:
        return False
    mentor = places.locked_mentor(mentor_id)
    if not _is_free(mentor, found.mentors[mentor_id]):
        return False
    why = _named(found.plan.why(request.pk), found)
    places.ask(request=request, mentor=mentor, how=Attempt.How.ROUTED, why=why)
    return True


def _unchanged(seen: Request) -> Request | None:
    """The request under its lock, if it waits as it did when it was read."""
    same = Request.objects.filter(pk=seen.pk, state=State.WAITING, round=seen.round, updated_at=seen.updated_at)
    return same.select_for_update().first()


def _is_free(mentor: Mentor, seen: Mentor) -> bool:
    """Whether the locked mentor says what it said, and can be asked."""
    return (
        mentor.version == seen.version
        and Mentor.objects.serving().filter(pk=mentor.pk).exists()
        and not candidates.closed(mentor, timezone.now())
        and places.free_places(mentor) > 0
    )


@transaction.atomic
def _tell_the_centre(seen: Request, found: Standing) -> bool:
    """Say once that nobody can take it; nothing where somebody could, but knows too little for now."""
    reasons = found.plan.hindered(seen.pk)
    if reasons is None or seen.coordinator_told_at is not None:
        return False
    request = _unchanged(seen)
    if request is None or request.coordinator_told_at is not None:
        return False
    request.coordinator_told_at = timezone.now()
    request.save(update_fields=["coordinator_told_at"])
    facts = {"goal": request.goal, "mentors": len(found.mentors), "reasons": reasons}
    events.record(actor=None, verb="mentoring.waits", subject=request, facts=facts)
    return True


# -- deadlines ----------------------------------------------------------------------------------------------------


def expire() -> int:
    """Move on every request whose mentor let the deadline pass. Returns how many."""
    now = timezone.now()
    due = Attempt.objects.filter(state=Attempt.State.PENDING, due_at__lte=now).order_by("due_at", "pk")
    return sum(_each(_expire, attempt, now) for attempt in due)


@transaction.atomic
def _expire(seen: Attempt, now: datetime) -> bool:
    request, attempt = _pending(seen)
    if attempt is None or attempt.due_at is None or attempt.due_at > now:
        return False
    if _goes_on(request, attempt, now):
        return False
    places.end_attempt(attempt, Attempt.State.SILENT)
    events.record(actor=None, verb="mentoring.silent", subject=request, facts=_names(attempt.mentor))
    places.to_queue(request)
    return True


def _goes_on(request: Request, attempt: Attempt, now: datetime) -> bool:
    """Whoever wrote in the thread is not silent: the time counts anew from the last words."""
    theirs = request.messages.filter(author=attempt.mentor.person_id, created_at__gt=attempt.asked_at)
    last = theirs.order_by("-created_at").values_list("created_at", flat=True).first()
    deadlines = places.deadlines(attempt.mentor, request.urgency, last) if last else None
    if deadlines is None or deadlines[1] <= now:
        return False
    attempt.due_at = deadlines[1]
    attempt.save(update_fields=["due_at"])
    return True


def release() -> int:
    """Move on every request that waits for the answer of somebody who no longer mentors. Returns how many."""
    pending = Attempt.objects.filter(state=Attempt.State.PENDING)
    gone = pending.exclude(mentor__in=Mentor.objects.serving().order_by().values("pk"))
    return sum(_each(_release, attempt) for attempt in gone.order_by("pk"))


@transaction.atomic
def _release(seen: Attempt) -> bool:
    request, attempt = _pending(seen)
    if attempt is None or Mentor.objects.serving().filter(pk=attempt.mentor_id).exists():
        return False
    places.end_attempt(attempt, Attempt.State.ENDED, "No longer mentors")
    events.record(actor=None, verb="mentoring.released", subject=request, facts=_names(attempt.mentor))
    places.to_queue(request)
    return True


def remind() -> int:
    """Remind every mentor who has half of the time left, once. Returns how many."""
    now = timezone.now()
    due = Attempt.objects.filter(
        state=Attempt.State.PENDING, remind_at__lte=now, reminded_at=None, due_at__gt=now
    ).order_by("remind_at", "pk")
    return sum(_each(_remind, attempt, now) for attempt in due)


@transaction.atomic
def _remind(seen: Attempt, now: datetime) -> bool:
    request, attempt = _pending(seen)
    if attempt is None or attempt.due_at is None or attempt.reminded_at is not None:
        return False
    attempt.reminded_at = now
    attempt.save(update_fields=["reminded_at"])
    facts = {**_names(attempt.mentor), "due_at": attempt.due_at.isoformat()}
    events.record(actor=None, verb="mentoring.reminded", subject=request, facts=facts)
    return True


def _pending(seen: Attempt) -> tuple[Request, Attempt | None]:
    """The attempt as it stands under its request's lock; None when it is pending no more."""
    request = Request.objects.select_for_update().get(pk=seen.request_id)
    rows = request.attempts.filter(pk=seen.pk, state=Attempt.State.PENDING)
    return request, rows.select_related("mentor__person").first()


def _names(mentor: Mentor) -> dict[str, object]:
    return {"mentor": str(mentor), "mentor_id": mentor.pk}


# -- by hand ------------------------------------------------------------------------------------------------------


def breakdown(request: Request) -> list[dict[str, Any]]:
    """For everybody who mentors how they fit the request now: who could be asked first, best first.

    Each has `name`, `person`, `capacity`, `held`, and what `routing.Scores` has: `candidate` (the mentor's id),
    `reason` (why not; empty for who could be asked), `chosen` (whom Cairn would take), `total`, `levels` by tag, and
    the parts from 0 to 1. Six queries.
    """
    found = candidates.standing([request], timezone.now())
    rows = []
    for one in found.plan.explain(request.pk):
        candidate = found.candidates[one.candidate]
        rows.append({**one.as_dict(), "capacity": candidate.capacity, "held": candidate.load})
    return [_with_name(row, found) for row in rows]


def place_by_hand(*, request_id: int, mentor_id: int, actor: Person) -> Attempt:
    """Give a request to anybody who mentors, but those who ask; whoever is asked for it now is asked no more.

    Who has no free place is asked without one, as when asked by name. Raises `Request.DoesNotExist`,
    `PermissionDenied`, `Refused`, `ValidationError` on `mentor`.
    """
    shown = p.known(request_id, actor)
    access.require(actor, "mentoring.place", shown)
    # Outside of the locks: it reads all mentors.
    found = candidates.standing([shown], timezone.now())
    why = _named(found.plan.why(shown.pk, chosen=mentor_id), found)
    with transaction.atomic():
        request = p.locked(request_id, actor)
        access.require(actor, "mentoring.place", request)
        p.refuse_resolved(request, "Open it again first.")
        wanted = p.serving(mentor_id, "mentor", [one.pk for one in p.askers(request)])
        attempt = p.live(request)
        if attempt is not None:
            if attempt.state == Attempt.State.ACCEPTED:
                raise Refused(f"{attempt.mentor} has taken it on. Hand it over instead.")
            if attempt.mentor_id == wanted.pk:
                raise invalid("mentor", "must be somebody else than who is asked now")
            places.end_attempt(attempt, Attempt.State.ENDED, "Placed by the coordinator")
        mentor = places.locked_mentor(wanted.pk)
        made = places.ask(request=request, mentor=mentor, how=Attempt.How.BY_HAND, by=actor, why=why)
        if attempt is not None:
            # Whoever was asked before has a free place now.
            places.wake()
    return made


def _named(why: dict[str, Any], found: Standing) -> dict[str, Any]:
    return {**why, "top": [_with_name(row, found) for row in why["top"]]}


def _with_name(row: dict[str, Any], found: Standing) -> dict[str, Any]:
    mentor = found.mentors[row["candidate"]]
    return {"name": mentor.person.name, "person": mentor.person_id, **row}
