"""The verbs by which people come onto paths, alone, in a team or as a unit, and leave them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from coe.accounts.models import BusinessUnit, Person
from coe.core import access, events
from coe.core.errors import Refused, invalid
from coe.core.http import today
from coe.guides import about
from coe.mentors.models import Mentor
from coe.onboarding import marking, verifying
from coe.onboarding.models import Enrolment, Team
from coe.onboarding.way import ways
from coe.paths import dates
from coe.paths.models import Edition, Experience, Path

MOST_MEMBERS = 30
MOST_OF_UNIT = 2_000
_FARTHEST = timedelta(days=366)


@transaction.atomic
def make_team(
    *,
    actor: Person,
    name: str,
    unit: BusinessUnit | None = None,
    subject: tuple[int, int] | None = None,
    members: Sequence[int] = (),
) -> Team:
    """Begin a team that the actor leads and belongs to; `subject` is what it works on, `members` ids of people.

    Raises `ValidationError` by field.
    """
    access.require(actor, "onboarding.team", unit)
    team = Team(name=_name(name), unit=unit or actor.unit, lead=actor)
    if subject is not None:
        if about.subject_of(actor, *subject) is None:
            raise invalid("subject", "must be something that you may know of")
        team.subject_type_id, team.subject_id = subject
    team.save(force_insert=True)
    team.members.set(_people(members, besides=actor))
    events.record(actor=actor, verb="onboarding.team_made", subject=team, facts={"name": team.name})
    return team


@transaction.atomic
def change_team(*, team_id: int, actor: Person, name: str, members: Sequence[int]) -> Team:
    """Change the team's name and who belongs to it; the lead stays in it. Who joins does not come onto a path by it.

    Raises `Team.DoesNotExist`, `PermissionDenied`, `ValidationError` by field.
    """
    visible = Team.objects.visible_to(actor).select_related("lead")
    team: Team = visible.select_for_update(of=("self",)).get(pk=team_id)
    if team.lead_id != actor.pk:
        access.require(actor, "onboarding.enrol", team.unit)
    team.name = _name(name)
    team.save(update_fields=["name"])
    team.members.set(_people(members, besides=team.lead))
    events.record(actor=actor, verb="onboarding.team_changed", subject=team, facts={"fields": ["name", "members"]})
    return team


def enrol(
    *,
    actor: Person,
    path: str,
    person_id: int | None = None,
    team_id: int | None = None,
    experience: str = Experience.NEW,
    started_on: date | None = None,
) -> Enrolment:
    """Put somebody (the actor, when nobody is named) onto the path of that short name, in a team or alone.

    What is done already is seen at once. Raises `Path.DoesNotExist`, `Person.DoesNotExist`, `Team.DoesNotExist`,
    `PermissionDenied`, `Refused` for who is on it already and for a path that nobody can begin, `ValidationError`.
    """
    person = actor if person_id in (None, actor.pk) else Person.objects.visible_to(actor).get(pk=person_id)
    team = Team.objects.visible_to(actor).select_related("unit").get(pk=team_id) if team_id else None
    _may_enrol(actor, person, team)
    with transaction.atomic():
        one = _enrol(actor, _edition(actor, path), person, team, experience, _start(started_on))
        verifying.verify([one])
    return Enrolment.objects.select_related("path", "edition", "person", "team", "unit").get(pk=one.pk)


@transaction.atomic
def enrol_team(*, actor: Person, path: str, team_id: int, experience: str = Experience.NEW) -> list[Enrolment]:
    """Put everybody of a team who is not on the path yet onto it. Raises as `enrol` does."""
    team = Team.objects.visible_to(actor).select_related("unit").get(pk=team_id)
    edition = _edition(actor, path)
    on_it = Enrolment.objects.active().filter(path=edition.path, person__in=team.members.all()).values("person")
    people = list(team.members.filter(is_active=True).exclude(pk__in=on_it).order_by("pk"))
    for person in people:
        _may_enrol(actor, person, team)
    made = [_enrol(actor, edition, person, team, experience, today()) for person in people]
    verifying.verify(made)
    return made


@transaction.atomic
def enrol_unit(*, actor: Person, path: str, unit: BusinessUnit, experience: str = Experience.NEW) -> list[Enrolment]:
    """Put everybody of a unit and its sub-units who is not and was not on the path onto it.

    Raises `Path.DoesNotExist`, `PermissionDenied`, `Refused` where nobody is left or there are more than 2,000.
    """
    access.require(actor, "onboarding.enrol", unit)
    edition = _edition(actor, path)
    were = Enrolment.objects.filter(path=edition.path).exclude(state=Enrolment.State.LEFT).values("person")
    people = Person.objects.filter(is_active=True, unit__lineage__contains=[unit.pk]).exclude(pk__in=were)
    found = list(people.select_related("unit").order_by("pk")[: MOST_OF_UNIT + 1])
    if not found:
        raise Refused("Everybody of this unit is on the path already, or has reached its end.")
    if len(found) > MOST_OF_UNIT:
        raise Refused(f"More than {MOST_OF_UNIT:,} people at once are too many. Put the parts of the unit on the path.")
    made = [_enrol(actor, edition, person, None, experience, today(), unit=unit) for person in found]
    verifying.verify(made)
    return made


@transaction.atomic
def leave_path(*, enrolment_id: int, actor: Person, why: str) -> Enrolment:
    """End an enrolment before its end; what was done stays. By the person, or whoever guides the person.

    Raises `Enrolment.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` on `why`.
    """
    one = locked(enrolment_id, actor)
    if one.person_id != actor.pk:
        access.require(actor, "onboarding.guide", one)
    why = _words(why, "why", "must say why")
    _refuse_ended(one)
    one.state, one.ended_at = Enrolment.State.LEFT, timezone.now()
    one.save(update_fields=["state", "ended_at"])
    facts = {"path": one.path.title, "why": why, "person": one.person_id}
    events.record(actor=actor, verb="onboarding.left", subject=one, facts=facts)
    return one


@transaction.atomic
def shift_dates(*, enrolment_id: int, actor: Person, first: date, last: date, why: str) -> Enrolment:
    """Move all dates by the working days from `first` to `last`, both included: the person is away then.

    Raises `Enrolment.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` by field.
    """
    one = locked(enrolment_id, actor)
    if one.person_id != actor.pk:
        access.require(actor, "onboarding.guide", one)
    _refuse_ended(one)
    if not first <= last <= first + _FARTHEST:
        raise invalid("last", "must be a day from the first one on, within a year")
    if last < one.started_on:
        raise invalid("last", f"must not lie before the start, {one.started_on:%Y-%m-%d}")
    why = _words(why, "why", "must say why, like holidays")
    way = ways([one])[one.pk]
    days = dates.working_days(max(first, one.started_on), last, way.is_free)
    one.shifted_days = min(one.shifted_days + days, 500)
    one.save(update_fields=["shifted_days"])
    marking.refresh([one])
    facts = {"days": days, "why": why, "person": one.person_id}
    events.record(actor=actor, verb="onboarding.shifted", subject=one, facts=facts)
    return one


@transaction.atomic
def set_mentor(*, enrolment_id: int, actor: Person, mentor_id: int | None) -> Enrolment:
    """Say who mentors somebody on a path (None: nobody any more).

    Raises `Enrolment.DoesNotExist`, `PermissionDenied`, `ValidationError` on `mentor`.
    """
    one = locked(enrolment_id, actor)
    access.require(actor, "onboarding.guide", one)
    mentor = Mentor.objects.serving().select_related("person").filter(pk=mentor_id).first() if mentor_id else None
    if mentor_id and mentor is None:
        raise invalid("mentor", "must be somebody who mentors now")
    if mentor is not None and mentor.person_id == one.person_id:
        raise invalid("mentor", "must be somebody else")
    one.mentor = mentor
    one.save(update_fields=["mentor"])
    facts = {"mentor": mentor.person.name if mentor else "nobody", "person": one.person_id}
    events.record(actor=actor, verb="onboarding.mentor_set", subject=one, facts=facts)
    return one


def locked(enrolment_id: int, actor: Person) -> Enrolment:
    """The enrolment under its own, its team's and its team-mates' locks.

    Raises `Enrolment.DoesNotExist` for whoever may not know of it.
    """
    found: Enrolment = Enrolment.objects.visible_to(actor).get(pk=enrolment_id)
    return next(one for one in marking.lock([found]) if one.pk == found.pk)


def _refuse_ended(one: Enrolment) -> None:
    if one.state != Enrolment.State.ACTIVE:
        raise Refused("This path has come to its end. What was done is kept as it is.")


def _may_enrol(actor: Person, person: Person, team: Team | None) -> None:
    """The lead of a team puts its members onto paths; else as the rule says."""
    if team is not None and not team.members.filter(pk=person.pk).exists():
        raise invalid("person", "must be one of the team")
    if team is not None and team.lead_id == actor.pk:
        return
    if not access.may(actor, "onboarding.enrol", person):
        raise PermissionDenied("onboarding.enrol")


def _edition(actor: Person, slug: str) -> Edition:
    """The path's newest published edition. Raises `Path.DoesNotExist`, `Refused`."""
    path: Path = Path.objects.visible_to(actor).get(slug=slug)
    newest = path.editions.filter(state=Edition.State.PUBLISHED).select_related("path").first()
    if path.is_archived or newest is None:
        raise Refused("Nobody can begin this path: " + ("it is put away." if path.is_archived else "it is a draft."))
    return newest


def _enrol(
    actor: Person,
    edition: Edition,
    person: Person,
    team: Team | None,
    experience: str,
    start: date,
    *,
    unit: BusinessUnit | None = None,
) -> Enrolment:
    if experience not in Experience.values:
        raise invalid("experience", "must be one of " + ", ".join(Experience.values))
    if not person.is_active:
        raise invalid("person", "must have an open account")
    one = Enrolment(
        path=edition.path,
        edition=edition,
        person=person,
        team=team,
        unit=unit or (team.unit if team else None) or person.unit,
        experience=experience,
        started_on=start,
        enrolled_by=actor,
    )
    try:
        with transaction.atomic():
            one.save(force_insert=True)
    except IntegrityError:
        raise Refused(f"{person.name} is on this path already.") from None
    facts = {"person": person.name, "path": edition.path.title, "edition": edition.number, "person_id": person.pk}
    events.record(actor=actor, verb="onboarding.enrolled", subject=one, facts=facts)
    return one


def _start(day: date | None) -> date:
    if day is None:
        return today()
    if abs(day - today()) > _FARTHEST:
        raise invalid("started_on", "must lie within a year of today")
    return day


def _people(ids: Sequence[int], *, besides: Person) -> list[Person]:
    wanted = {*ids, besides.pk}
    if len(wanted) > MOST_MEMBERS:
        raise invalid("members", f"may be at most {MOST_MEMBERS}")
    found = list(Person.objects.filter(pk__in=wanted, is_active=True))
    if len(found) != len(wanted):
        raise invalid("members", "must be people with an open account")
    return found


def _name(name: str) -> str:
    return _words(name, "name", "must say what the team is called", most=120)


def _words(value: str, field: str, required: str, *, most: int = 500) -> str:
    value = value.strip()
    if not value:
        raise invalid(field, required)
    if len(value) > most:
        raise invalid(field, f"may have at most {most} characters")
    return value
