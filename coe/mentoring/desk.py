"""Mentors as the help desk of the rooms that do not know of them: their questions become requests."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.contrib.contenttypes.models import ContentType

from coe.accounts.models import Person
from coe.core import helpdesk
from coe.core.subjects import Subject
from coe.mentoring.asking import ask_for_help
from coe.mentoring.models import Request
from coe.mentors.models import Mentor


def ask(person: Person, question: helpdesk.Question) -> Subject:
    """The question as a request of that person. Raises as `ask_for_help` does."""
    wanted = Mentor.objects.serving().filter(person=question.mentor_person).exclude(person=person).first()
    made = ask_for_help(
        actor=person,
        goal=question.goal,
        topic=question.topic,
        urgency=question.urgency,
        details=question.details,
        skills=question.skills,
        subject=question.subject,
        version=question.version,
        team=[pk for pk in question.team if pk != person.pk],
        wanted_id=wanted.pk if wanted else None,
    )
    return made.as_subject()


def standings(ids: Collection[int]) -> Mapping[int, helpdesk.Standing]:
    """What became of these requests, and who answers them."""
    rows = Request.objects.filter(pk__in=ids).values_list("pk", "state", "goal", "mentor__person")
    return {
        pk: helpdesk.Standing(state, goal, Request(pk=pk).get_absolute_url(), helper)
        for pk, state, goal, helper in rows
    }


def type_id() -> int:
    """The content type of requests."""
    return ContentType.objects.get_for_model(Request).pk


DESK = helpdesk.Desk(
    ask=ask,
    standings=standings,
    type_id=type_id,
    verbs=frozenset({"mentoring.accepted", "mentoring.resolved", "mentoring.withdrawn"}),
)
