"""Who may know of who is on which path, and who may do what there."""

from __future__ import annotations

from django.db.models import Q

from coe.accounts.models import BusinessUnit, Person, Role
from coe.accounts.rules import in_scope, is_administrator, standing
from coe.core import access, events
from coe.onboarding.models import Enrolment, Team


@access.visibility("onboarding.team")
def _teams(person: Person) -> Q:
    """One's own teams, those one leads, those of units one leads or is an executive of; the centre: all."""
    if is_administrator(person):
        return Q()
    member = Q(pk__in=Team.members.through.objects.filter(person=person).values("team"))
    seen = in_scope(standing(person).scope(Role.UNIT_LEAD, Role.EXECUTIVE))
    return member | Q(lead=person) | (Q(unit__isnull=False) & seen)


@access.visibility("enrolment")
def _enrolments(person: Person) -> Q:
    """One's own, those of one's team, those one mentors or leads, those of units one leads or is an executive
    of; the centre: all.
    """
    if is_administrator(person):
        return Q()
    teams = Team.objects.filter(Q(lead=person) | Q(members=person)).order_by().values("pk")
    seen = in_scope(standing(person).scope(Role.UNIT_LEAD, Role.EXECUTIVE))
    return Q(person=person) | Q(team__in=teams) | Q(mentor__person=person) | (Q(unit__isnull=False) & seen)


def leads(person: Person, unit: BusinessUnit | None) -> bool:
    """Whether the person leads the unit, or is of the centre."""
    return is_administrator(person) or (unit is not None and standing(person).holds(Role.UNIT_LEAD, unit=unit))


@access.rule("onboarding.enrol")
def _enrol(person: Person, who: object) -> bool:
    """Oneself; the people of a unit one leads, or the unit as a whole; anybody for the centre."""
    if isinstance(who, Person):
        return who.pk == person.pk or leads(person, who.unit)
    if isinstance(who, BusinessUnit):
        return leads(person, who)
    return is_administrator(person)


@access.rule("onboarding.team")
def _make_team(person: Person, _unit: object) -> bool:
    """Anybody may begin a team, and is its lead."""
    return person.is_active


@access.rule("onboarding.go")
def _go(person: Person, enrolment: object) -> bool:
    """Read, do, answer, be stuck: the person on the path."""
    return isinstance(enrolment, Enrolment) and enrolment.person_id == person.pk


@access.rule("onboarding.guide")
def _guide(person: Person, enrolment: object) -> bool:
    """Waive steps, shift dates, name the mentor, end it: the team's lead, the unit's lead, the centre."""
    return isinstance(enrolment, Enrolment) and (
        leads(person, enrolment.unit) or (enrolment.team is not None and enrolment.team.lead_id == person.pk)
    )


@access.rule("onboarding.cohort")
def _cohort(person: Person, _unit: object) -> bool:
    """See where people stand: leads of units and the centre."""
    return is_administrator(person) or standing(person).holds_anywhere(Role.UNIT_LEAD, Role.EXECUTIVE)


events.sentence("onboarding.team_made", "began the team {name}")
events.sentence("onboarding.team_changed", lambda facts: "changed " + ", ".join(facts.get("fields", [])))
events.sentence("onboarding.enrolled", "put {person} on the path “{path}”")
events.sentence("onboarding.step_done", "finished “{step}”")
events.sentence("onboarding.step_verified", "saw “{step}” done")
events.sentence("onboarding.step_regressed", "no longer sees “{step}” done: {why}")
events.sentence("onboarding.step_waived", "said “{step}” is not needed: {why}")
events.sentence("onboarding.step_reopened", "opened “{step}” again")
events.sentence("onboarding.quiz_tried", "tried the quiz “{step}”: {right} of {asked}")
events.sentence("onboarding.stuck", "is stuck at “{step}”")
events.sentence("onboarding.shifted", "moved the dates by {days} working days: {why}")
events.sentence("onboarding.mentor_set", "has {mentor} as mentor")
events.sentence("onboarding.nudged", "reminded of “{step}”")
events.sentence("onboarding.completed", "reached the end of “{path}”")
events.sentence("onboarding.left", "left “{path}”: {why}")
