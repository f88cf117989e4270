"""The verbs at the end of a request: resolved, opened again, rated."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, events, markdown
from coe.core.errors import Refused, invalid
from coe.mentoring import places
from coe.mentoring import request_parts as p
from coe.mentoring.models import Attempt, Request, State
from coe.mentoring.rules import is_asker
from coe.mentors.calendars import today_of
from coe.mentors.models import Mentor

_RESOLVED = ["state", "mentor", "waiting_since", "resolution", "resolution_html", "resolved_by", "resolved_at"]


def resolve_request(*, request_id: int, actor: Person, resolution: str = "") -> Request:
    """Say that it is done, in Markdown with what the answer was. Those who asked may also before a mentor took it on.

    Raises `Request.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` on `resolution`.
    """
    access.require(actor, "mentoring.resolve", p.known(request_id, actor))
    resolution = p.words(resolution, "resolution", p.RESOLUTION)
    html = markdown.render(resolution, field="resolution")
    with transaction.atomic():
        request = p.locked(request_id, actor)
        access.require(actor, "mentoring.resolve", request)
        if request.state == State.RESOLVED:
            raise Refused(f"{request.resolved_by} has resolved it already.")
        p.refuse_resolved(request, "")
        if request.state != State.OPEN and not is_asker(actor, request):
            raise Refused("No mentor has taken it on yet. Until then only those who asked can say that it is done.")
        if not _end(request):
            request.mentor = None
        now = timezone.now()
        request.state, request.waiting_since = State.RESOLVED, None
        request.resolution, request.resolution_html = resolution, html
        request.resolved_by, request.resolved_at, request.updated_at = actor, now, now
        request.save(update_fields=[*_RESOLVED, "updated_at"])
        facts = {"mentor": str(request.mentor) if request.mentor else "", "resolution": resolution}
        events.record(actor=actor, verb="mentoring.resolved", subject=request, facts=facts)
        places.wake()
    return request


def _end(request: Request) -> bool:
    """End the attempt of the request; whether that mentor helped: took it on, or wrote without taking it on."""
    attempt = p.live(request)
    if attempt is None:
        return False
    wrote = request.messages.filter(author=attempt.mentor.person_id, created_at__gte=attempt.asked_at).exists()
    helped = attempt.state == Attempt.State.ACCEPTED or wrote
    places.end_attempt(attempt, Attempt.State.DONE if helped else Attempt.State.ENDED)
    return helped


@transaction.atomic
def reopen_request(*, request_id: int, actor: Person, reason: str) -> Request:
    """Say why it is not done after all. Whoever helped is asked again if free today; else it waits for another one.

    The old resolution stays in what happened. Raises `Request.DoesNotExist`, `PermissionDenied`, `Refused`,
    `ValidationError` on `reason`.
    """
    request = p.locked(request_id, actor)
    access.require(actor, "mentoring.own", request)
    reason = p.line(reason, "reason", p.REASON, required="must say what is still open")
    if request.state == State.WITHDRAWN:
        raise Refused("It was withdrawn. Ask anew.")
    if request.state != State.RESOLVED:
        raise Refused("It is not resolved: write in the thread.")
    before = request.mentor
    request.round += 1
    request.resolution = request.resolution_html = ""
    request.resolved_by = request.resolved_at = request.rating = request.rated_at = None
    request.updated_at = timezone.now()
    # Until one is asked, nobody is.
    request.state, request.mentor, request.waiting_since = State.WAITING, None, request.updated_at
    request.save(update_fields=[*_RESOLVED, "round", "rating", "rated_at", "updated_at"])
    facts = {"reason": reason, "mentor": str(before) if before else ""}
    events.record(actor=actor, verb="mentoring.reopened", subject=request, facts=facts)
    mentor = places.locked_mentor(before.pk) if before else None
    if mentor is not None and _is_free(mentor, request):
        places.ask(request=request, mentor=mentor, how=Attempt.How.REOPENED, by=actor)
    else:
        places.to_queue(request)
        places.wake()
    return request


def _is_free(mentor: Mentor, request: Request) -> bool:
    """Whether the locked mentor takes requests today, has a place, and is none of those who ask."""
    taking = Mentor.objects.taking(today_of(mentor)).filter(pk=mentor.pk).exists()
    return taking and places.free_places(mentor) > 0 and not is_asker(mentor.person, request)


@transaction.atomic
def rate_help(*, request_id: int, actor: Person, rating: int) -> Request:
    """Say from 1 to 5 how much it helped. It may be changed.

    Raises `Request.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` on `rating`.
    """
    request = p.locked(request_id, actor)
    access.require(actor, "mentoring.own", request)
    if not 1 <= rating <= 5:
        raise invalid("rating", "must be from 1 to 5")
    if request.state != State.RESOLVED:
        raise Refused("It is not resolved yet.")
    if request.mentor is None:
        raise Refused("No mentor had a hand in it.")
    if request.rating == rating:
        return request
    request.rating, request.rated_at = rating, timezone.now()
    request.save(update_fields=["rating", "rated_at"])
    events.record(actor=actor, verb="mentoring.rated", subject=request, facts={"rating": rating})
    return request
