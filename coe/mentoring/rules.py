"""Who may know of requests, and who may do what to them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from coe.accounts.models import Person
from coe.accounts.rules import is_administrator
from coe.core import access, events
from coe.guides import about
from coe.mentoring.models import Request, State


@access.visibility("mentoring.request")
def _requests(person: Person) -> Q:
    """One's own and one's team's; those one is asked or answers as a mentor; resolved ones that are shared, about
    nothing or about what the person may know of. The centre coordinates and sees all.
    """
    if is_administrator(person):
        return Q()
    team = Request.team.through.objects.filter(person=person).values("request")
    theirs = Q(requester=person) | Q(pk__in=team) | Q(mentor__person=person)
    known = Q(subject_type=None) | about.visible_subjects(person)
    return theirs | (Q(state=State.RESOLVED, is_shared=True) & known)


def is_asker(person: Person, request: Request) -> bool:
    """Whether the person is the requester or one of the team it is for."""
    return request.requester_id == person.pk or request.team.filter(pk=person.pk).exists()


def is_mentor(person: Person, request: Request) -> bool:
    """Whether the person is who is asked or answers now."""
    return request.mentor is not None and request.mentor.person_id == person.pk


@access.rule("mentoring.ask")
def _ask(_person: Person, _request: object) -> bool:
    return True


@access.rule("mentoring.answer")
def _answer(person: Person, request: object) -> bool:
    """Accept and decline: who is asked or answers."""
    return isinstance(request, Request) and is_mentor(person, request)


@access.rule("mentoring.hand_over")
def _hand_over(person: Person, request: object) -> bool:
    """Give it to another mentor: who is asked or answers, and the centre."""
    return access.may(person, "mentoring.answer", request) or is_administrator(person)


@access.rule("mentoring.write")
def _write(person: Person, request: object) -> bool:
    """Messages, files and meetings: those in the conversation, and the centre."""
    return isinstance(request, Request) and (
        is_asker(person, request) or is_mentor(person, request) or is_administrator(person)
    )


@access.rule("mentoring.resolve")
def _resolve(person: Person, request: object) -> bool:
    return access.may(person, "mentoring.write", request)


@access.rule("mentoring.own")
def _own(person: Person, request: object) -> bool:
    """Change, withdraw, reopen, rate it: those who asked."""
    return isinstance(request, Request) and is_asker(person, request)


@access.rule("mentoring.place")
def _place(person: Person, _request: object) -> bool:
    """Give a request to a mentor by hand; see the breakdown and the centre's figures."""
    return is_administrator(person)


@access.rule("mentoring.guide")
def _guide(person: Person, request: object) -> bool:
    """Make a guide of a resolved thread: those who were in it and may write guides."""
    return access.may(person, "mentoring.write", request) and access.may(person, "document.create")


def _with_reason(said: str, facts: dict[str, Any]) -> str:
    return f"{said}: {facts['reason']}" if facts.get("reason") else said


events.sentence("mentoring.requested", "asked for a mentor: {goal}")
events.sentence("mentoring.changed", lambda facts: "changed " + ", ".join(facts.get("fields", [])).replace("_", " "))
events.sentence("mentoring.asked", "asked {mentor} ({how})")
events.sentence("mentoring.reminded", "reminded {mentor}")
events.sentence("mentoring.accepted", "took it on")
events.sentence("mentoring.declined", lambda facts: _with_reason("declined", facts))
events.sentence("mentoring.silent", "moved it on: {mentor} did not answer in time")
events.sentence("mentoring.released", "moved it on: {mentor} no longer mentors")
events.sentence("mentoring.waits", "found no mentor who could take it")
events.sentence("mentoring.written", "wrote")
events.sentence("mentoring.meeting_proposed", "proposed to meet")
events.sentence("mentoring.meeting_changed", "moved the meeting")
events.sentence("mentoring.meeting_cancelled", "called the meeting off")
events.sentence("mentoring.handed_over", "handed it over to {mentor}: {reason}")
events.sentence("mentoring.resolved", "resolved it")
events.sentence("mentoring.reopened", "opened it again: {reason}")
events.sentence("mentoring.rated", "rated the help {rating} of 5")
events.sentence("mentoring.withdrawn", lambda facts: _with_reason("withdrew it", facts))
events.sentence("mentoring.guide_made", "made a guide of it: {title}")
events.sentence("mentoring.served", "found the answer in “{label}”")
