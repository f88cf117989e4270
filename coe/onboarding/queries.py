from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from coe.core import access

if TYPE_CHECKING:
    from coe.onboarding.models import Enrolment, Team  # noqa: F401  in quotes below


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, person: Any) -> Self:
        """One's own teams, those one leads, those of units one leads; the centre: all."""
        return self.filter(access.visible("onboarding.team", person))


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, person: Any) -> Self:
        """One's own and those of one's team, those one mentors, those of units one leads; the centre: all."""
        return self.filter(access.visible("enrolment", person))

    def active(self) -> Self:
        return self.filter(state="active")
