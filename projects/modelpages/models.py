"""Who works with a model. What a model page says is kept in guides, what it shows comes from the mirror."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from coe.accounts.models import Person
from projects.tracking.models import RegisteredModel


class Use(models.Model):
    """Somebody uses this model in their work, and wants to hear when it changes."""

    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="uses")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="uses")
    purpose = models.CharField("what for", max_length=200, blank=True)
    since = models.DateTimeField(default=timezone.now)
    # Until when the person has seen what changed.
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "person"], name="use_once")]

    def __str__(self) -> str:
        return f"{self.person} uses {self.model}"
