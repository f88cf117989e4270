from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Concat, Lower
from django.urls import reverse

from coe.accounts.models import BusinessUnit, Person
from coe.core.subjects import IsSubject
from projects.catalog.queries import STAGE_ORDER, VALUE_ORDER, ProjectQuerySet


class Stage(models.TextChoices):
    IDEA = "idea", "Idea"
    EXPLORATION = "exploration", "Exploration"
    PILOT = "pilot", "Pilot"
    PRODUCTION = "production", "Production"
    RETIRED = "retired", "Retired"


class Visibility(models.TextChoices):
    COMPANY = "company", "Everyone in the company"
    UNIT = "unit", "People of the unit"
    MEMBERS = "members", "Members only"


class Delivery(models.TextChoices):
    BATCH = "batch", "Batch"
    STREAMING = "streaming", "Streaming"
    REST = "rest", "REST"
    EMBEDDED = "embedded", "Embedded"
    BI = "bi", "BI report"


class Status(models.TextChoices):
    ON_TRACK = "on_track", "On track"
    AT_RISK = "at_risk", "At risk"
    OFF_TRACK = "off_track", "Off track"


class RiskTier(models.TextChoices):
    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


def one_to_five(label: str) -> models.PositiveSmallIntegerField[int | None, int | None]:
    return models.PositiveSmallIntegerField(
        label, null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )


class Project(IsSubject):
    """A use of data science that somebody answers for, from idea to retirement."""

    subject_kind = "project"

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    summary = models.CharField(max_length=240, help_text="What it does, in one sentence.")
    problem = models.TextField("business problem", blank=True)
    problem_html = models.TextField(blank=True, editable=False)
    decision = models.TextField("decision it supports", blank=True)
    unit = models.ForeignKey(BusinessUnit, on_delete=models.PROTECT, related_name="projects")
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.IDEA)
    sponsor = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="sponsored_projects"
    )
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="owned_projects")
    stakeholders = models.ManyToManyField(Person, blank=True, related_name="watched_projects")
    techniques: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    domains: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    delivery = models.CharField("mode of delivery", max_length=10, choices=Delivery.choices, blank=True)
    effort = one_to_five("effort, 1 (small) to 5")
    value = one_to_five("value, 1 (small) to 5")
    annual_value = models.DecimalField("forecast annual value", max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(
        max_length=3, default="EUR", validators=[RegexValidator(r"^[A-Z]{3}$", "must be three capitals, like EUR")]
    )
    risk_tier = models.CharField(max_length=8, choices=RiskTier.choices, blank=True)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.COMPANY)
    # The newest status update's, kept beside it so that a list of many projects can be filtered by it.
    latest_status = models.CharField(max_length=10, choices=Status.choices, blank=True, editable=False)
    links: models.JSONField[Any] = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # Counts changes; whoever saves an edit names the version it was made on, so that no edit overwrites another unseen.
    version = models.PositiveIntegerField(default=1)
    search_text = models.GeneratedField(
        expression=Lower(
            Concat("name", models.Value(" "), "slug", models.Value(" "), "summary", output_field=models.TextField())
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(name="project_stage_known", condition=Q(stage__in=Stage.values)),
            models.CheckConstraint(name="project_visibility_known", condition=Q(visibility__in=Visibility.values)),
            models.CheckConstraint(name="project_effort_1_to_5", condition=Q(effort=None) | Q(effort__range=(1, 5))),
            models.CheckConstraint(name="project_value_1_to_5", condition=Q(value=None) | Q(value__range=(1, 5))),
            models.CheckConstraint(
                name="project_annual_value_positive", condition=Q(annual_value=None) | Q(annual_value__gte=0)
            ),
        ]
        indexes = [
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="project_search"),
            models.Index(fields=["unit", "stage"], name="project_unit_stage"),
            models.Index(fields=["name", "id"], name="project_by_name"),
            models.Index(fields=["updated_at", "id"], name="project_by_update"),
            models.Index(STAGE_ORDER, "name", "id", name="project_by_stage"),
            models.Index(VALUE_ORDER, "name", "id", name="project_by_value"),
            GinIndex(fields=["techniques"], name="project_techniques"),
            GinIndex(fields=["domains"], name="project_domains"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:project", args=[self.slug])


class Responsibility(models.TextChoices):
    BUSINESS = "business", "Business"
    DATA_SCIENCE = "data_science", "Data science"
    DATA_ENGINEERING = "data_engineering", "Data engineering"
    ML_OPERATIONS = "ml_operations", "ML operations"
    SUPPORT = "support", "Support"


class Member(models.Model):
    """Somebody's responsibility in a project; a person may hold several."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    responsibility = models.CharField(max_length=20, choices=Responsibility.choices)
    since = models.DateField(auto_now_add=True)

    class Meta:
        ordering = ["responsibility", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "person", "responsibility"], name="member_once"),
            models.CheckConstraint(
                name="member_responsibility_known", condition=Q(responsibility__in=Responsibility.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_responsibility_display()}"


class StageMove(models.Model):
    """One move along the stages; the history is never rewritten. The first one has no stage before it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="moves")
    before = models.CharField(max_length=12, choices=Stage.choices, blank=True)
    after = models.CharField(max_length=12, choices=Stage.choices)
    on = models.DateField(help_text="The day it happened.")
    reason = models.CharField(max_length=500)
    # The centre moved it where the rules would not have let it; the reason stays visible.
    is_override = models.BooleanField(default=False)
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", help_text="Who owned it from then on."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.CheckConstraint(name="move_changes_stage", condition=~Q(before=models.F("after"))),
            models.CheckConstraint(name="move_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.before or 'new'} to {self.after}"


class StatusUpdate(models.Model):
    """What the team says of the project's course."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="status_updates")
    status = models.CharField(max_length=10, choices=Status.choices)
    text = models.TextField(max_length=4000)
    html = models.TextField(editable=False)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(name="status_known", condition=Q(status__in=["on_track", "at_risk", "off_track"]))
        ]

    def __str__(self) -> str:
        return self.get_status_display()
