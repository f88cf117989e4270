"""Which events of onboarding tell whom: progress to the person, lateness politely upwards, ends to those who guide."""

from __future__ import annotations

from collections.abc import Iterable

from coe.accounts.models import Grant, Role
from coe.core import telling
from coe.core.models import Event
from coe.core.telling import News
from coe.onboarding.models import Enrolment

telling.topic(
    "onboarding",
    "Onboarding",
    about="Your path: what Cairn saw, what is late, who joined; and where those you guide stand.",
    order=15,
    email="daily",
)


def _enrolment(event: Event) -> Enrolment | None:
    found = Enrolment.objects.select_related("path", "person", "team", "mentor", "unit")
    return found.filter(pk=event.subject_id).first()


def _news(event: Event, one: Enrolment, text: str, to: Iterable[int]) -> list[News]:
    people = [pk for pk in dict.fromkeys(to) if pk]
    subject = (event.subject_type_id, event.subject_id)
    return [News("onboarding", text, people, subject, one.get_absolute_url(), f"onboarding:{one.pk}")] if people else []


@telling.tell("onboarding.enrolled")
def _enrolled(event: Event) -> list[News]:
    one = _enrolment(event)
    return _news(event, one, f"You are on the path “{one.path.title}”. It begins here.", [one.person_id]) if one else []


@telling.tell("onboarding.step_verified")
def _verified(event: Event) -> list[News]:
    one = _enrolment(event)
    text = f"Cairn saw it: “{event.facts['step']}” is done."
    return _news(event, one, text, [one.person_id]) if one else []


@telling.tell("onboarding.step_regressed")
def _regressed(event: Event) -> list[News]:
    one = _enrolment(event)
    text = f"“{event.facts['step']}” is open again. {event.facts.get('why', '')}".strip()
    return _news(event, one, text, [one.person_id]) if one else []


@telling.tell("onboarding.nudged")
def _nudged(event: Event) -> list[News]:
    """The first one goes to the person, the second also to the mentor, the third also to the lead."""
    one = _enrolment(event)
    if one is None:
        return []
    step, late, level = event.facts["step"], event.facts["late"], event.facts["level"]
    days = f"{late} working day{'s' if late != 1 else ''}"
    own = f"“{step}” was due {days} ago. Stuck? One button on your path asks a mentor."
    told = _news(event, one, own, [one.person_id])
    above: list[int] = []
    if level >= 2 and one.mentor:
        above.append(one.mentor.person_id)
    if level >= 3 or (level == 2 and not above):
        above += _leads(one)
    text = f"{one.person.name} is {days} late with “{step}” on “{one.path.title}”. A word may help."
    return told + _news(event, one, text, [pk for pk in above if pk != one.person_id])


@telling.tell("onboarding.completed")
def _completed(event: Event) -> list[News]:
    one = _enrolment(event)
    if one is None:
        return []
    mine = _news(event, one, f"You reached the end of “{one.path.title}”. What you did is kept.", [one.person_id])
    others = [pk for pk in [one.mentor.person_id if one.mentor else 0, *_leads(one)] if pk != one.person_id]
    return mine + _news(event, one, f"{one.person.name} reached the end of “{one.path.title}”.", others)


@telling.tell("onboarding.mentor_set", "onboarding.step_waived", "onboarding.shifted", "onboarding.left")
def _changed(event: Event) -> list[News]:
    """What somebody else decided of one's path."""
    one = _enrolment(event)
    if one is None or event.actor_id == one.person_id:
        return []
    from_facts = event.facts
    texts = {
        "onboarding.mentor_set": f"Your mentor on “{one.path.title}” is {from_facts.get('mentor')}.",
        "onboarding.step_waived": f"You do not need “{from_facts.get('step')}”: {from_facts.get('why')}",
        "onboarding.shifted": f"Your dates on “{one.path.title}” moved by {from_facts.get('days')} working days.",
        "onboarding.left": f"You were taken off “{one.path.title}”: {from_facts.get('why')}",
    }
    return _news(event, one, texts[event.verb], [one.person_id])


def _leads(one: Enrolment) -> list[int]:
    """Who leads the team, else the unit."""
    if one.team and one.team.lead_id != one.person_id:
        return [one.team.lead_id]
    if one.unit is None:
        return []
    leads = Grant.objects.filter(role=Role.UNIT_LEAD, unit__in=one.unit.lineage, person__is_active=True)
    return list(leads.values_list("person", flat=True))
