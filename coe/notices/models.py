from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from coe.accounts.models import Person
from coe.core.models import Event
from coe.notices.queries import NoticeQuerySet


class Channel(models.TextChoices):
    APP = "app", "Inbox"
    EMAIL = "email", "E-mail"
    CHAT = "chat", "Chat"


class When(models.TextChoices):
    OFF = "off", "Off"
    AT_ONCE = "at_once", "At once"
    DAILY = "daily", "Daily"


class Notice(models.Model):
    """What a person's inbox shows: the newest of a burst of news of one thread, until it is read."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    topic = models.CharField(max_length=40)
    thread = models.CharField(max_length=200)
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+", db_index=False)
    subject_id = models.BigIntegerField()
    # What the subject was called when the person was told.
    label = models.TextField(blank=True)
    text = models.TextField()
    url = models.TextField()
    count = models.PositiveIntegerField(default=1)
    # When Cairn told it, not when it happened: what an open page has not shown yet is always later than what it shows.
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "topic", "thread"], condition=Q(read_at=None), name="notice_one_unread"
            ),
            models.CheckConstraint(name="notice_counts_from_one", condition=Q(count__gte=1)),
            models.CheckConstraint(name="notice_first_before_last", condition=Q(first_at__lte=F("last_at"))),
        ]
        indexes = [models.Index(fields=["person", "-last_at"], name="notice_of_person")]

    def __str__(self) -> str:
        return self.text

    @property
    def pair(self) -> tuple[int, int]:
        """What it is about: content type id and id."""
        return self.subject_type_id, self.subject_id


class Letter(models.Model):
    """What goes to one person by mail or chat at one time: the news of a thread, or (with neither topic nor thread) a
    day's digest. While it is open, news join it; once sealed, it is in the outbox.
    """

    class State(models.TextChoices):
        OPEN = "open"
        SEALED = "sealed"
        SENT = "sent"
        DROPPED = "dropped"
        FAILED = "failed"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="letters")
    channel = models.CharField(max_length=5, choices=Channel.choices)
    topic = models.CharField(max_length=40, blank=True)
    thread = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    due_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # The same at each attempt, so that a mail that was sent twice is shown once.
    message_id = models.CharField(max_length=200, blank=True)
    # The mail's, kept because what follows in its thread repeats it.
    title = models.TextField(blank=True)
    # Why it did not reach the person, in a sentence for that person.
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "channel", "topic", "thread"], condition=Q(state="open"), name="letter_one_open"
            ),
            models.CheckConstraint(name="letter_not_to_the_inbox", condition=Q(channel__in=["email", "chat"])),
            models.CheckConstraint(
                name="letter_sealed_has_time", condition=Q(state="open") ^ Q(sealed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="letter_ended_has_time", condition=Q(state__in=["open", "sealed"]) ^ Q(ended_at__isnull=False)
            ),
            models.CheckConstraint(name="letter_failed_says_why", condition=Q(state="failed") ^ Q(problem="")),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="letter_due", condition=Q(state="open")),
            models.Index(fields=["person", "channel", "thread"], name="letter_by_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} to {self.person_id}: {self.thread or 'digest'}"

    @property
    def is_digest(self) -> bool:
        return not self.topic


class Line(models.Model):
    """One event, told to one person: once, through however many channels."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=40)
    thread = models.CharField(max_length=200)
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+", db_index=False)
    subject_id = models.BigIntegerField()
    text = models.TextField()
    url = models.TextField()
    at = models.DateTimeField(db_index=True)
    email = models.ForeignKey(Letter, null=True, blank=True, on_delete=models.SET_NULL, related_name="email_lines")
    chat = models.ForeignKey(Letter, null=True, blank=True, on_delete=models.SET_NULL, related_name="chat_lines")

    class Meta:
        ordering = ["event_id"]
        constraints = [models.UniqueConstraint(fields=["person", "event"], name="line_once")]

    def __str__(self) -> str:
        return self.text

    @property
    def pair(self) -> tuple[int, int]:
        """What it is about: content type id and id."""
        return self.subject_type_id, self.subject_id


class Choice(models.Model):
    """When a kind of news reaches a person through a channel; without one, the topic's own rule holds."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    topic = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    when = models.CharField(max_length=7, choices=When.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "topic", "channel"], name="choice_once"),
            models.CheckConstraint(name="choice_channel_known", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(name="choice_when_known", condition=Q(when__in=When.values)),
            models.CheckConstraint(name="choice_inbox_at_once", condition=~Q(channel="app") | ~Q(when="daily")),
        ]

    def __str__(self) -> str:
        return f"{self.topic} by {self.channel}: {self.when}"


class Reach(models.Model):
    """How a person is reached: the hour of the digest, and the person's own incoming webhook of a chat."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="reach")
    digest_hour = models.PositiveSmallIntegerField(default=8)
    # The webhook's whole address is the secret; its host is told.
    hook_secret = models.BinaryField(null=True)
    hook_host = models.CharField(max_length=255, blank=True)
    hook_broken_at = models.DateTimeField(null=True, blank=True)
    hook_problem = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="reach_hour_of_day", condition=Q(digest_hour__lte=23)),
            models.CheckConstraint(name="reach_hook_has_host", condition=Q(hook_secret=None) ^ ~Q(hook_host="")),
        ]

    def __str__(self) -> str:
        return f"how {self.person_id} is reached"

    @property
    def has_chat(self) -> bool:
        """Whether there is a webhook that took the last message, or had none yet."""
        return self.hook_secret is not None and self.hook_broken_at is None
