"""The filters of this room's lists in the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from coe.core.errors import invalid
from projects.catalog.models import Project
from projects.tracking.models import Source

RUN_STATES = [(one, one) for one in ("FINISHED", "RUNNING", "SCHEDULED", "FAILED", "KILLED")]


class Filters(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """A source or project that does not exist is an error that names the parameter, not an empty list."""

    source = filters.CharFilter(method="of_source", label="Name of a source.")
    project = filters.CharFilter(method="of_project", label="Slug of a project.")
    project_path = "project"

    def of_source(self, found: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        source = Source.objects.visible_to(self.request.user).filter(name=value).first()
        if source is None:
            raise invalid("source", f"There is no source {value[:60]!r}.")
        return found.filter(source=source)

    def of_project(self, found: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        project = Project.objects.visible_to(self.request.user).filter(slug=value).first()
        if project is None:
            raise invalid("project", f"There is no project {value[:80]!r}.")
        return found.filter(**{self.project_path: project})


class ThingFilters(Filters):
    unlinked = filters.BooleanFilter(method="only_unlinked", label="true: only what waits for a project.")
    q = filters.CharFilter(method="with_words", label="Words in the name.")
    name = filters.CharFilter(label="The exact name.")

    def only_unlinked(self, found: Any, _name: str, value: bool) -> Any:
        return found.unlinked() if value else found.filter(project__isnull=False)

    def with_words(self, found: Any, _name: str, value: str) -> Any:
        return found.matching(value)


class ExperimentFilters(ThingFilters):
    experiment_id = filters.CharFilter(label="MLflow's id of the experiment.")


class RunFilters(Filters):
    project_path = "experiment__project"
    experiment = filters.CharFilter(field_name="experiment__experiment_id", label="MLflow's id of the experiment.")
    status = filters.ChoiceFilter(choices=RUN_STATES)
