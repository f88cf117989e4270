from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery, Sum

from coe.core import access
from coe.core.editions import newest_published

if TYPE_CHECKING:
    from coe.paths.models import Edition, Path


class PathQuerySet(models.QuerySet["Path"]):
    def visible_to(self, person: Any) -> Self:
        """Published ones, those put away too: somebody may be on them. As drafts alone: whoever may write them."""
        return self.filter(access.visible("path", person))

    def in_use(self) -> Self:
        """Those that somebody can be put on: not put away, with a published edition."""
        editions = self.model._meta.get_field("editions").related_model
        return self.filter(
            Exists(editions._default_manager.filter(path=OuterRef("pk"), state="published")), is_archived=False
        )

    def with_counts(self) -> Self:
        """`newest`: the newest published edition's number (or None); its `step_count` and `minutes`; `has_draft`."""
        editions = self.model._meta.get_field("editions").related_model
        mine = editions._default_manager.filter(path=OuterRef("pk"), state="published").order_by("-number")
        return self.annotate(
            newest=Subquery(mine.values("number")[:1]),
            step_count=Subquery(mine.annotate(n=Count("steps")).values("n")[:1], output_field=IntegerField()),
            minutes=Subquery(mine.annotate(n=Sum("steps__minutes")).values("n")[:1], output_field=IntegerField()),
            has_draft=Exists(editions._default_manager.filter(path=OuterRef("pk"), state="draft")),
        )

    def wanted(self, filters: Mapping[str, Any]) -> Self:
        """Narrowed by what a list's filters say: `q`, `audience`, `archived` ("yes")."""
        found = self.filter(is_archived=filters.get("archived") == "yes").with_words(filters.get("q") or "")
        if filters.get("audience"):
            found = found.filter(audience=filters["audience"])
        return found

    def with_words(self, words: str) -> Self:
        """Those that hold `words` in title, slug or summary; all for none."""
        if not (words := words.strip()):
            return self
        return self.filter(Q(title__icontains=words) | Q(slug__icontains=words) | Q(summary__icontains=words))


SORTS = {
    "title": ["title"],
    "audience": ["audience", "level", "title"],
    "steps": ["step_count", "title"],
    "minutes": ["minutes", "title"],
}


def published(path: Path) -> Edition | None:
    """The newest published edition, or None where none is published yet."""
    return newest_published(path)
