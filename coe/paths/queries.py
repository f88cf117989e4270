from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from coe.core import access

if TYPE_CHECKING:
    from coe.paths.models import Path  # noqa: F401  in quotes below


class PathQuerySet(models.QuerySet["Path"]):
    def visible_to(self, person: Any) -> Self:
        """Published ones that are in use; those with drafts alone and put away: whoever may write them."""
        return self.filter(access.visible("path", person))
