from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from coe.core import access

if TYPE_CHECKING:
    from projects.checklists.models import Checklist, Edition


class ChecklistQuerySet(models.QuerySet["Checklist"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(access.visible("checklist", person))

    def in_use(self) -> Self:
        """Those that a new handoff may be made from: not archived, with a published edition."""
        return self.filter(is_archived=False, editions__state="published").distinct()


def published(checklist: Checklist) -> Edition | None:
    """The newest published edition, or None where none is published yet."""
    return checklist.editions.filter(state="published").order_by("-number").first()
