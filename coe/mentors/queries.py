from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from coe.accounts.models import Grant, Role
from coe.core import access

if TYPE_CHECKING:
    from coe.mentors.models import Mentor  # noqa: F401  in quotes below


class MentorQuerySet(models.QuerySet["Mentor"]):
    def visible_to(self, person: Any) -> Self:
        """Everybody may know who mentors."""
        return self.filter(access.visible("mentor", person))

    def serving(self) -> Self:
        """Those who mentor now: not stopped, with an open account and the role, paused or not."""
        holds = Grant.objects.filter(person=OuterRef("person"), role=Role.MENTOR)
        return self.filter(Exists(holds), stopped_at=None, person__is_active=True)

    def with_serving(self) -> Self:
        """`holds_role`: whether the person has the role of a mentor (now)."""
        return self.annotate(holds_role=Exists(Grant.objects.filter(person=OuterRef("person"), role=Role.MENTOR)))

    def taking(self, on: date) -> Self:
        """Those who are neither paused nor away on that day (of their own calendar)."""
        paused = Q(paused_at__isnull=False) & (Q(paused_until=None) | Q(paused_until__gt=on))
        return self.serving().exclude(paused).exclude(away__first__lte=on, away__last__gte=on)
