from __future__ import annotations

from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.crypto import salted_hmac
from knox.models import AbstractAuthToken

from coe.core import access
from coe.core.subjects import IsSubject


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(access.visible("person", person))


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]  # made at run time
    def create_user(self, email: str, name: str, password: str | None = None, **extra: Any) -> Person:
        """Create a person who signs in with `email`, which is kept in lower case."""
        person: Person = self.model(email=email.strip().lower(), name=name.strip(), **extra)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        person: Person = self.get(email=(username or "").lower())
        return person


class Person(AbstractBaseUser, IsSubject):
    """Somebody who signs in, by e-mail address."""

    subject_kind = "person"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    unit = models.ForeignKey("BusinessUnit", null=True, blank=True, on_delete=models.SET_NULL, related_name="people")
    # Empty: the company's time zone.
    timezone = models.CharField(max_length=60, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Part of what a session is checked against: counting it up ends every session of the person at once.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = PersonManager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.CheckConstraint(name="person_email_lower", condition=Q(email=Lower("email")))]
        # Lists of what people own are sorted by their names.
        indexes = [models.Index(fields=["name"], name="person_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    def get_absolute_url(self) -> str:
        return reverse("accounts:person", args=[self.pk])

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """What a session must carry to count: another password or another epoch ends it."""
        return salted_hmac(
            "coe.accounts.Person.session", f"{self.session_epoch}:{self.password}", secret=secret, algorithm="sha256"
        ).hexdigest()


class UnitQuerySet(models.QuerySet["BusinessUnit"]):
    def visible_to(self, person: Any) -> Self:
        return self.filter(access.visible("unit", person))

    def within(self, unit: BusinessUnit) -> Self:
        """The unit and all its sub-units."""
        return self.filter(lineage__contains=[unit.pk])


class BusinessUnit(IsSubject):
    """A part of the company. The roots are the verticals; a figure of a unit includes its sub-units."""

    subject_kind = "unit"

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    # The ids from the root down to this unit, this one included: kept by the verbs that create and move units.
    lineage: ArrayField[list[int], list[int]] = ArrayField(models.BigIntegerField(), default=list)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.CheckConstraint(name="unit_not_its_own_parent", condition=~Q(parent=F("id")))]
        indexes = [
            GinIndex(fields=["lineage"], name="unit_lineage"),
            models.Index(fields=["name"], name="unit_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:unit", args=[self.slug])


class Role(models.TextChoices):
    VIEWER = "viewer", "Viewer"
    CONTRIBUTOR = "contributor", "Contributor"
    UNIT_LEAD = "unit_lead", "Unit lead"
    EXECUTIVE = "executive", "Executive"
    MENTOR = "mentor", "Mentor"
    APPROVER = "approver", "Approver"
    ADMINISTRATOR = "administrator", "Centre administrator"


class Grant(models.Model):
    """A role of a person: everywhere, or for one unit and its sub-units."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    unit = models.ForeignKey(BusinessUnit, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    granted_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["role", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "unit"], name="grant_once", nulls_distinct=False),
            models.CheckConstraint(name="grant_role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="grant_administrator_everywhere", condition=~Q(role="administrator") | Q(unit=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} of {self.unit or 'everything'}"


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # knox has no types
    """A person's key to the API: only its hash is kept; it expires, and can be revoked."""

    user = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80, default="script")
    # To the minute: not every call writes.
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created"]
