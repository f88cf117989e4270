"""What the page of a request shows: who was asked, what was said, meetings in both time zones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from coe.accounts.models import Person
from coe.core.subjects import resolve
from coe.guides.models import Document
from coe.mentoring import words
from coe.mentoring.listing import pair
from coe.mentoring.models import Attempt, Message, MessageFile, Request
from coe.mentoring.part import Part, may, part_of
from coe.mentors.calendars import zone_of


@dataclass(frozen=True)
class Said:
    """A message, with what its author is in the thread: "mentor", "asks" or nothing."""

    message: Message
    role: str
    is_mine: bool
    ends_at: datetime | None
    there: str
    may_change: bool


@dataclass(frozen=True)
class Asked:
    """One mentor who was asked, and what came of it in words."""

    attempt: Attempt
    came_of: str


def get(person: Person, pk: int) -> Request:
    """The request with the people that its page names. Raises `Request.DoesNotExist`. Two queries."""
    people = ("requester", "mentor__person", "resolved_by", "wanted__person", "unit")
    return Request.objects.visible_to(person).select_related(*people).prefetch_related("team").get(pk=pk)


def mark_of(row: Request) -> str:
    """What tells one state of the thread from another: asked for by the page that looks for what is new."""
    return f"{row.updated_at.timestamp():.6f}-{row.state}-{row.mentor_id or 0}-{row.round}"


def thread(row: Request, person: Person, part: Part, now: datetime) -> dict[str, Any]:
    """The part of the page that grows while one looks at it. Two queries, one more for who is inside."""
    files = Prefetch("files", MessageFile.objects.select_related("file").defer("file__content"))
    rows = row.messages.select_related("author").prefetch_related(files)
    attempts = list(row.attempts.select_related("mentor__person", "by")) if part.is_inside else []
    live = next((one for one in attempts if one.state == Attempt.State.PENDING), None)
    mentors = {one.mentor.person_id for one in attempts} | ({row.mentor.person_id} if row.mentor else set())
    asks = {row.requester_id, *(one.pk for one in row.team.all())}
    allowed = may(row, part, person)
    return {
        "row": row,
        "said": [_said(row, one, person, asks, mentors, allowed["write"], now) for one in rows],
        "attempts": [Asked(one, words.came_of(one, now)) for one in attempts],
        "standing": words.standing(row, live.due_at if live else None, now, person),
        "live": live,
        "part": part,
        "may": allowed,
        "mark": mark_of(row),
    }


def whole(row: Request, person: Person) -> dict[str, Any]:
    """All of the page."""
    part, now = part_of(row, person), timezone.now()
    guide = Document.objects.visible_to(person).filter(pk=row.guide_id).first() if row.guide_id else None
    return {
        **thread(row, person, part, now),
        "about": resolve([pair(row)], person).get(pair(row)) if row.subject_id else None,
        "guide": guide,
        "now": now,
        "crumbs": [{"label": "Mentoring", "url": "/mentoring/"}],
    }


def _said(
    row: Request, message: Message, person: Person, asks: set[int], mentors: set[int], may_write: bool, now: datetime
) -> Said:
    author = message.author_id
    ends = message.starts_at + timedelta(minutes=message.minutes or 0) if message.starts_at else None
    ahead = message.starts_at is not None and message.starts_at > now and message.cancelled_at is None
    return Said(
        message=message,
        role="mentor" if author in mentors else "asks" if author in asks else "",
        is_mine=author == person.pk,
        ends_at=ends,
        there=_there(row, message.starts_at, person) if message.starts_at else "",
        may_change=ahead and may_write,
    )


def _there(row: Request, at: datetime, person: Person) -> str:
    """The time of a meeting for the other side: for the mentor that of who asked, for all others the mentor's."""
    if row.mentor is not None and row.mentor.person_id != person.pk:
        return words.elsewhere(at, row.mentor.person, zone_of(row.mentor))
    return words.elsewhere(at, row.requester)
