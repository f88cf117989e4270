"""The mirror of MLflow: what its servers said when they were last asked. Only the sync writes the mirrored fields.

Numbers that JSON cannot carry are kept as MLflow sends them: "NaN", "Infinity", "-Infinity" (see `numbers.py`).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q, TextChoices
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from coe.accounts.models import Person
from coe.core.subjects import IsSubject
from projects.catalog.models import Project
from projects.tracking.queries import (
    ExperimentQuerySet,
    LoggedModelQuerySet,
    RegisteredModelQuerySet,
    RunQuerySet,
    SourceQuerySet,
)


class Source(IsSubject):
    """One MLflow tracking server, and the workspace on it. Credentials are encrypted and never shown again."""

    class Auth(TextChoices):
        NONE = "none", "None"
        BASIC = "basic", "User name and password"
        BEARER = "bearer", "Bearer token"

    subject_kind = "source"

    name = models.SlugField(max_length=60, unique=True)
    label = models.CharField(max_length=120)
    url = models.URLField(max_length=300)
    # Where people open runs, when that is another address than the one the portal uses.
    public_url = models.URLField(max_length=300, blank=True)
    workspace = models.CharField(max_length=120, blank=True)
    auth = models.CharField(max_length=8, choices=Auth.choices, default=Auth.NONE)
    username = models.CharField(max_length=120, blank=True)
    secret = models.BinaryField(null=True, editable=False)
    interval_minutes = models.PositiveIntegerField(default=15)
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Health: kept by the sync, read by pages and by readings.
    first_good_sync_at = models.DateTimeField(null=True)
    last_good_sync_at = models.DateTimeField(null=True)
    last_full_sync_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    last_error_at = models.DateTimeField(null=True)
    # Since when it counts as failing and the centre was told so; empty while it does not.
    failing_since = models.DateTimeField(null=True)
    next_sync_at = models.DateTimeField(default=timezone.now)
    # The newest start or end of a finished run (ms) that a good sync has seen; the next one begins an overlap before
    # it.
    cursor_ms = models.BigIntegerField(default=0)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["url", "workspace"], name="source_once"),
            models.CheckConstraint(name="source_interval", condition=Q(interval_minutes__range=(1, 10080))),
        ]

    def __str__(self) -> str:
        return self.label or self.name

    def get_absolute_url(self) -> str:
        return reverse("tracking:source", args=[self.name])

    @property
    def web_url(self) -> str:
        """The address under which people open this server, without a slash at the end."""
        return (self.public_url or self.url).rstrip("/")


class Sync(models.Model):
    """One reading of a source. At most one of a source is open; whoever works on it holds the lease."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="syncs")
    is_full = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    phase = models.CharField(max_length=30, blank=True)
    # Where to go on after a kill: phase, page token and what was seen; meaningless once the sync is over.
    cursor: models.JSONField[Any] = models.JSONField(default=dict)
    counts: models.JSONField[Any] = models.JSONField(default=dict)
    skipped: models.JSONField[Any] = models.JSONField(default=list)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], name="sync_one_open", condition=Q(state__in=["queued", "running"])
            ),
            models.CheckConstraint(
                name="sync_over_has_time", condition=Q(state__in=["queued", "running"]) | Q(finished_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["source", "-id"], name="sync_by_source")]

    def __str__(self) -> str:
        return f"sync {self.pk} of {self.source_id}"


class Seen(models.Model):
    """What a sync has met so far, so that it can tell what is no longer there. The rows go when the sync is over."""

    class Kind(models.TextChoices):
        EXPERIMENT = "e"
        RUN = "r"
        LOGGED_MODEL = "l"
        MODEL = "m"
        VERSION = "v"
        # Runs that changed, and logged models that they name: their logged models are to be read again.
        CHANGED_RUN = "R"
        NAMED_MODEL = "L"

    pk = models.CompositePrimaryKey("sync_id", "kind", "ref")
    sync = models.ForeignKey(Sync, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=1, choices=Kind.choices)
    ref = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class LinkOrigin(models.TextChoices):
    TAG = "tag", "by its tag"
    HAND = "hand", "by hand"


class Linkable(models.Model):
    """What belongs to a project by its tag `coe.project`, or by hand; a link by hand wins."""

    project = models.ForeignKey(Project, null=True, blank=True, on_delete=models.SET_NULL, related_name="%(class)ss")
    link_origin = models.CharField(max_length=4, choices=LinkOrigin.choices, blank=True)
    linked_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    linked_at = models.DateTimeField(null=True)
    # Triage: somebody said that it belongs to nothing (a scratch experiment).
    is_dismissed = models.BooleanField(default=False)
    # Set when anything under it changed; whoever derives from the mirror clears the value it read.
    touched_at = models.DateTimeField(null=True)
    missing_since = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Experiment(Linkable, IsSubject):
    subject_kind = "experiment"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="experiments")
    experiment_id = models.CharField(max_length=64)
    name = models.CharField(max_length=500)
    lifecycle_stage = models.CharField(max_length=10, default="active")
    tags: models.JSONField[Any] = models.JSONField(default=dict)
    created_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    # No good sync has read all its runs yet: the next one does, however old they are.
    is_unread = models.BooleanField(default=False)

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["source", "experiment_id"], name="experiment_once")]
        indexes = [
            models.Index(fields=["project"], name="experiment_by_project"),
            models.Index(fields=["touched_at"], name="experiment_touched", condition=Q(touched_at__isnull=False)),
            GinIndex(OpClass(Lower("name"), name="gin_trgm_ops"), name="experiment_by_words"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tracking:experiment", args=[self.source.name, self.experiment_id])

    @property
    def mlflow_url(self) -> str:
        return f"{self.source.web_url}/#/experiments/{self.experiment_id}"


class Run(models.Model):
    """One training or evaluation. `metrics` is {key: [value, timestamp ms, step]}: the latest value of each key."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="runs")
    # The source is told twice (here and by the experiment) because a run id is unique within it.
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    run_id = models.CharField(max_length=64)
    name = models.CharField(max_length=250, blank=True)
    status = models.CharField(max_length=12)
    lifecycle_stage = models.CharField(max_length=10, default="active")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    user = models.CharField(max_length=250, blank=True)
    git_commit = models.CharField(max_length=64, blank=True)
    params: models.JSONField[Any] = models.JSONField(default=dict)
    tags: models.JSONField[Any] = models.JSONField(default=dict)
    metrics: models.JSONField[Any] = models.JSONField(default=dict)
    # [{name, digest, context}], in the order of name, digest, context.
    datasets: models.JSONField[Any] = models.JSONField(default=list)
    missing_since = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "run_id"], name="run_once")]
        indexes = [
            models.Index(fields=["experiment", "-started_at"], name="run_by_experiment"),
            models.Index(fields=["source", "-started_at"], name="run_by_source"),
            GinIndex(fields=["metrics"], name="run_metrics"),
        ]

    def __str__(self) -> str:
        return self.name or self.run_id

    def get_absolute_url(self) -> str:
        return reverse("tracking:run", args=[self.source.name, self.run_id])

    @property
    def mlflow_url(self) -> str:
        return f"{self.source.web_url}/#/experiments/{self.experiment.experiment_id}/runs/{self.run_id}"


class LoggedModel(models.Model):
    """A model that a run logged. `metrics` is [{key, value, timestamp, step, run_id, dataset_name, dataset_digest}]."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="logged_models")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    model_id = models.CharField(max_length=64)
    name = models.CharField(max_length=500, blank=True)
    # The run that made it; empty where MLflow names none.
    run_id = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=30, blank=True)
    params: models.JSONField[Any] = models.JSONField(default=dict)
    tags: models.JSONField[Any] = models.JSONField(default=dict)
    metrics: models.JSONField[Any] = models.JSONField(default=list)
    created_at = models.DateTimeField(null=True)
    missing_since = models.DateTimeField(null=True)

    objects = LoggedModelQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "model_id"], name="logged_model_once")]
        indexes = [models.Index(fields=["source", "run_id"], name="logged_model_by_run")]

    def __str__(self) -> str:
        return self.name or self.model_id


class RegisteredModel(Linkable, IsSubject):
    subject_kind = "model"
    subject_related = ("source",)

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="models")
    name = models.CharField(max_length=256)
    description = models.TextField(blank=True)
    tags: models.JSONField[Any] = models.JSONField(default=dict)
    # {alias: version}: as last seen, by an answer that was asked for at `aliases_at` (an older answer changes nothing).
    aliases: models.JSONField[Any] = models.JSONField(default=dict)
    aliases_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)

    objects = RegisteredModelQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="model_once")]
        indexes = [
            models.Index(fields=["project"], name="model_by_project"),
            models.Index(fields=["touched_at"], name="model_touched", condition=Q(touched_at__isnull=False)),
            GinIndex(OpClass(Lower("name"), name="gin_trgm_ops"), name="model_by_words"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tracking:model", args=[self.source.name, self.name])

    @property
    def versions_url(self) -> str:
        """Where its registry facts are: versions, aliases, links."""
        return reverse("tracking:versions", args=[self.source.name, self.name])

    @property
    def mlflow_url(self) -> str:
        return f"{self.source.web_url}/#/models/{quote(self.name, safe='')}"


class ModelVersion(models.Model):
    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    run_id = models.CharField(max_length=64, blank=True)
    # The logged model behind it, from `model_id` or from a source like models:/m-…; empty where there is none.
    logged_model_id = models.CharField(max_length=64, blank=True)
    origin = models.CharField(max_length=1000, blank=True)
    status = models.CharField(max_length=30, blank=True)
    description = models.TextField(blank=True)
    tags: models.JSONField[Any] = models.JSONField(default=dict)
    created_at = models.DateTimeField(null=True)
    missing_since = models.DateTimeField(null=True)
    # What lies in the model's folder, read once (it never changes): {"signature": {"inputs", "outputs", "params"} or
    # null, "flavors": [names], "files": [names]}; null until it was read.
    files: models.JSONField[Any] = models.JSONField(null=True)
    # Why it could not be read, in plain words.
    files_error = models.CharField(max_length=300, blank=True, db_default="")
    files_tried_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["model", "-version"]
        constraints = [models.UniqueConstraint(fields=["model", "version"], name="version_once")]
        indexes = [
            models.Index(fields=["run_id"], name="version_by_run"),
            models.Index(fields=["logged_model_id"], name="version_by_logged_model"),
        ]

    def __str__(self) -> str:
        return f"{self.model.name} {self.version}"


class AliasMove(models.Model):
    """An alias came to stand on a version (or on none, when it was deleted) at a time; rows are only added."""

    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="alias_moves")
    alias = models.CharField(max_length=256)
    version = models.PositiveIntegerField(null=True)
    # The handoff's applied time, else the sync that first saw it, else (there at the first sync ever) the version's
    # creation.
    at = models.DateTimeField()
    sync = models.ForeignKey(Sync, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["model", "alias", "at", "id"]
        indexes = [models.Index(fields=["model", "alias", "at"], name="alias_history")]
        constraints = [models.CheckConstraint(name="alias_named", condition=~Q(alias=""))]

    def __str__(self) -> str:
        return f"{self.alias} → {self.version}"
