"""Newcomers and their projects: what checks of paths share that look at projects (see coe.paths.checks)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F

from coe.core.models import Event
from coe.paths.checks import Finding, Newcomer, Touched
from projects.catalog.models import Member, Project

# Which project is whose: what these change can make every check on projects see something else.
WHOSE = frozenset({"project.created", "project.edited", "project.member_added", "project.member_removed"})
NO_PROJECT = "There is no project in the catalog yet."
_EVER = datetime.max.replace(tzinfo=UTC)

# Project id → what was found of it; for the projects asked for, any of which may be left out.
FindOfProjects = Callable[[set[int]], Mapping[int, Finding]]


def find_by_project(newcomers: Sequence[Newcomer], find: FindOfProjects, *, not_yet: str) -> list[Finding]:
    """The finding of each newcomer: of the project it is bound to, else the best of those that its people own or are
    members of. One query besides those of `find`; none where every newcomer is bound to a project.

    `not_yet` is why a project is not so of which nothing was found.
    """
    of = projects_of(newcomers)
    found = find({one for ids in of for one in ids})
    return [_best([found.get(one) or Finding(False, why=not_yet) for one in ids]) for ids in of]


def _best(findings: Sequence[Finding]) -> Finding:
    """The one that has been so for longest, else what is lacking of the newest project (the last one given)."""
    seen = [one for one in findings if one.is_so]
    if seen:
        return min(seen, key=lambda one: one.at or _EVER)
    return findings[-1] if findings else Finding(False, why=NO_PROJECT)


def projects_of(newcomers: Sequence[Newcomer]) -> list[tuple[int, ...]]:
    """The ids of each newcomer's projects, the newest last: the one that it is bound to, else those of its people."""
    type_id = ContentType.objects.get_for_model(Project).pk
    bound = [one.subject[1] if one.subject and one.subject[0] == type_id else None for one in newcomers]
    unbound = {pk for one, project in zip(newcomers, bound, strict=True) if project is None for pk in one.people}
    of: dict[int, set[int]] = {}
    if unbound:
        owned = Project.objects.filter(owner__in=unbound).order_by().values_list("owner_id", "pk")
        shared = Member.objects.filter(person__in=unbound).order_by().values_list("person_id", "project_id")
        for person_id, project_id in owned.union(shared):
            of.setdefault(person_id, set()).add(project_id)
    return [
        (project,) if project is not None else tuple(sorted(set().union(*(of.get(pk, set()) for pk in one.people))))
        for one, project in zip(newcomers, bound, strict=True)
    ]


def touched_by(events: Sequence[Event]) -> Touched:
    """Whom events about projects concern. Of changes to a project that are not about its people: only the project."""
    return touched_projects(of_kind(events, Project))


def of_kind(events: Iterable[Event], model: Any) -> set[int]:
    """The ids of the things of one kind that the events are about."""
    type_id = ContentType.objects.get_for_model(model).pk
    return {event.subject_id for event in events if event.subject_type_id == type_id}


def touched_projects(ids: Iterable[int]) -> Touched:
    """Whom changes to these projects concern: those bound to them, and their owners and members. One query."""
    ids = set(ids)
    if not ids:
        return Touched()
    owners = Project.objects.filter(pk__in=ids).order_by().values_list("owner_id", flat=True)
    members = Member.objects.filter(project__in=ids).order_by().values_list(F("person_id"), flat=True)
    type_id = ContentType.objects.get_for_model(Project).pk
    return Touched(people=frozenset(owners.union(members)), subjects=frozenset((type_id, one) for one in ids))
