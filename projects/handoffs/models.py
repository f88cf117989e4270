"""Handoffs: one model version, from the team that built it to the team that will run it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from coe.accounts.models import BusinessUnit, Person
from coe.core.models import StoredFile
from coe.core.subjects import IsSubject
from projects.catalog.models import Project
from projects.checklists.checks import Outcome
from projects.checklists.models import Checklist, Edition, Item
from projects.handoffs.queries import HandoffQuerySet
from projects.registry.models import AliasOrder
from projects.tracking.models import ModelVersion


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    IN_REVIEW = "in_review", "In review"
    RETURNED = "returned", "Returned"
    ACCEPTED = "accepted", "Accepted"
    WITHDRAWN = "withdrawn", "Withdrawn"


# Those that somebody still has to do something about.
OPEN = (State.DRAFT, State.SUBMITTED, State.IN_REVIEW, State.RETURNED)
# Those in which the project's team answers the items.
ANSWERABLE = (State.DRAFT, State.RETURNED)


class Handoff(IsSubject):
    """Bound to one model version and one edition of a checklist; another version needs another handoff."""

    class Origin(models.TextChoices):
        HAND = "hand", "by hand"
        VERSION = "version", "by a new version"
        TAG = "tag", "by a tag on the version"

    subject_kind = "handoff"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="handoffs")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="handoffs")
    # The edition's; told twice because uniqueness is by checklist.
    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="handoffs")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="handoffs")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.HAND)
    summary = models.TextField("what changes for those who run it", max_length=4000, blank=True)
    summary_html = models.TextField(blank=True, editable=False)
    receiving_unit = models.ForeignKey(BusinessUnit, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    # Null: opened by Cairn for a new version.
    opened_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    # 0 until it is submitted; each submission is a round.
    round = models.PositiveSmallIntegerField(default=0)
    submitted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # When it came into its present state: how long it has waited.
    state_since = models.DateTimeField()
    order = models.OneToOneField(AliasOrder, null=True, on_delete=models.PROTECT, related_name="handoff")
    # The token with which the team's own test job sends results: hashed; renewing it ends the one before.
    results_token_hash = models.CharField(max_length=64, blank=True)
    results_token_until = models.DateTimeField(null=True)
    # Counts changes; whoever decides names the one that was seen.
    version = models.PositiveIntegerField(default=1)

    objects = HandoffQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="handoff_state_known", condition=Q(state__in=State.values)),
            models.UniqueConstraint(
                fields=["model_version", "checklist"], name="handoff_one_open", condition=Q(state__in=OPEN)
            ),
            # A version opens a handoff by itself once, whatever became of it.
            models.UniqueConstraint(
                fields=["model_version", "checklist"], name="handoff_opened_once", condition=~Q(origin="hand")
            ),
            models.CheckConstraint(
                name="handoff_submitted_by_somebody",
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(submitted_by__isnull=False, submitted_at__isnull=False, round__gt=0),
            ),
            models.CheckConstraint(
                name="handoff_decided_by_somebody",
                condition=~Q(state__in=["accepted", "returned"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            # Separation of duties, whatever code is in between.
            models.CheckConstraint(
                name="handoff_two_pairs_of_eyes", condition=~Q(state="accepted") | ~Q(decided_by=F("submitted_by"))
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-id"], name="handoff_by_project"),
            models.Index(fields=["state", "state_since"], name="handoff_by_state"),
            models.Index(fields=["results_token_hash"], name="handoff_by_token", condition=~Q(results_token_hash="")),
        ]

    def __str__(self) -> str:
        return f"{self.model_version.model.name} {self.model_version.version}, {self.checklist.name.lower()}"

    def get_absolute_url(self) -> str:
        return reverse("handoffs:handoff", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class Answer(models.Model):
    """What the team says to one item; there is one for each item from the start. Of a sign-off: the signature."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        NOT_APPLICABLE = "not_applicable", "Not applicable"

    handoff = models.ForeignKey(Handoff, on_delete=models.CASCADE, related_name="answers")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=14, choices=State.choices, default=State.OPEN)
    # A remark, or why it does not apply.
    note = models.CharField(max_length=1000, blank=True)
    # Done by the team's test job, not by hand.
    is_automated = models.BooleanField(default=False)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(null=True)
    # What the reviewer found wanting when it was last returned; cleared when the item is answered anew.
    returned_because = models.CharField(max_length=1000, blank=True)
    carried_from = models.ForeignKey(Handoff, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["item__position"]
        constraints = [
            models.UniqueConstraint(fields=["handoff", "item"], name="answer_once"),
            models.CheckConstraint(
                name="answer_not_applicable_has_reason", condition=~Q(state="not_applicable") | ~Q(note="")
            ),
            models.CheckConstraint(name="answer_given_has_time", condition=Q(state="open") | Q(at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_state_display()}"


class CheckRun(models.Model):
    """One run of an automatic check, with what it saw. PostgreSQL refuses UPDATE."""

    handoff = models.ForeignKey(Handoff, on_delete=models.CASCADE, related_name="check_runs")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    sentence = models.CharField(max_length=500)
    saw: models.JSONField[Any] = models.JSONField(default=dict)
    # Null: Cairn itself (a new version, acceptance).
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["handoff", "item", "-id"], name="check_run_newest")]
        constraints = [
            models.CheckConstraint(
                name="check_run_outcome_known", condition=Q(outcome__in=["passed", "failed", "cannot_tell"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_outcome_display()}"


class Evidence(models.Model):
    """Something that shows that an item is done: a link, a text, a file, or the report of the team's test job."""

    class Kind(models.TextChoices):
        LINK = "link", "Link"
        TEXT = "text", "Text"
        FILE = "file", "File"
        TESTS = "tests", "Test report"

    handoff = models.ForeignKey(Handoff, on_delete=models.CASCADE, related_name="evidence")
    # Null: a test report, which may speak of many items.
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    title = models.CharField(max_length=200)
    url = models.URLField(max_length=1000, blank=True)
    text = models.TextField(max_length=8000, blank=True)
    html = models.TextField(blank=True, editable=False)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    # Of a test report: [{name, outcome, message}].
    tests: models.JSONField[Any] = models.JSONField(null=True)
    # Null: sent with the handoff's own token.
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    carried_from = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    # Taken back while the handoff was being answered; what a decision rested on stays in its record.
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(name="evidence_kind_known", condition=Q(kind__in=["link", "text", "file", "tests"])),
            models.CheckConstraint(name="evidence_link_has_url", condition=~Q(kind="link") | ~Q(url="")),
            models.CheckConstraint(name="evidence_text_has_text", condition=~Q(kind="text") | ~Q(text="")),
            models.CheckConstraint(name="evidence_file_has_file", condition=~Q(kind="file") | Q(file__isnull=False)),
            models.CheckConstraint(
                name="evidence_tests_has_tests", condition=~Q(kind="tests") | Q(tests__isnull=False)
            ),
            models.CheckConstraint(name="evidence_of_an_item", condition=Q(kind="tests") | Q(item__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title


class Comment(models.Model):
    """Something said about a handoff; Markdown, rendered when saved."""

    handoff = models.ForeignKey(Handoff, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=4000)
    html = models.TextField(editable=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60]


class Decision(models.Model):
    """A submission, a return, an acceptance or a withdrawal, with the record as it stood then. Append-only."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", "Submitted"
        RETURNED = "returned", "Returned"
        ACCEPTED = "accepted", "Accepted"
        WITHDRAWN = "withdrawn", "Withdrawn"

    handoff = models.ForeignKey(Handoff, on_delete=models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=2000, blank=True)
    # Of a return: {item key: why}.
    reasons: models.JSONField[Any] = models.JSONField(default=dict)
    # The newest version of the model when it was decided.
    newest_version = models.PositiveIntegerField()
    record: models.JSONField[Any] = models.JSONField()
    # SHA-256 over the record's canonical JSON (sorted keys, no spaces, UTF-8).
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["handoff", "round", "kind"], name="decision_once"),
            # Whatever was decided in a round was decided once.
            models.UniqueConstraint(
                fields=["handoff", "round"], name="decision_one_verdict", condition=Q(kind__in=["returned", "accepted"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handoff}: {self.get_kind_display()}"
