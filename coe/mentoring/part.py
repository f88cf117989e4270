"""What somebody is to a request, and what that person may do to it now, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from coe.accounts.models import Person
from coe.accounts.rules import is_administrator
from coe.core import access
from coe.mentoring.models import Request, State


@dataclass(frozen=True)
class Part:
    """One person's part in a request. A person may have several."""

    asks: bool
    mentors: bool
    coordinates: bool

    @property
    def is_inside(self) -> bool:
        """Whether the person is in the conversation, or the centre."""
        return self.asks or self.mentors or self.coordinates


def part_of(request: Request, person: Person) -> Part:
    """The person's part. Reads `request.team`, which lists have prefetched."""
    return Part(
        asks=request.requester_id == person.pk or any(one.pk == person.pk for one in request.team.all()),
        mentors=request.mentor is not None and request.mentor.person_id == person.pk,
        coordinates=is_administrator(person),
    )


def may(request: Request, part: Part, person: Person) -> dict[str, bool]:
    """By act whether the page offers it: the rule allows it, and the state does. Without a query.

    The rules in `coe.mentoring.rules` decide when it is done; here they are not asked, since each would read the team.
    """
    is_open = request.state in (State.WAITING, State.ASKED, State.OPEN)
    is_resolved = request.state == State.RESOLVED
    has_mentor = request.mentor is not None
    return {
        "answer": part.mentors and request.state == State.ASKED,
        "write": part.is_inside and is_open,
        "meet": part.is_inside and is_open and has_mentor,
        "hand_over": (part.mentors or part.coordinates) and is_open and has_mentor,
        "place": part.coordinates and request.state in (State.WAITING, State.ASKED),
        "resolve": is_open and part.is_inside and (request.state == State.OPEN or part.asks),
        "change": part.asks and (is_open or is_resolved),
        "withdraw": part.asks and is_open,
        "reopen": part.asks and is_resolved,
        "rate": part.asks and is_resolved and has_mentor,
        "guide": is_resolved and part.is_inside and request.guide_id is None and access.may(person, "document.create"),
        "why": part.is_inside,
    }
