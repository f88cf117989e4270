"""The verbs of meetings: a proposal in the thread, moved and called off there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, events, markdown
from coe.core.errors import Refused, invalid
from coe.mentoring import request_parts as p
from coe.mentoring.models import Message, Request
from coe.mentoring.thread import note_answer

SHORTEST, LONGEST = 10, 240
# Nobody plans further ahead, and no calendar goes beyond the year 9999.
FURTHEST = timedelta(days=366)
_WHEN = ["starts_at", "minutes", "place", "text", "html", "sequence"]


def propose_meeting(
    *, request_id: int, actor: Person, starts_at: datetime, minutes: int, place: str = "", text: str = ""
) -> Message:
    """Propose to meet, with a time that lies ahead and 10 to 240 minutes; `place` is a room or an address.

    Raises `Request.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` by field.
    """
    access.require(actor, "mentoring.write", p.known(request_id, actor))
    columns = _checked(starts_at, minutes, place, text)
    with transaction.atomic():
        request = p.locked(request_id, actor)
        access.require(actor, "mentoring.write", request)
        p.refuse_resolved(request, "Open it again first.")
        if request.mentor_id is None:
            raise Refused("There is nobody to meet yet: no mentor has been asked.")
        made = Message.objects.create(request=request, author=actor, **columns)
        note_answer(request, actor)
        events.record(actor=actor, verb="mentoring.meeting_proposed", subject=request, facts=_facts(made))
    return made


def change_meeting(
    *, message_id: int, actor: Person, starts_at: datetime, minutes: int, place: str = "", text: str = ""
) -> Message:
    """Move a meeting, or say something else of it. Calendars take it for the same one.

    Raises `Message.DoesNotExist`, `Request.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` by field.
    """
    access.require(actor, "mentoring.write", _known(message_id, actor))
    columns = _checked(starts_at, minutes, place, text)
    with transaction.atomic():
        request, meeting = _locked(message_id, actor)
        p.refuse_resolved(request, "Open it again first.")
        if all(getattr(meeting, name) == value for name, value in columns.items()):
            return meeting
        for name, value in columns.items():
            setattr(meeting, name, value)
        meeting.sequence += 1
        meeting.save(update_fields=_WHEN)
        note_answer(request, actor)
        events.record(actor=actor, verb="mentoring.meeting_changed", subject=request, facts=_facts(meeting))
    return meeting


@transaction.atomic
def cancel_meeting(*, message_id: int, actor: Person) -> Message:
    """Call a meeting off that has not been yet, also when the request is resolved.

    Raises `Message.DoesNotExist`, `Request.DoesNotExist`, `PermissionDenied`, `Refused`.
    """
    access.require(actor, "mentoring.write", _known(message_id, actor))
    request, meeting = _locked(message_id, actor)
    meeting.cancelled_at, meeting.sequence = timezone.now(), meeting.sequence + 1
    meeting.save(update_fields=["cancelled_at", "sequence"])
    note_answer(request, actor)
    events.record(actor=actor, verb="mentoring.meeting_cancelled", subject=request, facts=_facts(meeting))
    return meeting


def _known(message_id: int, actor: Person) -> Request:
    """The request that the meeting belongs to. Raises `Message.DoesNotExist`, `Request.DoesNotExist`."""
    found = Message.objects.filter(starts_at__isnull=False).get(pk=message_id)
    return p.known(found.request_id, actor)


def _locked(message_id: int, actor: Person) -> tuple[Request, Message]:
    """The request under its lock, and the meeting as it is then. Raises `Refused` for one that is over or off."""
    request = p.locked(_known(message_id, actor).pk, actor)
    access.require(actor, "mentoring.write", request)
    meeting = request.messages.get(pk=message_id)
    if meeting.cancelled_at:
        raise Refused("It has been called off already. Propose another one.")
    if meeting.starts_at and meeting.starts_at <= timezone.now():
        raise Refused("It has begun or is over. Propose another one.")
    return request, meeting


def _checked(starts_at: datetime, minutes: int, place: str, text: str) -> dict[str, Any]:
    now = timezone.now()
    if not now < starts_at < now + FURTHEST:
        raise invalid("starts_at", "must lie ahead, within a year")
    if not SHORTEST <= minutes <= LONGEST:
        raise invalid("minutes", f"must be from {SHORTEST} to {LONGEST}")
    place, text = p.line(place, "place", p.PLACE), p.words(text, "text", p.TEXT)
    html = markdown.render(text, field="text")
    return {"starts_at": starts_at, "minutes": minutes, "place": place, "text": text, "html": html}


def _facts(meeting: Message) -> dict[str, Any]:
    starts = meeting.starts_at.isoformat() if meeting.starts_at else ""
    return {"message": meeting.pk, "starts_at": starts, "minutes": meeting.minutes, "place": meeting.place}
