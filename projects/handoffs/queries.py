"""Reads of handoffs: whose turn it is, what is stale, how long it waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, Max, OuterRef, Q, Subquery

from coe.accounts.models import Person, Role
from coe.accounts.rules import in_scope, standing
from coe.core import access
from projects.catalog.models import Project
from projects.tracking.models import ModelVersion

if TYPE_CHECKING:
    from projects.handoffs.models import Handoff  # noqa: F401  in quotes below

_DECIDABLE = ("submitted", "in_review")


class HandoffQuerySet(models.QuerySet["Handoff"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(access.visible("handoff", person))

    def with_all(self) -> Self:
        """With what every page shows of a handoff, in the same query."""
        return self.select_related(
            "project__unit",
            "model_version__model__source",
            "checklist",
            "edition",
            "receiving_unit",
            "reviewer",
            "opened_by",
            "submitted_by",
            "decided_by",
            "order__managed",
        )

    def with_newest(self) -> Self:
        """`newest_version`: the highest version of the model that MLflow still has."""
        there = ModelVersion.objects.filter(model=OuterRef("model_version__model"), missing_since=None).order_by()
        newest = there.values("model").annotate(most=Max("version")).values("most")
        return self.annotate(newest_version=Subquery(newest))

    def with_checksum(self) -> Self:
        """`checksum`: that of the newest decision's record."""
        newest = self.model._default_manager.filter(pk=OuterRef("pk")).order_by("-decisions__id")
        return self.annotate(checksum=Subquery(newest.values("decisions__sha256")[:1]))

    def stale(self) -> Self:
        """Open ones whose model has a newer version."""
        newer = ModelVersion.objects.filter(
            model=OuterRef("model_version__model"), version__gt=OuterRef("model_version__version"), missing_since=None
        )
        return self.filter(Exists(newer), state__in=["draft", "submitted", "in_review", "returned"])

    def to_submit(self, person: Person) -> Self:
        """Drafts and returned ones of projects that the person owns or is a member of."""
        mine = Q(project__owner=person) | Exists(person.memberships.filter(project=OuterRef("project")).values("pk"))
        return self.filter(mine, state__in=["draft", "returned"])

    def to_review(self, person: Person) -> Self:
        """Submitted ones that the person may take up: not yet in anybody's hands, or in the person's."""
        return self._receivable(person).filter(Q(reviewer=None) | Q(reviewer=person), state="submitted")

    def to_accept(self, person: Person) -> Self:
        """Those whose review the person has begun."""
        return self._receivable(person).filter(reviewer=person, state="in_review")

    def _receivable(self, person: Person) -> Self:
        """Those that the person may decide: the queryset's form of the rule `handoff.decide`."""
        scope = standing(person).scope(Role.APPROVER)
        if scope is not None and not scope:
            return self.none()
        built = Exists(
            person.memberships.filter(
                project=OuterRef("project"), responsibility__in=["data_science", "data_engineering"]
            ).values("pk")
        )
        submitted = Exists(
            self.model._default_manager.filter(
                pk=OuterRef("pk"), decisions__kind="submitted", decisions__actor=person
            ).values("pk")
        )
        return (
            self.filter(in_scope(scope, "receiving_unit__lineage"), state__in=_DECIDABLE)
            .exclude(project__owner=person)
            .exclude(opened_by=person)
            .exclude(built)
            .exclude(submitted)
        )


def milestones(project: Project) -> Q:
    """The events of the project's handoffs that its own timeline tells: not each answer, but each step."""
    handoffs = ContentType.objects.get_by_natural_key("handoffs", "handoff")
    return Q(
        subject_type=handoffs,
        subject_id__in=project.handoffs.values("pk"),
        verb__in=[f"handoff.{step}" for step in ("opened", "submitted", "returned", "accepted", "withdrawn")],
    )
