from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from coe.core import access
from coe.core.editions import newest_published

if TYPE_CHECKING:
    from projects.checklists.models import Checklist, Edition


class ChecklistQuerySet(models.QuerySet["Checklist"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(access.visible("checklist", person))

    def in_use(self) -> Self:
        """Those that a new handoff may be made from: not archived, with a published edition."""
        return self.filter(is_archived=False, editions__state="published").distinct()

    def with_counts(self, person: Any) -> Self:
        """`newest`: the number of the newest published edition (or None); `items`: how many it asks for; `has_draft`;
        `uses`: how many handoffs that `person` may know of were made from it.
        """
        editions = self.model._meta.get_field("editions").related_model
        handoffs: Any = self.model._meta.get_field("handoffs").related_model
        mine = editions._default_manager.filter(checklist=OuterRef("pk"), state="published").order_by("-number")
        # The room of handoffs stands above this one: it is reached by the relation alone, as its own pages reach it.
        known = handoffs._default_manager.visible_to(person).filter(checklist=OuterRef("pk")).order_by()
        uses = known.values("checklist").annotate(n=Count("pk")).values("n")
        return self.annotate(
            newest=Subquery(mine.values("number")[:1]),
            items=Subquery(mine.annotate(n=Count("items")).values("n")[:1], output_field=IntegerField()),
            has_draft=models.Exists(editions._default_manager.filter(checklist=OuterRef("pk"), state="draft")),
            uses=Coalesce(Subquery(uses, output_field=IntegerField()), 0),
        )

    def wanted(self, filters: dict[str, Any]) -> Self:
        """Narrowed by what a list's filters say: `q`, `kind`, `archived` ("yes")."""
        found = self.filter(is_archived=filters.get("archived") == "yes").with_words(filters.get("q") or "")
        if filters.get("kind"):
            found = found.filter(kind=filters["kind"])
        return found

    def with_words(self, words: str) -> Self:
        """Those that hold `words` in name, slug or purpose; all for none."""
        if not (words := words.strip()):
            return self
        return self.filter(Q(name__icontains=words) | Q(slug__icontains=words) | Q(purpose__icontains=words))


SORTS = {"name": ["name"], "kind": ["kind", "name"], "newest": ["newest", "name"], "uses": ["uses", "name"]}


def published(checklist: Checklist) -> Edition | None:
    """The newest published edition, or None where none is published yet."""
    return newest_published(checklist)
