"""Requests for a mentor, who was asked, and what was said."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from coe.accounts.models import BusinessUnit, Person
from coe.core.models import StoredFile
from coe.core.subjects import IsSubject
from coe.guides.models import Document
from coe.mentoring.queries import RequestQuerySet
from coe.mentors.models import Mentor


class Urgency(models.TextChoices):
    TODAY = "today", "Today: we are stuck"
    WEEK = "week", "This week"
    LATER = "later", "No hurry"


class State(models.TextChoices):
    WAITING = "waiting", "Waiting for a mentor"
    ASKED = "asked", "A mentor is asked"
    OPEN = "open", "In conversation"
    RESOLVED = "resolved", "Resolved"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Request(IsSubject):
    """What somebody needs a mentor for. `mentor` is who is asked or answers now; `round` counts reopenings."""

    subject_kind = "mentoring.request"

    requester = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mentoring_requests")
    # Those it is also for: they read and write as the requester does.
    team = models.ManyToManyField(Person, blank=True, related_name="mentoring_of_team")
    goal = models.CharField("what are you trying to do", max_length=200)
    details = models.TextField(blank=True)
    details_html = models.TextField(blank=True, editable=False)
    topic = models.CharField(max_length=40)
    # Further skills that would help, the topic aside; tags as projects and mentors carry them.
    skills: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    urgency = models.CharField(max_length=5, choices=Urgency.choices, default=Urgency.WEEK)
    unit = models.ForeignKey(BusinessUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Empty: any.
    language = models.CharField(max_length=3, blank=True)
    # A thing that documents can be about (see coe.guides.about), and of a model the version.
    subject_type = models.ForeignKey(ContentType, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(null=True, blank=True)
    # Whether others may read the thread once it is resolved.
    is_shared = models.BooleanField(default=True)
    wanted = models.ForeignKey(Mentor, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    mentor = models.ForeignKey(Mentor, null=True, blank=True, on_delete=models.PROTECT, related_name="requests")
    round = models.PositiveSmallIntegerField(default=1)
    # Since when nobody is asked; empty while somebody is.
    waiting_since = models.DateTimeField(null=True, blank=True)
    coordinator_told_at = models.DateTimeField(null=True, blank=True)
    # When a mentor first accepted or wrote.
    first_answer_at = models.DateTimeField(null=True, blank=True)
    resolution = models.TextField(blank=True)
    resolution_html = models.TextField(blank=True, editable=False)
    resolved_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)
    guide = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-id"]
        constraints = [
            models.CheckConstraint(name="request_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="request_urgency_known", condition=Q(urgency__in=Urgency.values)),
            models.CheckConstraint(name="request_has_topic", condition=~Q(topic="") & ~Q(goal="")),
            models.CheckConstraint(
                name="request_mentor_when_asked",
                condition=Q(state__in=["asked", "open"], mentor__isnull=False)
                | Q(state="waiting", mentor=None)
                | Q(state__in=["resolved", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="request_waiting_since",
                condition=Q(state="waiting", waiting_since__isnull=False)
                | (~Q(state="waiting") & Q(waiting_since=None)),
            ),
            models.CheckConstraint(
                name="request_resolved_by_somebody",
                condition=Q(state="resolved", resolved_at__isnull=False, resolved_by__isnull=False)
                | (~Q(state="resolved") & Q(resolved_at=None, resolved_by=None)),
            ),
            models.CheckConstraint(name="request_rating", condition=Q(rating=None) | Q(rating__range=(1, 5))),
            models.CheckConstraint(
                name="request_subject_whole",
                condition=Q(subject_type=None, subject_id=None)
                | Q(subject_type__isnull=False, subject_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["waiting_since"], name="request_waiting", condition=Q(state="waiting")),
            models.Index(fields=["requester", "-updated_at"], name="request_by_requester"),
            models.Index(fields=["mentor", "state"], name="request_by_mentor"),
            models.Index(fields=["subject_type", "subject_id"], name="request_by_subject"),
            models.Index(fields=["topic"], name="request_by_topic"),
            GinIndex(fields=["skills"], name="request_skills"),
        ]

    def __str__(self) -> str:
        return self.goal

    def get_absolute_url(self) -> str:
        return reverse("mentoring:request", args=[self.pk])

    @property
    def tags(self) -> list[str]:
        """The topic and the further skills, each once."""
        return list(dict.fromkeys([self.topic, *self.skills]))


class Attempt(models.Model):
    """One mentor who was asked, why that one, and what came of it. Kept for good."""

    class State(models.TextChoices):
        PENDING = "pending", "Asked"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        SILENT = "silent", "Did not answer in time"
        HANDED_OVER = "handed_over", "Handed over"
        DONE = "done", "Resolved"
        ENDED = "ended", "Ended with the request"

    class How(models.TextChoices):
        ROUTED = "routed", "Found by Cairn"
        DIRECT = "direct", "Asked for by name"
        BY_HAND = "by_hand", "Placed by the coordinator"
        HANDED = "handed", "Handed over by a mentor"
        REOPENED = "reopened", "Had answered it before"

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="attempts")
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="attempts")
    round = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=11, choices=State.choices, default=State.PENDING)
    how = models.CharField(max_length=8, choices=How.choices, default=How.ROUTED)
    # A direct request to a mentor who is full holds no place until it is accepted.
    holds_place = models.BooleanField(default=True)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The breakdown for each candidate at that moment: see routing.Plan.explain.
    why: models.JSONField[Any] = models.JSONField(default=dict)
    asked_at = models.DateTimeField(default=timezone.now)
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["request", "asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"], name="attempt_one_at_a_time", condition=Q(state__in=["pending", "accepted"])
            ),
            models.UniqueConstraint(
                fields=["request", "mentor", "round"], name="attempt_never_twice", condition=Q(how="routed")
            ),
            models.CheckConstraint(
                name="attempt_pending_has_deadline", condition=~Q(state="pending") | Q(due_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="attempt_due", condition=Q(state="pending")),
            models.Index(fields=["mentor"], name="attempt_live", condition=Q(state__in=["pending", "accepted"])),
        ]

    def __str__(self) -> str:
        return f"request {self.request_id} to mentor {self.mentor_id}: {self.state}"


class Message(models.Model):
    """What somebody wrote in the thread, or the proposal of a meeting (then `starts_at` is set)."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    place = models.CharField(max_length=300, blank=True)
    # Counts changes of the meeting, so that calendars take the newest.
    sequence = models.PositiveSmallIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="message_meeting_whole",
                condition=Q(starts_at=None, minutes=None) | Q(starts_at__isnull=False, minutes__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"message {self.pk} on request {self.request_id}"

    @property
    def is_meeting(self) -> bool:
        return self.starts_at is not None


class MessageFile(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Served(models.Model):
    """An answer that was there already and made a request needless: a guide or a resolved thread, one of both."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, null=True, on_delete=models.CASCADE, related_name="+")
    thread = models.ForeignKey(Request, null=True, on_delete=models.CASCADE, related_name="served")
    topic = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="served_by_one",
                condition=Q(document__isnull=False, thread=None) | Q(document=None, thread__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["at"], name="served_by_time")]

    def __str__(self) -> str:
        return f"{self.person_id} was served at {self.at}"
