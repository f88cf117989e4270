"""What a project's page tells out of several tables, each in one query. The caller has found it by `visible_to`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.urls import reverse

from coe.accounts.models import Person
from projects.catalog.models import Project, Responsibility, StatusUpdate

MOST_LINKED = 10
_STAKEHOLDER = "stakeholder"


@dataclass(frozen=True)
class Contacts:
    """The people of a project besides its owner and its sponsor, by name."""

    members: list[tuple[str, list[Person]]]  # by responsibility, in the order of the responsibilities
    stakeholders: list[Person]


def contacts_of(project: Project) -> Contacts:
    """Whom to ask about the project: one query."""
    members = Person.objects.filter(memberships__project=project)
    watching = Person.objects.filter(watched_projects=project)
    found: dict[str, list[Person]] = {}
    everybody: Any = members.annotate(part=F("memberships__responsibility")).union(
        watching.annotate(part=Value(_STAKEHOLDER, output_field=CharField())), all=True
    )
    for person in everybody.order_by("name", "id"):
        found.setdefault(person.part, []).append(person)
    stakeholders = found.pop(_STAKEHOLDER, [])
    return Contacts([(Responsibility(part).label, found[part]) for part in sorted(found)], stakeholders)


@dataclass(frozen=True)
class Said:
    """The newest status update."""

    status: str
    html: str
    author: str
    created_at: datetime


def with_latest_status(projects: QuerySet[Project]) -> QuerySet[Project]:
    """The projects, each with what `latest_status_of` tells of it: no query of its own."""
    said = StatusUpdate.objects.filter(project=OuterRef("pk")).values(
        one=JSONObject(status="status", html="html", author="author__name", created_at="created_at")
    )
    return projects.annotate(said=Subquery(said[:1]))


def latest_status_of(project: Project) -> Said | None:
    """The newest status update of a project that came with it; None where nobody gave one."""
    said: dict[str, str] | None = project.__dict__["said"]
    if said is None:
        return None
    return Said(said["status"], said["html"], said["author"], datetime.fromisoformat(said["created_at"]))


@dataclass(frozen=True)
class Linked:
    """An experiment or a registered model of the project."""

    name: str
    url: str
    is_missing: bool


@dataclass(frozen=True)
class Mirrored:
    """What of MLflow belongs to a project; the first ten of each kind by name."""

    experiments: list[Linked]
    models: list[Linked]


def mirrored_of(project: Project) -> Mirrored:
    """The project's experiments and registered models: one query."""
    same = ("kind", "pk", "name", "source__name", "missing_since")
    experiments = project.experiments.annotate(kind=Value("experiment")).order_by("name", "pk")
    models = project.registeredmodels.annotate(kind=Value("model")).order_by("name", "pk")
    rows = (
        experiments.values_list(*same, "experiment_id")[:MOST_LINKED]
        .union(models.values_list(*same, "name")[:MOST_LINKED], all=True)
        .order_by("name", "pk")
    )
    found: dict[str, list[Linked]] = {"experiment": [], "model": []}
    for kind, _, name, source, missing_since, named in rows:
        found[kind].append(Linked(name, reverse(f"tracking:{kind}", args=[source, named]), missing_since is not None))
    return Mirrored(found["experiment"], found["model"])
