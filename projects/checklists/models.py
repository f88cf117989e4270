"""What must be shown before a model version is handed over: checklists in editions that never change once published."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from coe.accounts.models import Role
from coe.core.editions import InEditions, IsEdition, IsEntry
from projects.checklists.queries import ChecklistQuerySet


class Checklist(InEditions):
    """A template of handoffs; what it asks for stands in its editions."""

    class Kind(models.TextChoices):
        PRODUCTION = "production", "Into production"
        PILOT = "pilot", "Into a pilot"
        RETIREMENT = "retirement", "Out of use"
        OTHER = "other", "Other"

    subject_kind = "checklist"

    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=300, blank=True, help_text="When to use it, in one sentence.")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PRODUCTION)
    # The one that handoffs opened by a new version use when its tag names none.
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="checklist_kind_known", condition=Q(kind__in=["production", "pilot", "retirement", "other"])
            ),
            models.UniqueConstraint(fields=["is_default"], name="checklist_one_default", condition=Q(is_default=True)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("checklists:checklist", args=[self.slug])


class Edition(IsEdition):
    """One version of a checklist. PostgreSQL refuses changes to a published one and to its items."""

    class Effect(models.TextChoices):
        """What acceptance does in MLflow."""

        SET = "set", "Point the alias at the version"
        REMOVE = "remove", "Take the alias away"
        NONE = "none", "Nothing"

    class Score(models.TextChoices):
        NONE = "none", "None"
        ML_TEST = "ml_test", "ML Test Score"

    checklist = models.ForeignKey(Checklist, on_delete=models.CASCADE, related_name="editions")
    effect = models.CharField(max_length=6, choices=Effect.choices, default=Effect.SET)
    alias = models.CharField(
        max_length=60,
        blank=True,
        default="production",
        validators=[
            RegexValidator(r"^[A-Za-z][A-Za-z0-9_-]*$", "must begin with a letter and hold letters, digits, _ and -")
        ],
    )
    score = models.CharField(max_length=8, choices=Score.choices, default=Score.NONE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["checklist", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["checklist", "number"], name="edition_once"),
            models.UniqueConstraint(fields=["checklist"], name="edition_one_draft", condition=Q(state="draft")),
            models.CheckConstraint(
                name="edition_published_has_time", condition=~Q(state="published") | Q(published_at__isnull=False)
            ),
            models.CheckConstraint(name="edition_names_alias", condition=Q(effect="none") | ~Q(alias="")),
        ]

    def __str__(self) -> str:
        return f"{self.checklist}, edition {self.number}"


class Item(IsEntry):
    """One thing that a handoff must show."""

    class Kind(models.TextChoices):
        MANUAL = "manual", "Evidence"
        AUTOMATIC = "automatic", "Check"
        SIGN_OFF = "sign_off", "Sign-off"

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="items")
    group = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    help = models.TextField(max_length=2000, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MANUAL)
    # Of an automatic item: the registered check and what it is asked with.
    check_key = models.CharField(max_length=60, blank=True)
    params: models.JSONField[Any] = models.JSONField(default=dict, blank=True)
    # Of a sign-off: the role whose holder (for the receiving unit or the project's) signs.
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    is_required = models.BooleanField(default=True)
    may_not_apply = models.BooleanField(default=False)

    class Meta:
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "key"], name="item_key_once"),
            models.UniqueConstraint(
                fields=["edition", "position"], name="item_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(name="item_kind_known", condition=Q(kind__in=["manual", "automatic", "sign_off"])),
            models.CheckConstraint(name="item_check_named", condition=~Q(kind="automatic") | ~Q(check_key="")),
            models.CheckConstraint(name="item_role_named", condition=~Q(kind="sign_off") | ~Q(role="")),
        ]

    def __str__(self) -> str:
        return self.title
