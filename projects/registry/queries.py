from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

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
