"""What goes to and comes from MLflow's model registry: webhooks in, alias changes out, what moved behind our back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from coe.accounts.models import Person
from coe.core.subjects import IsSubject
from projects.registry.queries import DriftQuerySet, ManagedAliasQuerySet, OrderQuerySet
from projects.tracking.models import RegisteredModel, Source


class Hook(models.Model):
    """A source's webhook, and which new versions open a handoff by themselves (hook or not: a sweep finds them too)."""

    class OpensOn(models.TextChoices):
        NOTHING = "nothing", "No version"
        VERSION = "version", "Every new version"
        TAG = "tag", "Versions with the tag"

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="hook")
    # Encrypted, never shown; null until `connect_hook`.
    secret = models.BinaryField(null=True, editable=False)
    # The one that is being registered (no end yet), else the one before, which still counts until then.
    other_secret = models.BinaryField(null=True, editable=False)
    other_until = models.DateTimeField(null=True)
    webhook_id = models.CharField(max_length=80, blank=True)
    opens_on = models.CharField(max_length=8, choices=OpensOn.choices, default=OpensOn.NOTHING)
    tag_key = models.CharField(max_length=120, default="coe.handoff")
    # Versions made before it open nothing: a server with ten years of models is no pile of work.
    opens_since = models.DateTimeField(null=True)
    connected_at = models.DateTimeField(null=True)
    tested_at = models.DateTimeField(null=True)
    test_error = models.CharField(max_length=500, blank=True)
    last_delivery_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="hook_opening_known", condition=Q(opens_on__in=["nothing", "version", "tag"])),
            models.CheckConstraint(
                name="hook_opening_has_start", condition=Q(opens_on="nothing") | Q(opens_since__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"webhook of {self.source}"


class Delivery(models.Model):
    """One webhook call that was believed: noted once, with the work that it asked for, in one transaction."""

    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="deliveries")
    delivery_id = models.UUIDField()
    event = models.CharField(max_length=80)
    model_name = models.CharField(max_length=256, blank=True)
    # False: known, and nothing to do (another entity, another workspace).
    is_used = models.BooleanField()
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["hook", "delivery_id"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.event} {self.delivery_id}"


class ManagedAlias(models.Model):
    """An alias that Cairn answers for: where it is wanted, and where it was last known to stand by our doing."""

    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="managed_aliases")
    alias = models.CharField(max_length=256)
    # Null: taken away.
    wanted_version = models.PositiveIntegerField(null=True)
    applied_version = models.PositiveIntegerField(null=True)
    applied_at = models.DateTimeField(null=True)
    # One worker at a time makes MLflow agree with the wish.
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)

    objects = ManagedAliasQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "alias"], name="managed_alias_once")]

    def __str__(self) -> str:
        return f"{self.alias} of {self.model}"


class AliasOrder(models.Model):
    """Somebody decided where an alias shall stand. It waits, tried again and again, until MLflow says that it is so."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        APPLIED = "applied", "Applied"
        # A newer order came before this one was carried out.
        SUPERSEDED = "superseded", "Superseded"

    managed = models.ForeignKey(ManagedAlias, on_delete=models.CASCADE, related_name="orders")
    version = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    attempts = models.PositiveIntegerField(default=0)
    # The last try's failure, in plain words; empty when there was none.
    error = models.CharField(max_length=500, blank=True)
    tried_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="order_applied_has_time", condition=~Q(state="applied") | Q(applied_at__isnull=False)
            ),
            models.CheckConstraint(name="order_has_reason", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["managed", "-id"], name="order_by_alias")]

    def __str__(self) -> str:
        return f"{self.managed} → {self.version or 'none'}"


class Drift(IsSubject):
    """A managed alias was found elsewhere than where Cairn put it."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        RECORDED = "recorded", "Recorded"
        PUT_BACK = "put_back", "Put back"
        # It came back by itself, or moved on, before anybody decided.
        OVER = "over", "Over"

    subject_kind = "drift"

    managed = models.ForeignKey(ManagedAlias, on_delete=models.CASCADE, related_name="drifts")
    expected_version = models.PositiveIntegerField(null=True)
    found_version = models.PositiveIntegerField(null=True)
    found_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    order = models.ForeignKey(AliasOrder, null=True, on_delete=models.PROTECT, related_name="+")

    objects = DriftQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["managed"], name="drift_one_open", condition=Q(state="open")),
            models.CheckConstraint(
                name="drift_is_elsewhere",
                condition=~Q(expected_version=F("found_version"))
                | Q(expected_version__isnull=True, found_version__isnull=False)
                | Q(expected_version__isnull=False, found_version__isnull=True),
            ),
            models.CheckConstraint(
                name="drift_decided_by_somebody",
                condition=Q(state__in=["open", "over"]) | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.managed} on {self.found_version or 'no version'} instead of {self.expected_version or 'none'}"

    def get_absolute_url(self) -> str:
        return self.managed.model.versions_url + "#aliases"
