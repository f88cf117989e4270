"""Who may know of mentors, and who keeps their profiles."""

from __future__ import annotations

from django.db.models import Q

from coe.accounts.models import Person, Role
from coe.accounts.rules import is_administrator, standing
from coe.core import access, events
from coe.mentors.models import Mentor


@access.visibility("mentor")
def _mentors(_person: Person) -> Q:
    return Q()


@access.rule("mentor.begin")
def _begin(person: Person, of: object) -> bool:
    """One's own profile with the role of a mentor; anybody's for the centre."""
    return is_administrator(person) or (
        isinstance(of, Person) and of.pk == person.pk and standing(person).holds_anywhere(Role.MENTOR)
    )


@access.rule("mentor.edit")
def _edit(person: Person, mentor: object) -> bool:
    return isinstance(mentor, Mentor) and (mentor.person_id == person.pk or is_administrator(person))


@access.rule("mentor.export")
def _export(person: Person, _mentors: object) -> bool:
    return is_administrator(person)


events.sentence("mentor.began", "began mentoring")
events.sentence("mentor.changed", lambda facts: "changed " + ", ".join(facts.get("fields", [])).replace("_", " "))
events.sentence("mentor.skills_set", "said what they know: {tags}")
events.sentence("mentor.away_added", "is away from {first} to {last}")
events.sentence("mentor.away_removed", "is not away from {first} to {last}")
events.sentence("mentor.paused", "takes no requests{until}")
events.sentence("mentor.resumed", "takes requests again")
events.sentence("mentor.stopped", "stopped mentoring: {reason}")
events.sentence("mentor.returned", "began mentoring again")
