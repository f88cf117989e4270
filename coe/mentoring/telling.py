"""Whom news of requests reach: who is asked, who waits for an answer, everybody in the conversation, the centre."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from coe.accounts.models import Person
from coe.accounts.queries import administrators
from coe.core import telling
from coe.core.models import Event
from coe.core.telling import News
from coe.core.wording import because, listed, pair, plain, quote, stopped, who
from coe.mentoring import why
from coe.mentoring.models import Attempt, Message, Request, Urgency
from coe.mentors.availability import place_of
from coe.mentors.calendars import zone_of

TOPIC = "mentoring"
telling.topic(
    TOPIC,
    "Mentoring",
    about="Requests that wait for your answer, answers to yours, and what is written in your conversations.",
    order=10,
    email="at_once",
)
# Of the goal, in a sentence that says more than that.
_GOAL = 90


_Teller = Callable[[Event, Request], Iterable[News]]


def _tell(*verbs: str) -> Callable[[_Teller], _Teller]:
    """Registers what events of requests tell; nothing of a request that is not there any more."""

    def register(function: _Teller) -> _Teller:
        def teller(event: Event) -> Iterable[News]:
            related = Request.objects.select_related("requester", "mentor__person").prefetch_related("team")
            request = related.filter(pk=event.subject_id).first()
            return function(event, request) if request is not None else ()

        telling.tell(*verbs)(teller)
        return function

    return register


def _news(request: Request, text: str, to: Collection[int]) -> Iterable[News]:
    if to:
        yield News(TOPIC, text, to, pair(request), request.get_absolute_url(), f"mentoring:{request.pk}")


def _goal(request: Request) -> str:
    return quote(request.goal, _GOAL)


def _askers(request: Request) -> set[int]:
    return {request.requester_id, *(one.pk for one in request.team.all())}


def _mentor(request: Request) -> set[int]:
    """Who is asked or answers now."""
    return {request.mentor.person_id} if request.mentor else set()


def _when(at: datetime, zone: str) -> str:
    """ "14:30 on Thu 3 Dec (Nairobi)": what is mailed is not read today, so no day is "tomorrow"."""
    try:
        there = at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        zone = settings.TIME_ZONE
        there = at.astimezone(ZoneInfo(zone))
    return f"{there:%H:%M} on {there:%a} {there.day} {there:%b} ({place_of(zone)})"


def _attempt(event: Event, request: Request) -> Attempt | None:
    """The one that the event is of: the newest of that mentor up to then."""
    of = request.attempts.filter(mentor=event.facts.get("mentor_id"), asked_at__lte=event.at)
    return of.select_related("mentor__person", "by").order_by("asked_at", "pk").last()


def _deadline(event: Event, attempt: Attempt) -> str:
    """Until when, where the mentor is."""
    return _when(datetime.fromisoformat(event.facts["due_at"]), zone_of(attempt.mentor))


# -- asking ---------------------------------------------------------------------------------------------------------
@_tell("mentoring.requested")
def _requested(event: Event, request: Request) -> Iterable[News]:
    """The team for which it is, too."""
    text = stopped(f"{who(event)} asked for a mentor, also for you: {_goal(request)}")
    yield from _news(request, text, {one.pk for one in request.team.all()})


@_tell("mentoring.changed")
def _changed(event: Event, request: Request) -> Iterable[News]:
    """Who is asked or answers: it may be another question now."""
    fields = listed([field.replace("_", " ") for field in event.facts.get("fields", [])])
    yield from _news(request, f"{who(event)} changed {_goal(request)}: {fields}.", _mentor(request))


@_tell("mentoring.asked")
def _asked(event: Event, request: Request) -> Iterable[News]:
    """The mentor: what, why you, until when. Those who ask hear where the centre chose."""
    attempt = _attempt(event, request)
    if attempt is None:
        return
    asks = "is stuck and asks for your help today" if request.urgency == Urgency.TODAY else "asks for your help"
    parts = [
        stopped(f"{request.requester} {asks}: {_goal(request)}"),
        why.sentence(attempt),
        "" if attempt.holds_place else "You have no free place at present.",
        f"You have until {_deadline(event, attempt)}.",
    ]
    yield from _news(request, " ".join(filter(None, parts)), {attempt.mentor.person_id})
    if attempt.how == Attempt.How.BY_HAND:
        text = stopped(f"{who(event)} asked {attempt.mentor} to help with {_goal(request)}")
        yield from _news(request, text, _askers(request))


@_tell("mentoring.reminded")
def _reminded(event: Event, request: Request) -> Iterable[News]:
    attempt = _attempt(event, request)
    if attempt is not None and attempt.state == Attempt.State.PENDING:
        text = stopped(f"{request.requester} still waits for your answer: {_goal(request)}")
        moves = f"At {_deadline(event, attempt)} it moves on to somebody else."
        yield from _news(request, f"{text} {moves}", {attempt.mentor.person_id})


@_tell("mentoring.waits")
def _waits(event: Event, request: Request) -> Iterable[News]:
    """The centre, which can place it by hand; and those who ask, who should know that nobody is on it yet."""
    theirs = f"No mentor is free for {_goal(request)} at present. It stays in the queue, and the centre knows."
    yield from _news(request, theirs, _askers(request))
    reasons = listed(why.counted(event.facts.get("reasons") or {}))
    text = because(f"Nobody can take on {_goal(request)}, which {request.requester} asked", reasons)
    yield from _news(request, text, administrators() - _askers(request))


# -- answers to it --------------------------------------------------------------------------------------------------
@_tell("mentoring.accepted")
def _accepted(event: Event, request: Request) -> Iterable[News]:
    yield from _news(request, stopped(f"{who(event)} took on {_goal(request)}"), _askers(request))


@_tell("mentoring.declined")
def _declined(event: Event, request: Request) -> Iterable[News]:
    text = because(f"{who(event)} cannot take on {_goal(request)}", event.facts.get("reason", ""))
    yield from _news(request, f"{text} Cairn looks for somebody else.", _askers(request))


@_tell("mentoring.silent")
def _silent(event: Event, request: Request) -> Iterable[News]:
    """Those who ask. Who was silent may not know of the request any more."""
    text = stopped(f"{event.facts['mentor']} did not answer in time: {_goal(request)}")
    yield from _news(request, f"{text} Cairn looks for somebody else.", _askers(request))


@_tell("mentoring.released")
def _released(event: Event, request: Request) -> Iterable[News]:
    """Those who ask. Who stopped knows it."""
    text = stopped(f"{event.facts['mentor']} no longer mentors: {_goal(request)}")
    yield from _news(request, f"{text} Cairn looks for somebody else.", _askers(request))


@_tell("mentoring.handed_over")
def _handed_over(event: Event, request: Request) -> Iterable[News]:
    """Those who ask. The new mentor hears of it by being asked."""
    handed = f"{who(event)} handed {_goal(request)} over to {event.facts['mentor']}"
    yield from _news(request, because(handed, event.facts["reason"]), _askers(request))


@_tell("mentoring.reopened")
def _reopened(event: Event, request: Request) -> Iterable[News]:
    """Those who ask. A mentor hears of it by being asked."""
    text = because(f"{who(event)} opened {_goal(request)} again", event.facts["reason"])
    yield from _news(request, text, _askers(request))


# -- the conversation -----------------------------------------------------------------------------------------------
def _inside(request: Request) -> set[int]:
    """Everybody in the conversation, those of the centre who wrote included."""
    authors = request.messages.order_by().values_list("author_id", flat=True)
    return _askers(request) | _mentor(request) | set(authors)


@_tell("mentoring.written")
def _written(event: Event, request: Request) -> Iterable[News]:
    message = Message.objects.filter(pk=event.facts.get("message")).first()
    if message is not None:
        words = quote(plain(message.html)) or "a file"
        yield from _news(request, because(f"{who(event)} wrote about {_goal(request)}", words), _inside(request))


_MEETING = {
    "mentoring.meeting_proposed": "proposes to meet at",
    "mentoring.meeting_changed": "changed the meeting, which is at",
    "mentoring.meeting_cancelled": "called off the meeting at",
}


@_tell(*_MEETING)
def _meeting(event: Event, request: Request) -> Iterable[News]:
    """Each with the time where the reader is."""
    if not event.facts.get("starts_at"):
        return
    starts = datetime.fromisoformat(event.facts["starts_at"])
    place = f", {event.facts['place']}" if event.facts.get("place") else ""
    of_zone: dict[str, set[int]] = {}
    for person in Person.objects.filter(pk__in=_inside(request)).order_by("pk"):
        of_zone.setdefault(person.timezone or settings.TIME_ZONE, set()).add(person.pk)
    for zone, people in of_zone.items():
        text = stopped(f"{who(event)} {_MEETING[event.verb]} {_when(starts, zone)}{place}: {_goal(request)}")
        yield from _news(request, text, people)


# -- its end --------------------------------------------------------------------------------------------------------
@_tell("mentoring.resolved")
def _resolved(event: Event, request: Request) -> Iterable[News]:
    text = because(f"{who(event)} resolved {_goal(request)}", quote(plain(request.resolution_html)))
    asked = " How much did it help? One click says so." if request.mentor else ""
    yield from _news(request, text + asked, _askers(request))
    yield from _news(request, text, _inside(request) - _askers(request))


@_tell("mentoring.withdrawn")
def _withdrawn(event: Event, request: Request) -> Iterable[News]:
    text = because(f"{who(event)} withdrew {_goal(request)}", event.facts.get("reason", ""))
    yield from _news(request, text, _inside(request))


@_tell("mentoring.rated")
def _rated(event: Event, request: Request) -> Iterable[News]:
    text = stopped(f"{who(event)} rated your help {event.facts['rating']} of 5: {_goal(request)}")
    yield from _news(request, text, _mentor(request))


@_tell("mentoring.guide_made")
def _guide_made(event: Event, request: Request) -> Iterable[News]:
    title = quote(event.facts["title"])
    text = stopped(f"{who(event)} began a guide out of your conversation, with the names taken out: {title}")
    yield from _news(request, text, _askers(request) | _mentor(request))
