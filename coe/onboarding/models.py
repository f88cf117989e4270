"""Who is on which path, and what of it is done. What was done is kept for good."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from coe.accounts.models import BusinessUnit, Person
from coe.core.subjects import IsSubject
from coe.mentors.models import Mentor
from coe.onboarding.queries import EnrolmentQuerySet, TeamQuerySet
from coe.paths.models import Edition, Experience, Path


class Team(IsSubject):
    """People who go a path together, usually towards one project (`subject`, see coe.guides.about)."""

    subject_kind = "onboarding.team"

    name = models.CharField(max_length=120)
    unit = models.ForeignKey(BusinessUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    members = models.ManyToManyField(Person, related_name="onboarding_teams")
    subject_type = models.ForeignKey(ContentType, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="team_subject_whole",
                condition=Q(subject_type=None, subject_id=None)
                | Q(subject_type__isnull=False, subject_id__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="team_by_subject")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("onboarding:team", args=[self.pk])


class Enrolment(IsSubject):
    """One person on one path, alone or in a team. `edition` is the one whose steps the person sees."""

    class State(models.TextChoices):
        ACTIVE = "active", "On the way"
        DONE = "done", "Done"
        LEFT = "left", "Left"

    subject_kind = "enrolment"
    subject_related = ("path", "person")

    path = models.ForeignKey(Path, on_delete=models.PROTECT, related_name="enrolments")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="enrolments")
    # The unit when it was enrolled as a whole, else the person's at the start: what cohorts are told by.
    unit = models.ForeignKey(BusinessUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    experience = models.CharField(max_length=12, choices=Experience.choices, default=Experience.NEW)
    mentor = models.ForeignKey(Mentor, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField()
    # Working days by which all dates moved, for days away.
    shifted_days = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=6, choices=State.choices, default=State.ACTIVE)
    enrolled_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    # The step that comes next and since when: kept by `progress`, for lists of many people.
    next_key = models.CharField(max_length=60, blank=True)
    next_since = models.DateTimeField(null=True, blank=True)
    next_due = models.DateField(null=True, blank=True)
    done_steps = models.PositiveSmallIntegerField(default=0)
    all_steps = models.PositiveSmallIntegerField(default=0)
    first_run_at = models.DateTimeField(null=True, blank=True)
    first_production_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "path"], name="enrolment_one_at_a_time", condition=Q(state="active")
            ),
            models.CheckConstraint(name="enrolment_state_known", condition=Q(state__in=["active", "done", "left"])),
            models.CheckConstraint(
                name="enrolment_ended_has_time",
                condition=Q(state="active", ended_at=None) | (~Q(state="active") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["path", "state", "next_key"], name="enrolment_cohort"),
            models.Index(fields=["unit", "path"], name="enrolment_by_unit"),
            models.Index(fields=["next_due"], name="enrolment_due", condition=Q(state="active")),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.path}"

    def get_absolute_url(self) -> str:
        return reverse("onboarding:enrolment", args=[self.pk])


class Progress(models.Model):
    """What became of one step: of a person's enrolment, or of a team as a whole (then with the path)."""

    class State(models.TextChoices):
        DONE = "done", "Done"
        VERIFIED = "verified", "Seen by Cairn"
        TESTED_OUT = "tested_out", "Tested out"
        WAIVED = "waived", "Not needed"
        REGRESSED = "regressed", "No longer so"

    enrolment = models.ForeignKey(Enrolment, null=True, blank=True, on_delete=models.PROTECT, related_name="progress")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="progress")
    path = models.ForeignKey(Path, on_delete=models.PROTECT, related_name="+")
    step_key = models.SlugField(max_length=60)
    state = models.CharField(max_length=10, choices=State.choices)
    # When it became so, for the first time and last.
    first_at = models.DateTimeField()
    at = models.DateTimeField()
    # [[label, url]], or what the person wrote.
    evidence: models.JSONField[Any] = models.JSONField(default=list)
    note = models.TextField(blank=True, max_length=4000)
    # Why a step is no longer done, or not needed.
    why = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "step_key"], name="progress_once_a_person"),
            models.UniqueConstraint(
                fields=["team", "path", "step_key"], name="progress_once_a_team", condition=Q(team__isnull=False)
            ),
            models.CheckConstraint(
                name="progress_of_one",
                condition=Q(enrolment__isnull=False, team=None) | Q(enrolment=None, team__isnull=False),
            ),
            models.CheckConstraint(
                name="progress_state_known",
                condition=Q(state__in=["done", "verified", "tested_out", "waived", "regressed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_key}: {self.get_state_display()}"


class QuizTry(models.Model):
    """One try at a quiz, with what was asked then."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="tries")
    step_key = models.SlugField(max_length=60)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    answers: models.JSONField[Any] = models.JSONField(default=list)
    right = models.PositiveSmallIntegerField()
    asked = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.right} of {self.asked}"


class Stuck(models.Model):
    """Somebody pressed "I am stuck": the mentor request that came of it, and whether its answer finished the step."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="stuck")
    step_key = models.SlugField(max_length=60)
    error = models.TextField(blank=True, max_length=8000)
    # The request, by content type and id: this room does not know what it is.
    request_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    request_id = models.BigIntegerField()
    request_url = models.CharField(max_length=300)
    finishes_step = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["request_type", "request_id"], name="stuck_once")]

    def __str__(self) -> str:
        return f"stuck at {self.step_key}"


class Nudge(models.Model):
    """One reminder of a step that is late: first to the person, then to mentor and lead, each once."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="nudges")
    step_key = models.SlugField(max_length=60)
    level = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "step_key", "level"], name="nudge_once")]

    def __str__(self) -> str:
        return f"{self.step_key}, {self.level}"
