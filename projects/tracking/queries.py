from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from coe.core import access

if TYPE_CHECKING:
    from projects.tracking.models import Experiment, LoggedModel, RegisteredModel, Run, Source


class SourceQuerySet(models.QuerySet["Source"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(access.visible("source", person))


class ExperimentQuerySet(models.QuerySet["Experiment"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(access.visible("experiment", person))

    def unlinked(self) -> Self:
        """What waits in triage: there, active, belonging to no project, and not dismissed."""
        return self.filter(project=None, is_dismissed=False, missing_since=None, lifecycle_stage="active")


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(access.visible("run", person))

    def that_count(self) -> Self:
        """The runs whose figures count: finished, active, still there."""
        return self.filter(status="FINISHED", lifecycle_stage="active", missing_since=None)


class LoggedModelQuerySet(models.QuerySet["LoggedModel"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(access.visible("run", person))


class RegisteredModelQuerySet(models.QuerySet["RegisteredModel"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(access.visible("model", person))

    def unlinked(self) -> Self:
        return self.filter(project=None, is_dismissed=False, missing_since=None)
