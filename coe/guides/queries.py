from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from coe.core import access

if TYPE_CHECKING:
    from coe.guides.models import Document, Feedback  # noqa: F401  in quotes below


# Whoever publishes a text knows it for so long; then somebody should say that it is true.
NEVER_VERIFIED = timedelta(days=7)
_VERIFIED_FOR = ExpressionWrapper(
    Cast(Concat(F("verify_every_days"), Value(" days"), output_field=models.TextField()), DurationField()),
    output_field=DurationField(),
)


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, person: Any) -> Self:
        """The documents that the person may know of: published ones, and those that the person may edit."""
        return self.filter(access.visible("document", person))

    def published_only(self) -> Self:
        """What readers find in lists: published, and not taken out of use."""
        return self.filter(published__isnull=False, archived_at=None)

    def about(self, subject: models.Model) -> Self:
        """Those about one thing."""
        return self.filter(subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk)

    def verification_due(self, at: datetime | None = None) -> Self:
        """Published ones that nobody verified in time."""
        return self.published_only().filter(
            Q(verified_at=None) | Q(verified_at__lte=(at or timezone.now()) - _VERIFIED_FOR)
        )

    def verification_untold(self, at: datetime) -> Self:
        """Published ones whose verification ended, or that nobody verified within a week, and whose owner was not told
        since.
        """
        ended = Coalesce(
            F("verified_at") + _VERIFIED_FOR, F("published_at") + NEVER_VERIFIED, output_field=models.DateTimeField()
        )
        found = self.published_only().alias(due_since=ended).filter(due_since__lte=at)
        return found.filter(Q(due_told_at=None) | Q(due_told_at__lt=F("due_since")))


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, person: Any) -> Self:
        """One's own, and what was said of things that the person may know of."""
        return self.filter(access.visible("feedback", person))

    def about(self, subject: models.Model) -> Self:
        """What was said of one thing."""
        return self.filter(subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk)

    def wanted(self, wanted: Mapping[str, Any]) -> Self:
        """Those that match each of kind and state that is given and not empty."""
        return self.filter(**{name: wanted[name] for name in ("kind", "state") if wanted.get(name)})

    def open_reports(self) -> Self:
        """Reports of wrong outputs that nobody answered yet."""
        return self.filter(kind="wrong_output", state="open")
