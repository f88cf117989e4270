from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from coe.accounts.models import BusinessUnit, Person
from coe.core import access
from projects.catalog import stages

if TYPE_CHECKING:
    from projects.catalog.models import Project  # noqa: F401  in quotes below

# Each has an index, so that a page of a long list is found without sorting the list.
STAGE_ORDER = models.Case(
    *(models.When(stage=stage, then=place) for place, stage in enumerate(stages.ORDER)),
    output_field=models.SmallIntegerField(),
)
VALUE_ORDER = Coalesce("annual_value", models.Value(-1), output_field=models.DecimalField())
# What a list of projects can be sorted by.
SORTS = {
    "name": ["name"],
    "unit": ["unit__name", "name"],
    "stage": ["stage_order", "name"],
    "owner": ["owner__name", "name"],
    "value": ["value_order", "name"],
    "updated": ["updated_at"],
}


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, person: Any) -> Self:
        """The projects whose existence `person` may know of. Every page, export and count starts here."""
        return self.filter(access.visible("project", person))

    def matching(self, words: str) -> Self:
        """Those with every one of the words begun somewhere in name, slug or summary, in any order and case."""
        found = self
        for word in words.lower().replace("\0", "").split()[:8]:
            found = found.filter(search_text__contains=word)
        return found

    def within(self, slug: str) -> Self:
        """Those of the unit named by `slug` and of its sub-units; none when there is no such unit."""
        unit = BusinessUnit.objects.filter(slug=slug).first()
        # The ids are looked up first: planned as a join, PostgreSQL would read every project.
        return self.filter(
            unit__in=list(BusinessUnit.objects.within(unit).values_list("pk", flat=True)) if unit else []
        )

    def tagged(self, tag: str) -> Self:
        """Those with the technique or the domain `tag`."""
        tag = " ".join(tag.lower().replace("\0", "").split())
        return self.filter(Q(techniques__contains=[tag]) | Q(domains__contains=[tag]))

    def owned_by(self, who: str) -> Self:
        """Those whose owner has the id, the e-mail address, or all the words of `who` in the name."""
        who = who.replace("\0", "")
        if who.isascii() and who.isdigit() and len(who) < 19:
            return self.filter(owner=int(who))
        people = Person.objects.all()
        for word in who.split()[:8]:
            people = people.filter(Q(name__icontains=word) | Q(email__iexact=word))
        return self.filter(owner__in=list(people.values_list("pk", flat=True)[:1000]))

    def wanted(self, wanted: Mapping[str, Any]) -> Self:
        """Those that match each of q, unit, stage, owner, tag, status and risk that is given and not empty."""
        found = self
        for name, narrow in (
            ("q", ProjectQuerySet.matching),
            ("unit", ProjectQuerySet.within),
            ("owner", ProjectQuerySet.owned_by),
            ("tag", ProjectQuerySet.tagged),
        ):
            if wanted.get(name):
                found = narrow(found, wanted[name])
        exact = {"stage": "stage", "status": "latest_status", "risk": "risk_tier"}
        return found.filter(**{column: wanted[name] for name, column in exact.items() if wanted.get(name)})

    def with_orders(self) -> Self:
        """With what `SORTS` needs: stages in their order rather than by name, and no value below any value."""
        return self.alias(stage_order=STAGE_ORDER, value_order=VALUE_ORDER)
