"""The verb with which a new team starts: its entry in the catalog, the team, its people on the path: all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from coe.accounts.models import BusinessUnit, Person
from coe.onboarding import services as onboarding
from coe.onboarding.models import Enrolment, Team
from coe.paths.models import Experience, Path
from projects.catalog import services as catalog
from projects.catalog.models import Project, Stage

# The built-in path that a new team goes; where the centre put it away, a team starts without one.
PATH = "new-team"


@dataclass(frozen=True)
class Started:
    """What a team has once it started. `enrolment` is that of who started it; None where there is no path."""

    project: Project
    team: Team
    enrolment: Enrolment | None


@transaction.atomic
def start_project(
    *,
    actor: Person,
    name: str,
    summary: str,
    unit: BusinessUnit,
    sponsor: Person | None = None,
    members: Sequence[int] = (),
    experience: str = Experience.NEW,
) -> Started:
    """Add a project to the catalog that the actor owns, begin its team (`members` are ids of people), and put the team
    onto the path for new teams.

    Raises `ValidationError` by field, `PermissionDenied` to whoever may not add projects in the unit.
    """
    project = catalog.create_project(
        actor=actor,
        name=name,
        summary=summary,
        unit=unit,
        owner=actor,
        sponsor=sponsor,
        stage=Stage.EXPLORATION,
        reason="A new team starts",
    )
    for pk in members:
        person = Person.objects.filter(pk=pk, is_active=True).first()
        if person is not None and person.pk != actor.pk:
            catalog.add_member(slug=project.slug, actor=actor, person=person, responsibility="data_science")
    team = onboarding.make_team(
        actor=actor,
        name=project.name,
        unit=unit,
        subject=(ContentType.objects.get_for_model(Project).pk, project.pk),
        members=members,
    )
    there = Path.objects.visible_to(actor).filter(slug=PATH, is_archived=False, editions__state="published")
    if not there.exists():
        return Started(project, team, None)
    made = onboarding.enrol_team(actor=actor, path=PATH, team_id=team.pk, experience=experience)
    return Started(project, team, next((one for one in made if one.person_id == actor.pk), None))
