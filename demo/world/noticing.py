"""What people were told of two years that were entered in minutes: of the last fortnight, each thing at its time.

Phases hold back what they tell until all of them are through; then it is heard in the order of its times, as if the
worker had heard it then. Letters of days that are over count as sent: none goes out today about last week.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from coe.core import stream
from coe.core.models import Event, OutboxEntry, Unread
from coe.mentoring.models import Request
from coe.notices import letters
from coe.notices.models import Letter, Notice
from demo.world import clock

CONSUMER = "notices"
# What is older is history, and told to nobody.
TOLD = timedelta(days=14)
# Everybody has read what is older than that.
UNREAD = timedelta(days=4)
# Longer than the demo takes to begin.
_HELD = timedelta(days=1)
# The worker hears within seconds; here so much is heard at once.
_STEP = timedelta(hours=1)


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
    for moment in _moments(now):
        with clock.at(moment):
            _post()
            _hear(moment)
            if moment < now - UNREAD:
                Notice.objects.unread().filter(last_at__lt=moment - timedelta(hours=20)).update(read_at=moment)
    Notice.objects.unread().filter(last_at__lt=now - UNREAD).update(read_at=now - UNREAD)
    return count


def _due() -> QuerySet[Unread]:
    return Unread.objects.filter(consumer=CONSUMER, due_at__lte=timezone.now())


def _moments(now: datetime) -> Iterator[datetime]:
    """When the worker hears: the last of each hour in which something happened, and some seconds."""
    last: datetime | None = None
    times = (
        Unread.objects.filter(consumer=CONSUMER, due_at__lte=now).order_by("due_at").values_list("due_at", flat=True)
    )
    for at in list(times):
        if last is not None and at - last > _STEP:
            yield last + timedelta(seconds=3)
        last = at
    if last is not None:
        yield min(last + timedelta(seconds=3), now)


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
