"""Documents, their revisions and files, and what readers say of them and of the things they explain."""

from __future__ import annotations

from datetime import datetime, timedelta
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
from coe.guides.queries import DocumentQuerySet, FeedbackQuerySet


class Kind(models.TextChoices):
    MODEL_GUIDE = "model_guide", "Model guide"
    HOW_TO = "how_to", "How-to"
    PLAYBOOK = "playbook", "Playbook"
    LESSON = "lesson", "Lesson"
    GLOSSARY = "glossary", "Glossary"


class Audience(models.TextChoices):
    EVERYONE = "everyone", "Everyone"
    EXECUTIVES = "executives", "Executives"
    BUSINESS = "business", "Business stakeholders"
    TEAMS = "teams", "New teams"
    DATA_SCIENCE = "data_science", "Data scientists"
    OPERATIONS = "operations", "ML operations"


class Outcome(models.TextChoices):
    """Of a lesson: how it went."""

    SUCCESS = "success", "It worked"
    FAILURE = "failure", "It did not work"
    MIXED = "mixed", "Some of it worked"


class Visibility(models.TextChoices):
    COMPANY = "company", "Everyone in the company"
    UNIT = "unit", "People of the unit"


class About(models.Model):
    """What it is about: a thing of a higher room (see `about`), or nothing in particular."""

    subject_type = models.ForeignKey(ContentType, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        abstract = True


class Document(About, IsSubject):
    """A text with an owner, kept in revisions. Readers see the published one; a newer one is a draft."""

    subject_kind = "document"

    slug = models.SlugField(max_length=90, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    audience = models.CharField(max_length=12, choices=Audience.choices, default=Audience.EVERYONE)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    unit = models.ForeignKey(BusinessUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="documents")
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.COMPANY)
    tags: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="documents")
    # The newest revision's, kept beside it for lists; readers are shown the published one's.
    title = models.CharField(max_length=160)
    latest = models.ForeignKey("Revision", null=True, on_delete=models.PROTECT, related_name="+")
    published = models.ForeignKey("Revision", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    first_published_at = models.DateTimeField(null=True)
    # Somebody who knows said that the published text is true; it counts for so many days.
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    verify_every_days = models.PositiveIntegerField("days between verifications", default=180)
    # When its owner was last told that it should be verified.
    due_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    archived_at = models.DateTimeField(null=True)
    # Brought in from a folder and edited there; empty: written in Cairn.
    origin = models.CharField(max_length=80, blank=True)
    origin_path = models.CharField(max_length=400, blank=True)
    origin_url = models.URLField(max_length=600, blank=True)
    origin_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(name="document_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="document_audience_known", condition=Q(audience__in=Audience.values)),
            models.CheckConstraint(name="document_outcome_of_lesson", condition=Q(outcome="") | Q(kind="lesson")),
            models.CheckConstraint(name="document_visibility_known", condition=Q(visibility__in=Visibility.values)),
            models.CheckConstraint(
                name="document_unit_when_for_unit", condition=Q(visibility="company") | Q(unit__isnull=False)
            ),
            models.CheckConstraint(
                name="document_subject_whole",
                condition=Q(subject_type=None, subject_id=None)
                | Q(subject_type__isnull=False, subject_id__isnull=False),
            ),
            models.CheckConstraint(
                name="document_model_guide_of_something",
                condition=~Q(kind="model_guide") | Q(subject_type__isnull=False),
            ),
            models.CheckConstraint(
                name="document_verified_by_somebody",
                condition=Q(verified_at=None, verified_by=None)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
            ),
            models.CheckConstraint(
                name="document_verify_days", condition=Q(verify_every_days__gte=7, verify_every_days__lte=1100)
            ),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id"],
                name="document_one_model_guide",
                condition=Q(kind="model_guide", archived_at=None),
            ),
            models.UniqueConstraint(
                fields=["origin", "origin_path"], name="document_imported_once", condition=~Q(origin="")
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="document_by_subject"),
            models.Index(fields=["kind", "title"], name="document_by_kind"),
            models.Index(fields=["-first_published_at"], name="document_newest"),
            GinIndex(fields=["tags"], name="document_tags"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("guides:document", args=[self.slug])

    @property
    def is_imported(self) -> bool:
        return bool(self.origin)

    @property
    def has_draft(self) -> bool:
        """Whether the newest revision is not the one that readers see."""
        return self.latest_id != self.published_id

    @property
    def verification_ends_at(self) -> datetime | None:
        """Until when the verification counts; None where nobody ever verified it."""
        return self.verified_at + timedelta(days=self.verify_every_days) if self.verified_at else None

    @property
    def is_verified(self) -> bool:
        """Whether somebody verified the text in time."""
        ends = self.verification_ends_at
        return ends is not None and timezone.now() < ends


class Revision(models.Model):
    """One state of a document's text. Rows are only added: PostgreSQL refuses to change them.

    `parts` is empty for a free text. A text in sections keeps them as [{key, title, text, html, versions}], where
    `versions` are the numbers of the model versions that the section is true for; `text` is then all of them together.
    `toc` is [[level, id, title]] of its headings.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    summary = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    toc: models.JSONField[Any] = models.JSONField(default=list)
    parts: models.JSONField[Any] = models.JSONField(default=list)
    # The text without its marks, for search.
    plain = models.TextField(blank=True)
    note = models.CharField(max_length=300, blank=True)
    restored_from = models.PositiveIntegerField(null=True)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["document", "-number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.title}, revision {self.number}"


class Attachment(models.Model):
    """A file that a document shows or offers, by its name."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["document", "name"], name="attachment_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("guides:file", args=[self.document.slug, self.name])


class Reader(models.Model):
    """Somebody read a document, and when last: what is most used, and what changed since."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="readers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "person"], name="reader_once")]
        indexes = [models.Index(fields=["document", "last_at"], name="reader_by_document")]

    def __str__(self) -> str:
        return f"{self.person_id} read {self.document_id}"


class Feedback(About, IsSubject):
    """What a reader says of a document or of a thing that documents explain, to its owner."""

    class Kind(models.TextChoices):
        HELPFUL = "helpful", "Helpful"
        NOT_HELPFUL = "not_helpful", "Not helpful"
        COMMENT = "comment", "Comment"
        WRONG_OUTPUT = "wrong_output", "Wrong output"

    class State(models.TextChoices):
        NOTED = "noted", "Noted"
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered"

    class Outcome(models.TextChoices):
        MENDED = "mended", "Mended"
        EXPLAINED = "explained", "Explained: it is meant to be so"
        PLANNED = "planned", "Will be mended in a later version"
        DECLINED = "declined", "Will not be changed"

    subject_kind = "feedback"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    # What it was read with: the section, the version of the model, the revision of the text.
    section = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(null=True, blank=True)
    revision = models.PositiveIntegerField(null=True, blank=True)
    text = models.TextField(max_length=4000, blank=True)
    # A wrong output: the case, without personal data.
    got = models.TextField("what came out", max_length=1000, blank=True)
    expected = models.TextField("what was right", max_length=1000, blank=True)
    happened_on = models.DateField("when", null=True, blank=True)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="feedback")
    created_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    answer = models.TextField(max_length=4000, blank=True)
    answer_html = models.TextField(blank=True, editable=False)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="feedback_about_something",
                condition=Q(subject_type__isnull=False, subject_id__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["author", "subject_type", "subject_id"],
                name="feedback_one_vote",
                condition=Q(kind__in=["helpful", "not_helpful"]),
            ),
            models.CheckConstraint(
                name="feedback_wrong_output_has_case", condition=~Q(kind="wrong_output") | ~Q(got="")
            ),
            models.CheckConstraint(
                name="feedback_answered_whole",
                condition=(~Q(state="answered") & Q(answered_at=None, answered_by=None))
                | (Q(state="answered", answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "state"], name="feedback_by_subject"),
            models.Index(fields=["state", "-created_at"], name="feedback_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.author}"

    def get_absolute_url(self) -> str:
        return reverse("guides:feedback", args=[self.pk])
