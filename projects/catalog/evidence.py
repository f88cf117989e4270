"""What people's projects show of what they know, and which tags projects carry: for the mentors' room."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import F, Func, Q

from coe.accounts.models import Person
from coe.mentors.evidence import Proof
from projects.catalog.models import Member, Project, Responsibility


def proofs(viewer: Person, person_ids: Collection[int]) -> Iterator[Proof]:
    """The projects that each of the people owns or is a member of, as far as the viewer may know of them."""
    members = Member.objects.filter(person__in=person_ids)
    theirs = Q(owner__in=person_ids) | Q(pk__in=members.values("project"))
    projects = Project.objects.visible_to(viewer).filter(theirs).order_by("name", "pk")
    found = list(projects.only("slug", "name", "owner_id", "techniques", "domains"))
    parts: dict[int, dict[int, list[str]]] = {}
    rows = members.filter(project__in=[project.pk for project in found]).order_by("responsibility")
    for project_id, person_id, responsibility in rows.values_list("project_id", "person_id", "responsibility"):
        label = str(Responsibility(responsibility).label).lower()
        parts.setdefault(project_id, {}).setdefault(person_id, []).append(label)
    for project in found:
        roles = {pk: ", ".join(labels) for pk, labels in parts.get(project.pk, {}).items()}
        if project.owner_id in person_ids:
            roles[project.owner_id] = "owner"
        tags = frozenset([*project.techniques, *project.domains])
        for person_id, role in sorted(roles.items()):
            yield Proof(person_id, tags, "project", project.name, project.get_absolute_url(), role)


def tags() -> Iterable[str]:
    """The techniques and domains of projects that everybody may see."""
    projects = Project.objects.filter(visibility="company").order_by()
    both: list[Any] = [Func(F(column), function="unnest") for column in ("techniques", "domains")]
    techniques, domains = (projects.annotate(tag=tag).values_list("tag", flat=True).distinct() for tag in both)
    return techniques.union(domains)
