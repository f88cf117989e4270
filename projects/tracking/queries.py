from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models.functions import Lower

from coe.core import access

if TYPE_CHECKING:
    from projects.tracking.models import Experiment, LoggedModel, RegisteredModel, Run, Source  # noqa: F401  in quotes below


def _with_words(found: Any, words: str) -> Any:
    """Those whose name holds every one of the words, in any order and case."""
    found = found.alias(lower_name=Lower("name"))
    for word in words.lower().split()[:8]:
        found = found.filter(lower_name__contains=word)
    return found


class SourceQuerySet(models.QuerySet["Source"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(access.visible("source", person))


class ExperimentQuerySet(models.QuerySet["Experiment"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(access.visible("experiment", person))

    def unlinked(self) -> Self:
        """What waits in triage: there, active, belonging to no project, and not dismissed."""
        return self.filter(project=None, is_dismissed=False, missing_since=None, lifecycle_stage="active")

    def matching(self, words: str) -> Self:
        found: Self = _with_words(self, words)
        return found


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

    def matching(self, words: str) -> Self:
        found: Self = _with_words(self, words)
        return found
