from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from coe.core import access

if TYPE_CHECKING:
    from projects.checklists.models import Checklist  # noqa: F401  in quotes below


class ChecklistQuerySet(models.QuerySet["Checklist"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(access.visible("checklist", person))

    def in_use(self) -> Self:
        """Those that a new handoff may be made from: not archived, with a published edition."""
        return self.filter(is_archived=False, editions__state="published").distinct()
