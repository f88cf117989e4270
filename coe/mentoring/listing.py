"""The lists of requests: what waits for a mentor, what one asked, what was answered; narrowed, as a page and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, OuterRef, Q, QuerySet, Subquery, Value

from coe.accounts.models import BusinessUnit, Person
from coe.accounts.rules import is_administrator
from coe.core.subjects import Subject, resolve
from coe.mentoring import why, words
from coe.mentoring.models import Attempt, Request, State
from coe.mentoring.queries import RequestQuerySet
from coe.mentoring.request_lists import SORTS, with_urgency
from coe.mentors import load
from coe.mentors.models import Mentor

__all__ = ["SORTS"]
CSV = (
    *("id", "goal", "topic", "skills", "urgency", "unit", "about", "version", "requester", "state", "mentor", "due_at"),
    *("round", "waiting_since", "first_answer_at", "resolved_at", "resolved_by", "rating", "shared", "created_at"),
    "updated_at",
)
_CHUNK = 500
MOST_ON_HOME = 40


@dataclass(frozen=True)
class Tab:
    """One of the lists; `count` is None where it says nothing."""

    key: str
    label: str
    count: int | None


@dataclass(frozen=True)
class Row:
    """A request as a list shows it: how it stands, and what it is about, where the reader may know of that."""

    request: Request
    standing: str
    about: Subject | None


@dataclass(frozen=True)
class Waiting:
    """A request that waits for the mentor's answer, and why it came to this one."""

    request: Request
    attempt: Attempt
    why: str
    about: Subject | None


@dataclass(frozen=True)
class Load:
    """How many of the places are taken."""

    mentor: Mentor
    held: int

    @property
    def has_place(self) -> bool:
        return self.held < self.mentor.capacity


def of_tab(person: Person, tab: str) -> RequestQuerySet:
    """The requests of one list that the person may know of."""
    known: RequestQuerySet = Request.objects.visible_to(person)
    if tab == "asked":
        return known.asked_by(person)
    if tab == "answering":
        return known.of_mentor(person)
    if tab == "answered":
        return known.filter(state=State.RESOLVED, is_shared=True)
    return known


def tabs(person: Person, *, mentors: bool, coordinates: bool) -> list[Tab]:
    """The lists of the person, with how many are live in those of one's own. One query."""
    parts = [
        of_tab(person, key)
        .unresolved()
        .order_by()
        .annotate(tab=Value(key, CharField()))
        .values("tab")
        .annotate(n=Count("pk", distinct=True))
        .values_list("tab", "n")
        for key in ("asked", "answering")
    ]
    counts = dict(parts[0].union(parts[1], all=True))
    mine = Tab("answering", "I answer", counts.get("answering", 0))
    return [
        *([mine] if mentors or mine.count else []),
        Tab("asked", "I asked", counts.get("asked", 0)),
        Tab("answered", "Answered questions", None),
        *([Tab("all", "All", None)] if coordinates else []),
    ]


def narrowed(rows: RequestQuerySet, wanted: Mapping[str, Any]) -> RequestQuerySet:
    """Those that match each of q, state, urgency, topic and unit that is given."""
    for word in str(wanted.get("q") or "").replace("\0", "").split()[:8]:
        said = Q(goal__icontains=word) | Q(details__icontains=word) | Q(resolution__icontains=word)
        rows = rows.filter(said | Q(topic__icontains=word))
    if wanted.get("topic"):
        rows = rows.tagged(str(wanted["topic"]))
    for name in ("state", "urgency"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    unit = wanted.get("unit")
    if isinstance(unit, BusinessUnit):
        rows = rows.filter(unit__in=BusinessUnit.objects.within(unit).order_by().values("pk"))
    return rows


def with_all(rows: QuerySet[Request]) -> QuerySet[Request]:
    """With the people, the unit, how urgent it is (to sort by), and until when somebody is to answer."""
    due = Attempt.objects.filter(request=OuterRef("pk"), state=Attempt.State.PENDING).values("due_at")[:1]
    people = ("requester", "mentor__person", "resolved_by", "unit")
    return with_urgency(rows).select_related(*people).annotate(due_at=Subquery(due))


def show(
    rows: Iterable[Request], waiting: Iterable[Attempt], person: Person, now: datetime
) -> tuple[list[Row], list[Waiting]]:
    """The rows (of `with_all`), and what waits for the person's answer, with what each is about. A query a kind."""
    found, asked = list(rows), list(waiting)
    about = resolve({pair(one) for one in [*found, *(a.request for a in asked)] if one.subject_id}, person)
    return (
        [Row(one, words.standing(one, one.__dict__["due_at"], now, person), about.get(pair(one))) for one in found],
        [Waiting(a.request, a, why.sentence(a), about.get(pair(a.request))) for a in asked],
    )


def pair(request: Request) -> tuple[int, int]:
    """What the request is about, as (content type id, id)."""
    return request.subject_type_id or 0, request.subject_id or 0


def waiting_for(person: Person) -> list[Attempt]:
    """The requests that the person as a mentor is asked now, the one due first at the top. One query."""
    mine = Attempt.objects.filter(mentor__person=person, state=Attempt.State.PENDING)
    return list(mine.select_related("request__requester", "request__unit", "mentor__person", "by").order_by("due_at"))


def on_home(person: Person, now: datetime) -> tuple[list[Row], list[Row]]:
    """What waits for the person's answer, and what the person or the team asked and is not resolved. One query."""
    team = Request.team.through.objects.filter(person=person).values("request")
    asks = Q(requester=person) | Q(pk__in=team)
    answers = Q(mentor__person=person, state=State.ASKED)
    rows = list(
        with_all(Request.objects.unresolved().filter(asks | answers)).order_by("-updated_at", "-pk")[:MOST_ON_HOME]
    )
    waiting = [one for one in rows if one.mentor and one.mentor.person_id == person.pk and one.state == State.ASKED]
    waiting.sort(key=lambda one: (one.__dict__["due_at"] or now, one.pk))
    asked = [one for one in rows if one not in waiting and not (one.mentor and one.mentor.person_id == person.pk)]

    def shown(some: list[Request]) -> list[Row]:
        return [Row(one, words.standing(one, one.__dict__["due_at"], now, person), None) for one in some]

    return shown(waiting), shown(asked)


def load_of(person: Person) -> Load | None:
    """How many of the person's places are taken; None for who does not mentor. Two queries."""
    mentor = Mentor.objects.serving().filter(person=person).first()
    return Load(mentor, load.held([mentor.pk])[mentor.pk]) if mentor else None


def csv_rows(rows: QuerySet[Request], person: Person) -> Iterator[list[Any]]:
    """The rows of the list as `CSV` names them. Ratings are told to those in the conversation alone."""
    team = Request.team.through.objects.filter(person=person).values_list("request", flat=True)
    mine, centre = set(team), is_administrator(person)
    chunk: list[Request] = []
    for row in with_all(rows).iterator(chunk_size=_CHUNK):
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield from _csv(chunk, person, mine, centre)
            chunk = []
    yield from _csv(chunk, person, mine, centre)


def _csv(rows: list[Request], person: Person, mine: set[int], centre: bool) -> Iterator[list[Any]]:
    about = resolve({pair(one) for one in rows if one.subject_id}, person)
    for one in rows:
        mentor = one.mentor.person if one.mentor else None
        inside = centre or one.requester_id == person.pk or one.pk in mine or (mentor and mentor.pk == person.pk)
        thing = about.get(pair(one))
        yield [
            *(one.pk, one.goal, one.topic, "; ".join(one.skills), one.urgency, one.unit.slug if one.unit else ""),
            *(thing.label if thing else "", one.version, one.requester, one.state, mentor, one.__dict__["due_at"]),
            *(one.round, one.waiting_since, one.first_answer_at, one.resolved_at, one.resolved_by),
            *(one.rating if inside else None, one.is_shared, one.created_at, one.updated_at),
        ]
