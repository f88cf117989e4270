"""The verbs of who is asked: take it on, decline it, hand it over."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, events
from coe.core.errors import Refused, invalid
from coe.mentoring import places
from coe.mentoring import request_parts as p
from coe.mentoring.models import Attempt, Request, State
from coe.mentors.models import Mentor

Pending, Accepted = Attempt.State.PENDING, Attempt.State.ACCEPTED


@transaction.atomic
def accept_request(*, request_id: int, actor: Person) -> Attempt:
    """Take on a request that one is asked. Who was asked by name while full needs a free place by now.

    Raises `Request.DoesNotExist`, `PermissionDenied`, `Refused`.
    """
    request = p.locked(request_id, actor)
    attempt = _asked(request, actor)
    if not Mentor.objects.serving().filter(pk=attempt.mentor_id).exists():
        raise Refused("You do not mentor at present. Decline it, so that somebody else is asked.")
    if not attempt.holds_place:
        _take_a_place(attempt)
    now = timezone.now()
    attempt.state, attempt.holds_place, attempt.answered_at = Accepted, True, now
    attempt.save(update_fields=["state", "holds_place", "answered_at"])
    request.state, request.updated_at = State.OPEN, now
    request.first_answer_at = request.first_answer_at or now
    request.save(update_fields=["state", "updated_at", "first_answer_at"])
    events.record(actor=actor, verb="mentoring.accepted", subject=request, facts=_names(attempt.mentor))
    return attempt


def _take_a_place(attempt: Attempt) -> None:
    """Under the mentor's lock: two who take the last place at once come one after the other."""
    mentor = places.locked_mentor(attempt.mentor_id)
    if places.free_places(mentor) < 1:
        raise Refused(
            f"You have no free place: you take {mentor.capacity} at a time. Resolve or hand over another request, or "
            "raise how many you take."
        )


@transaction.atomic
def decline_request(*, request_id: int, actor: Person, reason: str = "") -> None:
    """Say no to a request that one is asked: it goes on to somebody else.

    Raises `Request.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` on `reason`.
    """
    request = p.locked(request_id, actor)
    attempt = _asked(request, actor)
    reason = p.line(reason, "reason", p.REASON)
    _answered(attempt)
    places.end_attempt(attempt, Attempt.State.DECLINED, reason)
    facts = {**_names(attempt.mentor), "reason": reason}
    events.record(actor=actor, verb="mentoring.declined", subject=request, facts=facts)
    places.to_queue(request)
    places.wake()


@transaction.atomic
def hand_over(*, request_id: int, actor: Person, mentor_id: int, reason: str) -> Attempt:
    """Give a request that one is asked or answers to another mentor, who is then asked; the centre may, too.

    Raises `Request.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` on `mentor` or `reason`.
    """
    request = p.locked(request_id, actor)
    attempt = p.live(request)
    _refuse_gone(request, attempt, actor)
    access.require(actor, "mentoring.hand_over", request)
    reason = p.line(reason, "reason", p.REASON, required="must say why, for those who read on")
    p.refuse_resolved(request, "Open it again first.")
    if attempt is None:
        raise Refused("Nobody is asked at present. Place it by hand.")
    wanted = p.serving(mentor_id, "mentor", [one.pk for one in p.askers(request)])
    if wanted.pk == attempt.mentor_id:
        raise invalid("mentor", "must be somebody else than who has it now")
    if attempt.state == Pending:
        _answered(attempt)
    places.end_attempt(attempt, Attempt.State.HANDED_OVER, reason)
    facts = {**_names(wanted), "reason": reason}
    events.record(actor=actor, verb="mentoring.handed_over", subject=request, facts=facts)
    mentor = p.locked_serving(wanted.pk, "mentor")
    made = places.ask(request=request, mentor=mentor, how=Attempt.How.HANDED, by=actor)
    # Whoever gave it away has a free place now.
    places.wake()
    return made


def _asked(request: Request, actor: Person) -> Attempt:
    """The pending attempt of the actor. Raises `PermissionDenied`, `Refused`."""
    attempt = p.live(request)
    _refuse_gone(request, attempt, actor)
    access.require(actor, "mentoring.answer", request)
    p.refuse_resolved(request, "Nobody is asked any more.")
    if attempt is None or attempt.state == Accepted:
        raise Refused("You have taken it on. Hand it over if you cannot go on.")
    return attempt


def _refuse_gone(request: Request, attempt: Attempt | None, actor: Person) -> None:
    """Raises `Refused` for who was asked and is not any more: while they looked at it, it went on."""
    has_it = attempt is not None and attempt.mentor.person_id == actor.pk
    was_asked = not has_it and request.attempts.filter(mentor__person=actor, round=request.round).exists()
    if was_asked and request.state in p.UNRESOLVED and not access.may(actor, "mentoring.hand_over", request):
        raise Refused("It has gone on to somebody else meanwhile. You need not do anything.")


def _answered(attempt: Attempt) -> None:
    attempt.answered_at = timezone.now()
    attempt.save(update_fields=["answered_at"])


def _names(mentor: Mentor) -> dict[str, object]:
    return {"mentor": str(mentor), "mentor_id": mentor.pk}
