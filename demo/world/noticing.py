"""What people were told of two years that were entered in minutes: of the last fortnight, each thing at its time.

Phases hold back what they tell until all of them are through; then it is heard in the order of its times, as if the
worker had heard it then. Letters of days that are over count as sent: none goes out today about last week.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from coe.core import stream
from coe.core.models import Event, OutboxEntry, Unread
from coe.mentoring.models import Request
from coe.notices import letters
from coe.notices.models import Letter, Line, Notice
from demo.world import clock

CONSUMER = "notices"
# What is older is history, and told to nobody.
TOLD = timedelta(days=14)
# Everybody has read what is older than that.
UNREAD = timedelta(days=4)
# Longer than the demo takes to begin.
_HELD = timedelta(days=1)
# The worker hears within seconds; here so much is heard at once.
_STEP, _LATER = timedelta(hours=1), timedelta(seconds=3)


@dataclass(frozen=True)
class Mark:
    """A place in the stream: the newest event, and whether the last phase is still to come."""

    newest: int
    is_early: bool


def mark() -> Mark:
    """Where the stream stands before a story is told."""
    newest = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return Mark(newest, is_early=not Request.objects.exists())


def hold_back(since: Mark) -> None:
    """Let nobody hear yet of what was told since, and never of what is long past. In the transaction of the story.

    Once all phases are through, what a later start adds is heard at once.
    """
    now = datetime.now(UTC)
    unread = Unread.objects.filter(consumer=CONSUMER, event__gt=since.newest)
    unread.filter(event__at__lt=now - TOLD).delete()
    if since.is_early:
        unread.update(due_at=now + _HELD)


@transaction.atomic
def tell() -> int:
    """Have everything heard that was held back, each at its time; returns how many events there were."""
    now = datetime.now(UTC)
    held = Unread.objects.filter(consumer=CONSUMER, due_at__gt=now)
    at = Event.objects.filter(pk=OuterRef("event")).values("at")
    count = held.update(due_at=Subquery(at))
    if not count:
        return 0
    with _set_aside():
        for moment in _moments(now):
            with clock.at(moment):
                _post()
                _hear(moment)
                if moment < now - UNREAD:
                    _read(moment - timedelta(hours=20))
        with clock.at(now):
            _post()
        _read(now - UNREAD)
    return count


@contextmanager
def _set_aside() -> Iterator[None]:
    """Within it, what the worker has told since the demo began is out of the way: it comes last, not in between."""
    notices = list(Notice.objects.unread())
    Notice.objects.filter(pk__in=[one.pk for one in notices]).update(read_at=F("last_at"))
    written = [
        (letter, list(letter.email_lines.all()), list(letter.chat_lines.all()))
        for letter in Letter.objects.filter(state=Letter.State.OPEN).select_for_update()
    ]
    # Their lines stay. As long as a digest is there, no other would go out before it.
    Letter.objects.filter(pk__in=[letter.pk for letter, _, _ in written]).delete()
    yield
    for notice in notices:
        of_thread = Notice.objects.filter(person=notice.person_id, topic=notice.topic, thread=notice.thread)
        of_thread.unread().update(read_at=F("last_at"))
        Notice.objects.filter(pk=notice.pk).update(read_at=None)
    for letter, by_email, by_chat in written:
        of_key = Letter.objects.filter(person=letter.person_id, channel=letter.channel, thread=letter.thread)
        there = of_key.filter(state=Letter.State.OPEN, topic=letter.topic).first()
        if there is None:
            letter.save(force_insert=True)
        Line.objects.filter(pk__in=[line.pk for line in by_email]).update(email=there or letter)
        Line.objects.filter(pk__in=[line.pk for line in by_chat]).update(chat=there or letter)


def _read(until: datetime) -> None:
    """Everybody has read what they were told by then."""
    Notice.objects.unread().filter(last_at__lt=until).update(read_at=timezone.now())


def _due() -> QuerySet[Unread]:
    return Unread.objects.filter(consumer=CONSUMER, due_at__lte=timezone.now())


def _moments(now: datetime) -> Iterator[datetime]:
    """When the worker hears: with the last of each hour in which something happened."""
    times = (
        Unread.objects.filter(consumer=CONSUMER, due_at__lte=now).order_by("due_at").values_list("due_at", flat=True)
    )
    hour: list[datetime] = []
    for at in list(times):
        if hour and at - hour[0] > _STEP:
            yield hour[-1] + _LATER
            hour = []
        hour.append(at)
    if hour:
        yield min(hour[-1] + _LATER, now)


def _hear(moment: datetime) -> None:
    """Read the stream up to now. Another worker may be at it for a moment."""
    for _ in range(200):
        stream.read(CONSUMER)
        if not _due().exists():
            return
        time.sleep(0.05)
    raise RuntimeError(f"notices of {moment:%F %R} could not be heard: another worker reads them")


def _post() -> None:
    """What was due by now went out then."""
    letters.post_letters()
    sealed = Letter.objects.filter(state=Letter.State.SEALED)
    keys = [str(pk) for pk in sealed.values_list("pk", flat=True)]
    sealed.update(state=Letter.State.SENT, ended_at=timezone.now())
    waiting = OutboxEntry.objects.filter(kind=letters.KIND, key__in=keys, state=OutboxEntry.State.WAITING)
    waiting.update(state=OutboxEntry.State.DONE, done_at=timezone.now())
