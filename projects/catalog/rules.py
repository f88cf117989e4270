"""Who may know of a project and who may do what to it."""

from __future__ import annotations

from django.db.models import Q

from coe.accounts.models import BusinessUnit, Person, Role
from coe.accounts.rules import in_scope, is_administrator, standing
from coe.core import access, events
from projects.catalog.models import Member, Project


@access.visibility("project")
def _projects(person: Person) -> Q:
    """Company-wide ones; those of units in which the person holds any role or works; those they are part of.

    Members-only ones are open to their people, to executives and unit leads of the unit, and to the centre.
    """
    held = standing(person)
    if held.everywhere & {Role.ADMINISTRATOR, Role.EXECUTIVE}:
        return Q()
    own = person.unit_id and in_scope(frozenset({person.unit_id}))
    theirs = (
        Q(owner=person)
        | Q(sponsor=person)
        | Q(pk__in=Member.objects.filter(person=person).values("project"))
        | Q(pk__in=Project.stakeholders.through.objects.filter(person=person).values("project"))
    )
    of_unit = Q(visibility="unit") & ((in_scope(held.scope()) | own) if own else in_scope(held.scope()))
    led = in_scope(held.scope(Role.UNIT_LEAD, Role.EXECUTIVE))
    return Q(visibility="company") | of_unit | theirs | led


def is_team(person: Person, project: Project) -> bool:
    """Whether the person owns the project or is a member of it; asked once and kept on the instance."""
    if project.owner_id == person.pk:
        return True
    if person.pk not in project.__dict__.get("_members", {}):
        keep_membership(project, person, is_member=project.members.filter(person=person).exists())
    return bool(project.__dict__["_members"][person.pk])


def keep_membership(project: Project, person: Person, *, is_member: bool) -> None:
    """Note on the instance what the database just said, so that no rule asks it again."""
    project.__dict__.setdefault("_members", {})[person.pk] = is_member


def leads(person: Person, project: Project) -> bool:
    """Whether the person leads the project's unit, or is of the centre."""
    return is_administrator(person) or standing(person).holds(Role.UNIT_LEAD, unit=project.unit)


@access.rule("project.create")
def _create(person: Person, unit: object) -> bool:
    roles = (Role.CONTRIBUTOR, Role.UNIT_LEAD, Role.ADMINISTRATOR)
    if isinstance(unit, BusinessUnit):
        return standing(person).holds(*roles, unit=unit)
    return standing(person).holds_anywhere(*roles)


@access.rule("project.edit")
def _edit(person: Person, project: object) -> bool:
    return isinstance(project, Project) and (leads(person, project) or is_team(person, project))


def editable_by(person: Person) -> Q:
    """The condition on projects that the person may edit: the rule `project.edit` for many at once."""
    if is_administrator(person):
        return Q()
    members = Q(pk__in=Member.objects.filter(person=person).values("project"))
    return Q(owner=person) | members | in_scope(standing(person).scope(Role.UNIT_LEAD))


@access.rule("project.govern")
def _govern(person: Person, project: object) -> bool:
    """Stage moves, members, owner, visibility, baselines and targets: its owner, the unit's lead, the centre."""
    return isinstance(project, Project) and (leads(person, project) or project.owner_id == person.pk)


@access.rule("project.override")
def _override(person: Person, _project: object) -> bool:
    return is_administrator(person)


@access.rule("project.confidential")
def _confidential(person: Person, project: object) -> bool:
    """Read figures that a binding holds back: its people, executives of the unit, its lead, the centre."""
    return isinstance(project, Project) and (
        leads(person, project)
        or is_team(person, project)
        or project.sponsor_id == person.pk
        or standing(person).holds(Role.EXECUTIVE, unit=project.unit)
    )


events.sentence("project.created", "added it to the catalog")
events.sentence("project.edited", lambda facts: "changed " + ", ".join(facts.get("fields", [])).replace("_", " "))
events.sentence(
    "project.moved",
    lambda facts: (
        f"moved it to {facts['after']}: {facts['reason']}" + (" (override)" if facts.get("is_override") else "")
    ),
)
events.sentence("project.member_added", "added {person} for {responsibility}")
events.sentence("project.member_removed", "took {person} off {responsibility}")
events.sentence("project.status_given", "said it is {status}")
