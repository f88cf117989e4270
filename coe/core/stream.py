"""Reading the stream of facts: each consumer gets every event that it wants, once, also when events commit out of
order.

`events.record` notes an event as unread for each consumer in the verb's own transaction. A consumer takes its unread
events in their order, does what it must to the database, and strikes them off, all in one transaction: killed at any
point, it begins again where it was. What must happen outside of the database goes through the outbox.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import connection, transaction
from django.utils import timezone

from coe.core.access import AlreadyRegistered
from coe.core.models import Event, Unread

log = structlog.get_logger(__name__)

AT_ONCE = 200
LONGEST_WAIT = timedelta(hours=1)
# The column that counts attempts holds no more.
MOST_COUNTED = 30_000
Handler = Callable[[Sequence[Event]], object]


@dataclass(frozen=True)
class _Consumer:
    handle: Handler
    wants: Callable[[str], bool]


_consumers: dict[str, _Consumer] = {}


def consumer(name: str, handle: Handler, *, wants: Callable[[str], bool] = lambda verb: True) -> None:
    """Give `handle` every event whose verb it `wants`, a batch at a time, oldest first.

    It runs inside of a transaction and must not touch the network. Raises `AlreadyRegistered` for a name given twice.
    """
    if name in _consumers:
        raise AlreadyRegistered(name)
    _consumers[name] = _Consumer(handle, wants)


def names() -> list[str]:
    """Every consumer, sorted."""
    return sorted(_consumers)


def note(event: Event) -> None:
    """Note the event as unread for whoever wants it; called by `events.record` in the verb's transaction."""
    note_many([event])


def note_many(events: Sequence[Event]) -> None:
    """Note many events at once, as `note` does."""
    unread = [
        Unread(consumer=name, event=event, due_at=event.at)
        for event in events
        for name, one in _consumers.items()
        if one.wants(event.verb)
    ]
    if unread:
        Unread.objects.bulk_create(unread, batch_size=1000)


def read(name: str) -> int:
    """Handle what the consumer has not read, until nothing is due or another worker is at it. Returns how many."""
    done = 0
    while handled := _read_batch(name):
        done += handled
    return done


def read_all() -> int:
    """`read` for each consumer; one that fails stops no other."""
    return sum(read(name) for name in names())


def _read_batch(name: str) -> int:
    """One batch. Where it fails, its events are tried one by one, and those that fail wait for another try."""
    with transaction.atomic():
        if not _alone(name):
            return 0
        rows = list(
            Unread.objects.filter(consumer=name, due_at__lte=timezone.now())
            .select_related("event__subject_type")
            .order_by("event_id")[:AT_ONCE]
        )
        if not rows:
            return 0
        if not _handled(name, rows):
            rows = [row for row in rows if _handled(name, [row]) or _put_off(row)]
        Unread.objects.filter(pk__in=[row.pk for row in rows]).delete()
        return len(rows)


def _alone(name: str) -> bool:
    """Whether no other worker reads for this consumer: so that its events are handled in their order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCKS, zlib.crc32(name.encode()) - 2**31])
        return bool(cursor.fetchone()[0])


# Of all advisory locks of this database, those of the stream.
_LOCKS = 7_263_511


def _handled(name: str, rows: Sequence[Unread]) -> bool:
    try:
        with transaction.atomic():
            _consumers[name].handle([row.event for row in rows])
    except Exception:  # a room's mistake with one event must not stop the others
        log.exception("stream.failed", consumer=name, events=[row.event_id for row in rows][:10])
        return False
    return True


def _put_off(row: Unread) -> bool:
    """Plan another try; always false: the event was not handled."""
    row.attempts = min(row.attempts + 1, MOST_COUNTED)
    row.due_at = timezone.now() + min(timedelta(seconds=15 * 2 ** min(row.attempts, 20)), LONGEST_WAIT)
    row.save(update_fields=["attempts", "due_at"])
    return False
