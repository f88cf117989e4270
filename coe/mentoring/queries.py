from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from coe.accounts.models import Person
from coe.core import access

if TYPE_CHECKING:
    from coe.mentoring.models import Request  # noqa: F401  in quotes below


class RequestQuerySet(models.QuerySet["Request"]):
    def visible_to(self, person: Any) -> Self:
        """One's own and one's team's, those one is asked or answers, resolved ones that are shared; the centre: all."""
        return self.filter(access.visible("mentoring.request", person))

    def asked_by(self, person: Person) -> Self:
        """Those that the person or the person's team asked."""
        team = self.model.team.through.objects.filter(person=person).values("request")
        return self.filter(Q(requester=person) | Q(pk__in=team))

    def of_mentor(self, person: Person) -> Self:
        """Those that the person as a mentor is asked, answers, or resolved."""
        return self.filter(mentor__person=person)

    def tagged(self, tag: str) -> Self:
        """Those with that topic or further skill."""
        tag = " ".join(tag.replace("\0", "").lower().split())
        return self.filter(Q(topic=tag) | Q(skills__contains=[tag]))

    def unresolved(self) -> Self:
        return self.filter(state__in=["waiting", "asked", "open"])
