"""Who reads the same figures.

People from whom the same projects and the same figures are kept share what is computed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Value

from coe.core import access
from kpis.measures.models import Binding
from kpis.measures.queries import held_back_from
from projects.catalog.models import Project


@dataclass(frozen=True)
class Audience:
    """What a person may not see: ids of projects that have bindings, and ids of bindings whose figures are withheld."""

    hidden: frozenset[int] = frozenset()
    withheld: frozenset[int] = frozenset()

    @property
    def key(self) -> str:
        """The same for everybody from whom the same is kept."""
        told = f"{sorted(self.hidden)}|{sorted(self.withheld)}"
        return hashlib.sha256(told.encode()).hexdigest()


EVERYTHING = Audience()


def audience_of(person: Any) -> Audience:
    """What is kept from `person`, asked anew each time: a role that was taken away counts at once. One query."""
    hidden = Project.objects.none()
    # No condition at all: nothing is hidden from whoever may know of every project.
    if access.visible("project", person):
        bound = Project.objects.filter(pk__in=Binding.objects.values("project"))
        hidden = bound.exclude(pk__in=Project.objects.visible_to(person).values("pk")).order_by()
    closed = held_back_from(person, Binding.objects.exclude(project__in=hidden.values("pk"))).order_by()
    rows = _named(hidden, "project").union(_named(closed, "binding"), all=True)
    found: dict[str, set[int]] = {"project": set(), "binding": set()}
    for what, pk in rows:
        found[what].add(pk)
    return Audience(frozenset(found["project"]), frozenset(found["binding"]))


def _named(rows: QuerySet[Any], what: str) -> QuerySet[Any, Any]:
    named: QuerySet[Any, Any] = rows.annotate(what=Value(what)).values_list("what", "pk")
    return named
