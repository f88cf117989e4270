from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from coe.accounts.models import Person
from coe.core import access
from coe.core.subjects import IsSubject
from projects.catalog.models import Project
from projects.tracking.models import Experiment, RegisteredModel, Source


class Category(models.TextChoices):
    MODEL_QUALITY = "model_quality", "Model quality"
    BUSINESS_VALUE = "business_value", "Business value"
    DELIVERY = "delivery", "Delivery"
    ADOPTION = "adoption", "Adoption"
    RELIABILITY = "reliability", "Reliability"
    RESPONSIBILITY = "responsibility", "Responsibility"


class Unit(models.TextChoices):
    RATIO = "ratio", "Ratio"
    PERCENT = "percent", "Percent"
    CURRENCY = "currency", "Currency"
    COUNT = "count", "Count"
    DURATION = "duration", "Duration in days"
    SCORE = "score", "Score"


class Direction(models.TextChoices):
    HIGHER = "higher", "Higher is better"
    LOWER = "lower", "Lower is better"


class RollUp(models.TextChoices):
    MEAN = "mean", "Mean"
    MEDIAN = "median", "Median"
    SUM = "sum", "Sum"
    WEIGHTED_MEAN = "weighted_mean", "Mean weighted by forecast annual value"
    WORST = "worst", "Worst"


class BindingQuerySet(models.QuerySet["Binding"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(access.visible("binding", person))


class KpiQuerySet(models.QuerySet["Kpi"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(access.visible("kpi", person))


class Kpi(IsSubject):
    """A key performance indicator. What it means is in its versions; the key never changes."""

    subject_kind = "kpi"

    key = models.SlugField(max_length=60, unique=True)
    # The order of columns on the scoreboard.
    position = models.PositiveSmallIntegerField(default=100)
    is_archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = KpiQuerySet.as_manager()

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("reports:kpi", args=[self.key])


class KpiVersion(models.Model):
    """A KPI's definition from a date on; what was reported before keeps the one of its time."""

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="versions")
    effective_from = models.DateField()
    name = models.CharField(max_length=80)
    sentence = models.CharField("plain sentence", max_length=240, help_text="What it says, in one plain sentence.")
    category = models.CharField(max_length=20, choices=Category.choices)
    unit = models.CharField(max_length=10, choices=Unit.choices)
    direction = models.CharField(max_length=6, choices=Direction.choices)
    valid_min = models.FloatField(null=True, blank=True)
    valid_max = models.FloatField(null=True, blank=True)
    roll_up = models.CharField("roll-up", max_length=14, choices=RollUp.choices)
    cadence_days = models.PositiveIntegerField(help_text="How many days a value stays fresh.")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it changed.")
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["kpi", "effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["kpi", "effective_from"], name="kpi_version_once_a_day"),
            models.CheckConstraint(
                name="kpi_range_not_empty",
                condition=Q(valid_min=None) | Q(valid_max=None) | Q(valid_min__lt=F("valid_max")),
            ),
            models.CheckConstraint(name="kpi_cadence_positive", condition=Q(cadence_days__gte=1)),
            models.CheckConstraint(name="kpi_category_known", condition=Q(category__in=Category.values)),
            models.CheckConstraint(name="kpi_unit_known", condition=Q(unit__in=Unit.values)),
            models.CheckConstraint(name="kpi_direction_known", condition=Q(direction__in=Direction.values)),
            models.CheckConstraint(name="kpi_roll_up_known", condition=Q(roll_up__in=RollUp.values)),
        ]

    def __str__(self) -> str:
        return f"{self.name} from {self.effective_from}"


class MetricName(models.Model):
    """A raw MLflow metric key as seen in one source, and the KPI that it maps to."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=250)
    runs = models.PositiveIntegerField(default=0)
    experiments = models.PositiveIntegerField(default=0)
    kpi = models.ForeignKey(Kpi, null=True, blank=True, on_delete=models.SET_NULL, related_name="metric_names")
    # Somebody said that it maps to no KPI (a training loss).
    is_ignored = models.BooleanField(default=False)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-runs", "key"]
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="metric_name_once"),
            models.CheckConstraint(name="metric_mapped_or_ignored", condition=Q(kpi=None) | Q(is_ignored=False)),
        ]

    def __str__(self) -> str:
        return self.key


class Binding(IsSubject):
    """Where a project's value of a KPI comes from."""

    class Origin(models.TextChoices):
        MLFLOW = "mlflow", "MLflow"
        ENTERED = "entered", "Entered"

    class Selector(models.TextChoices):
        LATEST = "latest", "The latest finished run"
        LATEST_VERSION = "latest_version", "The highest registered version"
        BEST = "best", "The best of the last days"
        ALIAS = "alias", "The version behind an alias"

    subject_kind = "binding"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="bindings")
    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="bindings")
    origin = models.CharField(max_length=8, choices=Origin.choices)
    experiment = models.ForeignKey(Experiment, null=True, blank=True, on_delete=models.PROTECT, related_name="bindings")
    model = models.ForeignKey(RegisteredModel, null=True, blank=True, on_delete=models.PROTECT, related_name="bindings")
    metric_key = models.CharField(max_length=250, blank=True)
    dataset_name = models.CharField(max_length=500, blank=True)
    scale = models.FloatField(default=1.0)
    offset = models.FloatField(default=0.0)
    selector = models.CharField(max_length=14, choices=Selector.choices, blank=True)
    alias = models.CharField(max_length=256, blank=True)
    window_days = models.PositiveIntegerField(null=True, blank=True)
    # Figures only for the project's people, executives and leads of its unit, and the centre; others read "withheld".
    is_withheld = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = BindingQuerySet.as_manager()

    class Meta:
        ordering = ["project", "kpi"]
        constraints = [
            models.UniqueConstraint(fields=["project", "kpi"], name="binding_once"),
            models.CheckConstraint(
                name="binding_mlflow_complete",
                condition=Q(origin="entered", experiment=None, model=None, metric_key="", selector="")
                | (Q(origin="mlflow") & ~Q(metric_key="") & ~Q(selector="") & (Q(experiment=None) ^ Q(model=None))),
            ),
            models.CheckConstraint(
                name="binding_selector_fits",
                condition=Q(selector__in=["", "latest", "best"]) | Q(model__isnull=False),
            ),
            models.CheckConstraint(name="binding_alias_named", condition=Q(selector="alias") ^ Q(alias="")),
            models.CheckConstraint(name="binding_window_for_best", condition=Q(selector="best") ^ Q(window_days=None)),
            models.CheckConstraint(name="binding_scale_not_zero", condition=~Q(scale=0)),
        ]

    def __str__(self) -> str:
        return f"{self.kpi} of {self.project}"

    def get_absolute_url(self) -> str:
        return reverse("measures:binding", args=[self.project.slug, self.kpi.key])

    @property
    def source_id_of(self) -> int | None:
        """The id of the MLflow source it reads, or None."""
        bound = self.experiment or self.model
        return bound.source_id if bound else None


class Baseline(models.Model):
    """What the business had before, from a date on."""

    binding = models.ForeignKey(Binding, on_delete=models.CASCADE, related_name="baselines")
    value = models.FloatField()
    effective_from = models.DateField()
    note = models.CharField(max_length=500)
    dataset_digest = models.CharField(max_length=64, blank=True)
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["binding", "effective_from"]
        constraints = [models.UniqueConstraint(fields=["binding", "effective_from"], name="baseline_once_a_day")]

    def __str__(self) -> str:
        return f"{self.value} from {self.effective_from}"


class Target(models.Model):
    """What the business wants, and by when, from a date on."""

    binding = models.ForeignKey(Binding, on_delete=models.CASCADE, related_name="targets")
    value = models.FloatField()
    effective_from = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["binding", "effective_from"]
        constraints = [models.UniqueConstraint(fields=["binding", "effective_from"], name="target_once_a_day")]

    def __str__(self) -> str:
        return f"{self.value} from {self.effective_from}"


class Observation(models.Model):
    """One value at one time with its provenance. Never changed: a correction supersedes it, and the row stays.

    A null value says that from `observed_at` on, what the selector points at (a version behind an alias) has no such
    metric.
    """

    binding = models.ForeignKey(Binding, on_delete=models.CASCADE, related_name="observations")
    observed_at = models.DateTimeField()
    # As MLflow or the person gave it, before the binding's transform. NaN and infinities are kept as they are.
    value = models.FloatField(null=True)
    step = models.BigIntegerField(default=0)
    run_started_at = models.DateTimeField(null=True)
    run_id = models.CharField(max_length=64, blank=True)
    model_id = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(null=True)
    metric_at = models.DateTimeField(null=True)
    dataset_name = models.CharField(max_length=500, blank=True)
    dataset_digest = models.CharField(max_length=64, blank=True)
    # Entered ones: who, and on what grounds.
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    evidence = models.URLField(max_length=500, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)
    superseded_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "binding",
                    "observed_at",
                    "run_id",
                    "model_id",
                    "version",
                    "dataset_name",
                    "dataset_digest",
                    "step",
                ],
                name="observation_once",
                condition=Q(superseded_at=None),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            # In the order in which the newest one is found.
            models.Index(
                F("binding"),
                F("observed_at").desc(),
                F("step").desc(),
                F("run_started_at").desc(nulls_last=True),
                F("run_id").desc(),
                F("id").desc(),
                name="observation_newest",
                condition=Q(superseded_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} at {self.observed_at}"
