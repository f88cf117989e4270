"""Who reads the same figures.

People from whom the same projects and the same figures are kept share what is computed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from coe.core import access
from kpis.measures.models import Binding
from kpis.measures.queries import withheld_for
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
    """What is kept from `person`, asked anew each time: a role that was taken away counts at once."""
    hidden: frozenset[int] = frozenset()
    # No condition at all: nothing is hidden from whoever may know of every project.
    if access.visible("project", person):
        bound = Project.objects.filter(pk__in=Binding.objects.values("project"))
        known = Project.objects.visible_to(person).values("pk")
        hidden = frozenset(bound.exclude(pk__in=known).values_list("pk", flat=True))
    closed = Binding.objects.filter(is_withheld=True).exclude(project__in=hidden)
    return Audience(hidden, frozenset(withheld_for(person, closed)))
