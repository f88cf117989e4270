"""What documents and feedback can be about on this floor: projects, and registered models."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from coe.accounts.models import BusinessUnit, Person
from coe.guides import about
from projects.catalog.models import Project
from projects.catalog.rules import editable_by
from projects.tracking.models import RegisteredModel


def _editable_projects(person: Person) -> QuerySet[Project]:
    return Project.objects.filter(editable_by(person))


def _owned_projects(person: Person | None) -> QuerySet[Project]:
    return Project.objects.filter(owner=person)


def _editable_models(person: Person) -> QuerySet[RegisteredModel]:
    return RegisteredModel.objects.filter(project__in=_editable_projects(person))


def _owned_models(person: Person | None) -> QuerySet[RegisteredModel]:
    return RegisteredModel.objects.filter(project__owner=person)


def _owner_of_model(model: RegisteredModel) -> Person | None:
    return model.project.owner if model.project else None


def _unit_of_model(model: RegisteredModel) -> BusinessUnit | None:
    return model.project.unit if model.project else None


def _models_named(text: str) -> QuerySet[RegisteredModel]:
    """By name alone, or as <source>/<name> where several sources have one of that name."""
    source, _, name = text.partition("/")
    return RegisteredModel.objects.filter(Q(name=text) | Q(source__name=source, name=name))


PROJECT = about.Kind(
    name="project",
    label="Project",
    model=Project,
    editable=_editable_projects,
    owned=_owned_projects,
    owner=lambda project: project.owner,
    unit=lambda project: project.unit,
    named=lambda text: Project.objects.filter(slug=text),
)
MODEL = about.Kind(
    name="model",
    label="Model",
    model=RegisteredModel,
    editable=_editable_models,
    owned=_owned_models,
    owner=_owner_of_model,
    unit=_unit_of_model,
    named=_models_named,
)
