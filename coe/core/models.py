from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, subject: models.Model) -> Self:
        """The events about one subject, newest first."""
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(subject_type=kind, subject_id=subject.pk).order_by("-id")


class Event(models.Model):
    """One fact: who did what to which subject, when. Append-only: PostgreSQL refuses UPDATE and DELETE."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    # Null where Cairn itself acted (a sync, a sweep).
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=60, db_index=True)
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    facts: models.JSONField[Any] = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "-id"], name="event_by_subject")]

    def __str__(self) -> str:
        return f"{self.verb} #{self.pk}"


class Unread(models.Model):
    """An event that a consumer of the stream has not handled yet (see `stream`); the row goes when it has."""

    consumer = models.CharField(max_length=30)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+", db_index=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "consumer"], name="unread_once")]
        indexes = [models.Index(fields=["consumer", "event"], name="unread_in_order")]

    def __str__(self) -> str:
        return f"{self.consumer}: event {self.event_id}"


class OutboxEntry(models.Model):
    """Work outside of the database, written in the transaction that decided it; a task carries it out and marks it
    done.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=60)
    # Two entries of one kind never share a key: asking twice for the same work gives it once.
    key = models.CharField(max_length=200)
    payload: models.JSONField[Any] = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)
    error = models.TextField(default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="outbox_once"),
            models.CheckConstraint(name="outbox_done_has_time", condition=~Q(state="done") | Q(done_at__isnull=False)),
        ]
        indexes = [models.Index(fields=["due_at"], name="outbox_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Change(models.Model):
    """Something that figures depend on changed: figures as of days that end before `affects_from` are as they were.

    `xid` is the transaction that changed it, so that a kept figure can tell which changes its snapshot had seen.
    """

    xid = models.BigIntegerField(db_index=True)
    affects_from = models.DateTimeField()
    what = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.what} from {self.affects_from}"


class StoredFile(models.Model):
    """A file that people gave, kept with the data that speaks of it: once for each content, never changed."""

    sha256 = models.CharField(max_length=64, unique=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.media_type}, {self.size} bytes"
