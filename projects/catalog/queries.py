from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from coe.core import access

if TYPE_CHECKING:
    from projects.catalog.models import Project


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, person: Any) -> Self:
        """The projects whose existence `person` may know of. Every page, export and count starts here."""
        return self.filter(access.visible("project", person))

    def matching(self, words: str) -> Self:
        """Those with every one of the words begun somewhere in name, slug or summary, in any order and case."""
        found = self
        for word in words.lower().split()[:8]:
            found = found.filter(search_text__contains=word)
        return found
