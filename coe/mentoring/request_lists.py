"""The list of requests: whose, in which order; and what an answer shows of each, read for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, When

from coe.accounts.models import Person
from coe.accounts.rules import is_administrator
from coe.core.subjects import resolve
from coe.guides.models import Document
from coe.mentoring.models import Request
from coe.mentoring.queries import RequestQuerySet

SORTS = {
    "updated": ["updated_at"],
    "created": ["created_at"],
    "topic": ["topic", "-updated_at"],
    "state": ["state", "-updated_at"],
    "urgency": ["urgent", "-created_at"],
    "resolved": ["resolved_at"],
}
MINE = {"asked": "Asked by you", "answering": "For you to answer", "all": "All you may read"}


def of(person: Person, mine: str = "") -> RequestQuerySet:
    """The requests that the person asked, is asked or answers, or may know of."""
    known: RequestQuerySet = Request.objects.visible_to(person)
    if mine == "asked":
        return known.asked_by(person)
    return known.of_mentor(person) if mine == "answering" else known


def with_urgency(rows: QuerySet[Request]) -> QuerySet[Request]:
    """`urgent`: 0 for today, 1 for this week, 2 for no hurry."""
    whens = [When(urgency=name, then=at) for at, name in enumerate(("today", "week", "later"))]
    return rows.annotate(urgent=Case(*whens, default=3, output_field=IntegerField()))


def show(rows: Iterable[Request], person: Person) -> list[Request]:
    """The rows with `about` (what it is about), `draft` (the guide made of it), each None where the person may not know
    of it, and `inside` (whether the person is in the conversation, or the centre).
    """
    found = list(rows)
    subjects = resolve({_pair(row) for row in found if row.subject_id}, person)
    wanted = [row.guide_id for row in found if row.guide_id]
    drafts: dict[int, Any] = {}
    if wanted:
        drafts = {one.pk: one for one in Document.objects.visible_to(person).filter(pk__in=wanted)}
    centre = is_administrator(person)
    for row in found:
        # The team is there already: prefetched.
        askers = {row.requester_id, *(one.pk for one in row.team.all())}
        mentor = row.mentor.person_id if row.mentor else None
        row.__dict__["about"] = subjects.get(_pair(row))
        row.__dict__["draft"] = drafts.get(row.guide_id or 0)
        row.__dict__["inside"] = centre or person.pk in askers or person.pk == mentor
    return found


def _pair(row: Request) -> tuple[int, int]:
    return row.subject_type_id or 0, row.subject_id or 0
