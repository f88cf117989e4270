from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from projects.catalog.models import Project
from projects.tracking.models import RegisteredModel

if TYPE_CHECKING:
    from projects.registry.models import AliasOrder, Drift, ManagedAlias  # noqa: F401  in quotes below


class ManagedAliasQuerySet(models.QuerySet["ManagedAlias"]):
    def visible_to(self, person: Any) -> Self:
        """Those of models that the person may know of."""
        return self.filter(model__in=RegisteredModel.objects.visible_to(person))


class OrderQuerySet(models.QuerySet["AliasOrder"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(managed__model__in=RegisteredModel.objects.visible_to(person))


class DriftQuerySet(models.QuerySet["Drift"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(managed__model__in=RegisteredModel.objects.visible_to(person))


def alias_events(project: Project) -> Q:
    """What happened to the aliases of the project's models, for its timeline."""
    kind = ContentType.objects.get_by_natural_key("tracking", "registeredmodel")
    return Q(subject_type=kind, subject_id__in=project.registeredmodels.values("pk"), verb__startswith="alias.")
