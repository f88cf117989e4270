"""Who mentors: what they know, when they work, how many requests they take."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from coe.accounts.models import BusinessUnit, Person
from coe.core.subjects import IsSubject
from coe.mentors.queries import MentorQuerySet

MOST_CAPACITY = 20


def working_week() -> list[list[list[int]]]:
    """Nine to five with an hour off, Monday to Friday: what a new profile begins with."""
    day = [[9 * 60, 12 * 60], [13 * 60, 17 * 60]]
    return [day, day, day, day, day, [], []]


class Mentor(IsSubject):
    """A person's profile as a mentor; it stays when the person stops, so that old threads keep their mentor.

    `week` has, for each day from Monday on, the spans worked as [start, end] in minutes after midnight.
    """

    subject_kind = "mentor"
    subject_related = ("person",)

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="mentor")
    about = models.TextField(blank=True, max_length=2000)
    about_html = models.TextField(blank=True, editable=False)
    # Empty: whatever unit asks.
    units = models.ManyToManyField(BusinessUnit, blank=True, related_name="mentors")
    # Codes as in ISO 639-1: en, de, fr.
    languages: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=3), default=list)
    # Empty: the person's own, and else the company's.
    zone = models.CharField("time zone", max_length=60, blank=True)
    week: models.JSONField[Any] = models.JSONField(default=working_week)
    # Whose holidays are free: codes as in ISO 3166, the part of the country where its holidays differ.
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=20, blank=True)
    capacity = models.PositiveSmallIntegerField("requests at a time", default=3)
    wanted: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    unwanted: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    # The first day on which requests come again; empty: until the mentor says so.
    paused_until = models.DateField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = MentorQuerySet.as_manager()

    class Meta:
        ordering = ["person__name", "id"]
        constraints = [
            models.CheckConstraint(name="mentor_capacity", condition=Q(capacity__gte=1, capacity__lte=MOST_CAPACITY)),
            models.CheckConstraint(
                name="mentor_pause_has_begun", condition=Q(paused_until=None) | Q(paused_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.person.name

    def get_absolute_url(self) -> str:
        return reverse("mentors:mentor", args=[self.person_id])

    def is_paused(self, on: date) -> bool:
        """Whether the mentor takes no requests on that day (of the mentor's own calendar)."""
        return self.paused_at is not None and (self.paused_until is None or self.paused_until > on)


class Level(models.IntegerChoices):
    KNOWS = 1, "Has used it"
    PRACTISES = 2, "Uses it often"
    TEACHES = 3, "Can teach it"


class Skill(models.Model):
    """What a mentor says to know; `tag` is one of those that projects and guides carry."""

    mentor = models.ForeignKey(Mentor, on_delete=models.CASCADE, related_name="skills")
    tag = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.PRACTISES)

    class Meta:
        ordering = ["-level", "tag"]
        constraints = [
            models.UniqueConstraint(fields=["mentor", "tag"], name="skill_once"),
            models.CheckConstraint(name="skill_level_known", condition=Q(level__in=Level.values)),
            models.CheckConstraint(name="skill_has_tag", condition=~Q(tag="")),
        ]
        indexes = [models.Index(fields=["tag"], name="skill_by_tag")]

    def __str__(self) -> str:
        return f"{self.tag}: {self.get_level_display()}"


class Away(models.Model):
    """Days on which a mentor is away, the last one included."""

    mentor = models.ForeignKey(Mentor, on_delete=models.CASCADE, related_name="away")
    first = models.DateField("first day")
    last = models.DateField("last day")
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["first", "id"]
        constraints = [models.CheckConstraint(name="away_ends_after_it_begins", condition=Q(last__gte=F("first")))]

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"
