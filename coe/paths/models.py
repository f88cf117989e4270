"""Paths for newcomers: what they do in which order, in editions that never change once published."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from coe.accounts.models import Person, Role
from coe.core.editions import InEditions, IsEdition, IsEntry
from coe.guides.models import Document
from coe.paths.queries import PathQuerySet


class Audience(models.TextChoices):
    NEW_TEAM = "new_team", "New team"
    DATA_SCIENTIST = "data_scientist", "Data scientist"
    CITIZEN = "citizen", "Citizen data scientist"
    STAKEHOLDER = "stakeholder", "Business stakeholder"
    MENTOR = "mentor", "Mentor"
    OTHER = "other", "Anyone"


class Experience(models.TextChoices):
    NEW = "new", "New to it"
    SOME = "some", "Have done some of it"
    EXPERIENCED = "experienced", "Do it every week"


class Path(InEditions):
    """A way from the first day to a goal, for one kind of newcomer; its steps stand in its editions."""

    subject_kind = "path"

    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True, help_text="Where it leads, in one sentence.")
    audience = models.CharField(max_length=14, choices=Audience.choices, default=Audience.OTHER)
    # Of a ladder of paths, which rung: 1 is the first; 0 for a path of its own.
    level = models.PositiveSmallIntegerField(default=0)
    owner = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = PathQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]
        constraints = [models.CheckConstraint(name="path_audience_known", condition=Q(audience__in=Audience.values))]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("paths:path", args=[self.slug])


class Edition(IsEdition):
    """One version of a path. PostgreSQL refuses changes to a published one and to its steps."""

    path = models.ForeignKey(Path, on_delete=models.CASCADE, related_name="editions")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["path", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["path", "number"], name="path_edition_once"),
            models.UniqueConstraint(fields=["path"], name="path_edition_one_draft", condition=Q(state="draft")),
            models.CheckConstraint(
                name="path_edition_published_has_time",
                condition=~Q(state="published") | Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path}, edition {self.number}"


class Step(IsEntry):
    """One thing to do. By its key what was done counts in the next edition.

    `needs` are keys of earlier steps: all of them, or any one, must be done first. `questions` of a quiz are
    [{text, options: [text], right: [index], why}]. Passing a quiz finishes the steps in `covers` ("test out").
    """

    class Kind(models.TextChoices):
        READ = "read", "Read"
        TASK = "task", "Task"
        QUIZ = "quiz", "Quiz"
        MEET = "meet", "Meet your mentor"
        VERIFIED = "verified", "Cairn sees it"

    class Rule(models.TextChoices):
        ALL = "all", "All of them first"
        ANY = "any", "Any one of them first"

    class Scope(models.TextChoices):
        PERSON = "person", "Each person"
        TEAM = "team", "The team once"

    class Evidence(models.TextChoices):
        NONE = "", "Nothing"
        WORDS = "words", "Words"
        LINK = "link", "A link"

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="steps")
    title = models.CharField(max_length=160)
    text = models.TextField(blank=True, max_length=8000)
    html = models.TextField(blank=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.TASK)
    scope = models.CharField(max_length=6, choices=Scope.choices, default=Scope.PERSON)
    needs: ArrayField[list[str], list[str]] = ArrayField(models.SlugField(max_length=60), default=list, blank=True)
    needs_rule = models.CharField(max_length=3, choices=Rule.choices, default=Rule.ALL)
    # In working days from the start; empty: no date.
    due_days = models.PositiveSmallIntegerField("working days from the start", null=True, blank=True)
    minutes = models.PositiveSmallIntegerField("minutes it takes", null=True, blank=True)
    is_optional = models.BooleanField(default=False)
    # For whom: people with one of these roles, with one of these experiences; empty: everybody.
    roles: ArrayField[list[str], list[str]] = ArrayField(
        models.CharField(max_length=20, choices=Role.choices), default=list, blank=True
    )
    experience: ArrayField[list[str], list[str]] = ArrayField(
        models.CharField(max_length=12, choices=Experience.choices), default=list, blank=True
    )
    # Of reading: the guide; without one, `text` is what is read.
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Of what Cairn sees: the registered check and what it is asked with.
    check_key = models.CharField(max_length=60, blank=True)
    params: models.JSONField[Any] = models.JSONField(default=dict, blank=True)
    questions: models.JSONField[Any] = models.JSONField(default=list, blank=True)
    # How many of a hundred must be right; how often it may be tried in a day.
    pass_mark = models.PositiveSmallIntegerField(default=80)
    tries_a_day = models.PositiveSmallIntegerField(default=3)
    covers: ArrayField[list[str], list[str]] = ArrayField(models.SlugField(max_length=60), default=list, blank=True)
    # Of meeting a mentor: the topic of the request.
    topic = models.CharField(max_length=40, blank=True)
    # What must be shown of a task.
    evidence = models.CharField(max_length=5, blank=True, choices=Evidence.choices, default=Evidence.NONE)

    class Meta:
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "key"], name="step_key_once"),
            models.UniqueConstraint(
                fields=["edition", "position"], name="step_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                name="step_kind_known", condition=Q(kind__in=["read", "task", "quiz", "meet", "verified"])
            ),
            models.CheckConstraint(name="step_check_named", condition=~Q(kind="verified") | ~Q(check_key="")),
            models.CheckConstraint(name="step_pass_mark", condition=Q(pass_mark__gte=1, pass_mark__lte=100)),
            models.CheckConstraint(name="step_scope_known", condition=Q(scope__in=["person", "team"])),
            models.CheckConstraint(name="step_needs_rule_known", condition=Q(needs_rule__in=["all", "any"])),
            models.CheckConstraint(name="step_evidence_known", condition=Q(evidence__in=["", "words", "link"])),
        ]

    def __str__(self) -> str:
        return self.title
