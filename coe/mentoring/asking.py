"""The verbs of those who ask: a request, what it says, taking it back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from coe.accounts.models import BusinessUnit, Person
from coe.core import access, events, markdown
from coe.core.errors import Refused, invalid
from coe.guides import about
from coe.mentoring import places
from coe.mentoring import request_parts as p
from coe.mentoring.models import Attempt, Request, State, Urgency
from coe.mentors.models import Mentor

# The same words sent again within so much time are a double click.
TWICE = timedelta(minutes=1)
MOST_VERSION = 2**31 - 1
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True)
class _Said:
    """What was typed, checked."""

    goal: str
    details: str
    details_html: str
    topic: str
    skills: list[str]
    urgency: str
    is_shared: bool


def ask_for_help(
    *,
    actor: Person,
    goal: str,
    topic: str,
    urgency: str,
    details: str = "",
    skills: Sequence[str] = (),
    unit: BusinessUnit | None = None,
    language: str = "",
    subject: tuple[int, int] | None = None,
    version: int | None = None,
    team: Sequence[int] = (),
    wanted_id: int | None = None,
    is_shared: bool = True,
) -> Request:
    """Ask for a mentor: of all (it waits until Cairn finds one), or the one with the id `wanted_id`, also when full.

    `subject` is (content type id, id) of a thing that documents can be about; the unit is that thing's, else the
    actor's, unless one is given. The same goal and topic within a minute give the request that is there already.
    Raises `Request.DoesNotExist` for a subject that the actor may not know of, `ValidationError` by field.
    """
    # Before the input is looked at: whoever may not know of the thing learns nothing from how the input is refused.
    thing = _subject(actor, subject)
    access.require(actor, "mentoring.ask")
    _check_version(subject, version)
    said = _checked(goal, details, topic, skills, urgency, is_shared)
    language = language.strip().lower()
    if language and not _LANGUAGE.fullmatch(language):
        raise invalid("language", "must be a code as in ISO 639: en, de, fr")
    people = p.team(team, actor.pk)
    wanted = None
    if wanted_id is not None:
        wanted = p.serving(wanted_id, "mentor", [actor.pk, *(one.pk for one in people)])
    fields = {**said.__dict__, "language": language, "wanted": wanted, "version": version}
    if subject is not None:
        fields |= {"subject_type": ContentType.objects.get_for_id(subject[0]), "subject_id": subject[1]}
    fields["unit"] = unit or _unit_of(subject, thing) or actor.unit
    return _send(actor, fields, people)


@transaction.atomic
def _send(actor: Person, fields: dict[str, Any], people: Sequence[Person]) -> Request:
    # One person's requests come in one after the other: a double click is one request.
    Person.objects.select_for_update(no_key=True).get(pk=actor.pk)
    now = timezone.now()
    same = Request.objects.filter(requester=actor, goal=fields["goal"], topic=fields["topic"])
    sent = same.filter(created_at__gt=now - TWICE, state__in=p.UNRESOLVED).first()
    if sent is not None:
        return sent
    made = Request.objects.create(requester=actor, waiting_since=now, created_at=now, updated_at=now, **fields)
    made.team.set(people)
    facts = {name: fields[name] for name in ("goal", "topic", "urgency")}
    events.record(actor=actor, verb="mentoring.requested", subject=made, facts=facts)
    wanted: Mentor | None = fields["wanted"]
    if wanted is not None:
        places.ask(request=made, mentor=p.locked_serving(wanted.pk, "mentor"), how=Attempt.How.DIRECT, by=actor)
    else:
        places.wake()
    return made


def _subject(actor: Person, subject: tuple[int, int] | None) -> Any:
    """The thing itself. Raises `Request.DoesNotExist` where there is none that the actor may know of."""
    if subject is None:
        return None
    found = about.subject_of(actor, *subject)
    if found is None:
        raise Request.DoesNotExist
    return found


def _unit_of(subject: tuple[int, int] | None, thing: Any) -> BusinessUnit | None:
    kind = about.kind_of(subject[0]) if subject else None
    return kind.unit(thing) if kind else None


def _check_version(subject: tuple[int, int] | None, version: int | None) -> None:
    if version is None:
        return
    kind = about.kind_of(subject[0]) if subject else None
    if kind is None or kind.name != "model":
        raise invalid("version", "is given only with a model")
    if not 1 <= version <= MOST_VERSION:
        raise invalid("version", f"must be a number from 1 to {MOST_VERSION}")


def _checked(goal: str, details: str, topic: str, skills: Sequence[str], urgency: str, is_shared: bool) -> _Said:
    goal = p.line(goal, "goal", p.GOAL, required="must say what you are trying to do")
    tag = p.topic(topic)
    if urgency not in Urgency.values:
        raise invalid("urgency", "must be one of " + ", ".join(Urgency.values))
    details = p.words(details, "details", p.DETAILS)
    html = markdown.render(details, field="details")
    return _Said(goal, details, html, tag, p.skills(skills, tag), urgency, is_shared)


def change_request(
    *,
    request_id: int,
    actor: Person,
    goal: str,
    details: str,
    topic: str,
    skills: Sequence[str],
    urgency: str,
    team: Sequence[int],
    is_shared: bool,
) -> Request:
    """Change what a request says, and who it is also for. Of a resolved one only whether others may read it.

    Raises `Request.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` by field.
    """
    access.require(actor, "mentoring.own", p.known(request_id, actor))
    said = _checked(goal, details, topic, skills, urgency, is_shared)
    with transaction.atomic():
        request = p.locked(request_id, actor)
        access.require(actor, "mentoring.own", request)
        there = set(request.team.values_list("pk", flat=True))
        people = p.team(team, request.requester_id, already=there)
        if request.mentor is not None and request.mentor.person_id in set(team):
            raise invalid("team", "must not name who is asked or answers")
        changed = [name for name, value in said.__dict__.items() if getattr(request, name) != value]
        fields = [name for name in changed if name != "details_html"]
        if {one.pk for one in people} != there:
            fields.append("team")
        if fields and fields != ["is_shared"]:
            p.refuse_resolved(request, "Open it again first.")
        if not fields:
            return request
        for name in changed:
            setattr(request, name, getattr(said, name))
        request.updated_at = timezone.now()
        request.save(update_fields=[*changed, "updated_at"])
        if "team" in fields:
            request.team.set(people)
        facts = {"fields": ["sharing" if name == "is_shared" else name for name in fields]}
        events.record(actor=actor, verb="mentoring.changed", subject=request, facts=facts)
        if request.state == State.WAITING:
            places.wake()
    return request


@transaction.atomic
def withdraw_request(*, request_id: int, actor: Person, reason: str = "") -> Request:
    """Take a request back that is not resolved: whoever is asked or answers is free again.

    Raises `Request.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` on `reason`.
    """
    request = p.locked(request_id, actor)
    access.require(actor, "mentoring.own", request)
    reason = p.line(reason, "reason", p.REASON)
    if request.state == State.RESOLVED:
        raise Refused("It is resolved: there is nothing to take back.")
    p.refuse_resolved(request, "")
    attempt = p.live(request)
    if attempt is not None:
        places.end_attempt(attempt, Attempt.State.ENDED, reason)
    request.state, request.waiting_since, request.updated_at = State.WITHDRAWN, None, timezone.now()
    request.save(update_fields=["state", "waiting_since", "updated_at"])
    events.record(actor=actor, verb="mentoring.withdrawn", subject=request, facts={"reason": reason})
    places.wake()
    return request
