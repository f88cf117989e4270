"""The queue and the mentors out of the database, as routing takes them. Six queries, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q
from django.db.models.functions import JSONObject

from coe.mentoring.models import Attempt, Request
from coe.mentoring.places import HOLDS
from coe.mentoring.routing import Candidate, Need, Plan, Weights, assign
from coe.mentors import hours
from coe.mentors.calendars import calendar_of, today_of
from coe.mentors.models import Mentor, Skill

# What was accepted within so much time is recent.
RECENT = timedelta(days=30)
# Whoever is not at work within so much time is not asked: the deadline would be farther off still.
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Standing:
    """The plan for some requests, with what it was made from."""

    plan: Plan
    mentors: dict[int, Mentor]
    needs: dict[int, Need]
    candidates: dict[int, Candidate]


def weights() -> Weights:
    """As the settings have them, in hundredths there."""
    found: dict[str, int] = settings.MENTORING_WEIGHTS
    parts: dict[str, Any] = {name: value / 100 for name, value in found.items()}
    return Weights(**parts, patience=timedelta(hours=settings.MENTORING_PATIENCE_HOURS))


def standing(requests: Collection[Request], at: datetime) -> Standing:
    """Solve the requests together over everybody who mentors, as things stand at that moment."""
    mentors = _mentors()
    candidates = _candidates(mentors, at)
    needs = _needs(requests, at)
    return Standing(
        assign(needs, candidates, weights()),
        {mentor.pk: mentor for mentor in mentors},
        {need.id: need for need in needs},
        {one.id: one for one in candidates},
    )


def closed(mentor: Mentor, at: datetime) -> str:
    """Why a mentor who serves is not asked at that moment; empty when available. Reads `person` and `away`."""
    day = today_of(mentor, at)
    if mentor.is_paused(day):
        return "is paused"
    if any(one.first <= day <= one.last for one in mentor.away.all()):
        return "is away"
    opens = hours.opens(calendar_of(mentor), at)
    if opens is None or opens > at + SOON:
        return "has no working hours in the next week"
    return ""


def _mentors() -> list[Mentor]:
    skills = Skill.objects.filter(mentor=OuterRef("pk")).order_by()
    units = Mentor.units.through.objects.filter(mentor=OuterRef("pk")).order_by()
    return list(
        Mentor.objects.serving()
        .select_related("person")
        .prefetch_related("away")
        .annotate(
            levels=ArraySubquery(skills.values(pair=JSONObject(tag=F("tag"), level=F("level")))),
            unit_ids=ArraySubquery(units.values("businessunit")),
        )
        .order_by("pk")
    )


def _candidates(mentors: Iterable[Mentor], at: datetime) -> list[Candidate]:
    accepted = Q(state__in=[Attempt.State.ACCEPTED, Attempt.State.DONE], answered_at__gte=at - RECENT)
    rows = Attempt.objects.filter(HOLDS | accepted).order_by().values_list("mentor")
    counted = {pk: (held, recent) for pk, held, recent in rows.annotate(
        held=Count("pk", filter=HOLDS), recent=Count("pk", filter=accepted)
    )}  # fmt: skip
    return [_candidate(mentor, *counted.get(mentor.pk, (0, 0)), at) for mentor in mentors]


def _candidate(mentor: Any, held: int, recent: int, at: datetime) -> Candidate:
    return Candidate(
        id=mentor.pk, person=mentor.person_id, levels={pair["tag"]: pair["level"] for pair in mentor.levels},
        units=frozenset(mentor.unit_ids), languages=frozenset(mentor.languages), capacity=mentor.capacity, load=held,
        recent=recent, wanted=frozenset(mentor.wanted), unwanted=frozenset(mentor.unwanted),
        closed=closed(mentor, at),
    )  # fmt: skip


def _needs(requests: Collection[Request], at: datetime) -> list[Need]:
    ids = [request.pk for request in requests]
    people: dict[int, set[int]] = {request.pk: {request.requester_id} for request in requests}
    for pk, person in Request.team.through.objects.filter(request__in=ids).values_list("request", "person"):
        people[pk].add(person)
    tried: dict[int, set[int]] = defaultdict(set)
    since: dict[int, datetime] = {}
    rounds = Attempt.objects.filter(request__in=ids, round=F("request__round"))
    for pk, mentor, asked_at in rounds.order_by("asked_at").values_list("request", "mentor", "asked_at"):
        tried[pk].add(mentor)
        since.setdefault(pk, asked_at)
    done = Attempt.objects.filter(state=Attempt.State.DONE, request__requester__in={r.requester_id for r in requests})
    earlier: dict[int, dict[int, int]] = defaultdict(dict)
    for person, mentor, times in done.order_by().values_list("request__requester", "mentor").annotate(n=Count("pk")):
        earlier[person][mentor] = times
    return [
        Need(
            id=one.pk, tags=one.tags, lineage=tuple(one.unit.lineage) if one.unit else (), language=one.language,
            people=frozenset(people[one.pk]), tried=frozenset(tried[one.pk]), earlier=earlier[one.requester_id],
            urgency=one.urgency, waited=at - _began(one, since.get(one.pk), at),
        )
        for one in requests
    ]  # fmt: skip


def _began(request: Request, first_asked: datetime | None, at: datetime) -> datetime:
    """Since when somebody is looked for: from the beginning, and after a reopening from then on."""
    if request.round == 1:
        return min(request.created_at, at)
    return min(moment for moment in (first_asked, request.waiting_since, at) if moment)
