"""Work outside of the database: written with the decision, carried out by a task, found again by a sweep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from coe.core.access import AlreadyRegistered
from coe.core.models import OutboxEntry

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 12
LONGEST_WAIT = timedelta(hours=1)
# The column that counts attempts holds no more; what is tried for ever goes on uncounted.
MOST_COUNTED = 30_000
Handler = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Kind:
    """What carries out the entries of one kind, and with how much patience. `most_attempts` None: for ever."""

    run: Handler
    lease: timedelta = LEASE
    most_attempts: int | None = MOST_ATTEMPTS
    longest_wait: timedelta = LONGEST_WAIT


_handlers: dict[str, Kind] = {}


def handler(
    kind: str,
    *,
    lease: timedelta = LEASE,
    most_attempts: int | None = MOST_ATTEMPTS,
    longest_wait: timedelta = LONGEST_WAIT,
) -> Callable[[Handler], Handler]:
    """Registers what carries out entries of `kind`. It must be safe to run twice: it looks before it acts.

    `lease`: longer than it can take. After `most_attempts` failures an entry is given up; None: it never is.
    Pauses between attempts grow up to `longest_wait`.
    """

    def register(function: Handler) -> Handler:
        if kind in _handlers:
            raise AlreadyRegistered(kind)
        _handlers[kind] = Kind(function, lease, most_attempts, longest_wait)
        return function

    return register


def put(*, kind: str, key: str, payload: dict[str, Any], nudge: Callable[[int], None] | None = None) -> OutboxEntry:
    """Write one entry in the caller's transaction; after commit `nudge(id)` may wake a worker.

    The same key gives the same entry.
    """
    _handlers[kind]
    entry, _ = OutboxEntry.objects.get_or_create(kind=kind, key=key, defaults={"payload": payload})
    if nudge:
        # A broker that is down must not fail the page: the sweep will find the entry.
        transaction.on_commit(lambda: nudge(entry.pk), robust=True)
    return entry


def claim(entry_id: int | None = None) -> OutboxEntry | None:
    """Lease one waiting entry that is due (that one, or the oldest), or None. No two workers hold the same lease."""
    now = timezone.now()
    free = OutboxEntry.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lt=now), state="waiting", due_at__lte=now
    )
    with transaction.atomic():
        entry = (
            (free.filter(pk=entry_id) if entry_id else free)
            .order_by("due_at")
            .select_for_update(skip_locked=True)
            .first()
        )
        if entry:
            known = _handlers.get(entry.kind)
            entry.claimed_until = now + (known.lease if known else LEASE)
            entry.attempts = min(entry.attempts + 1, MOST_COUNTED)
            entry.save(update_fields=["claimed_until", "attempts"])
    return entry


def carry_out(entry: OutboxEntry) -> bool:
    """Run the handler of a claimed entry, outside of transactions, and mark it done; on an error, plan another try."""
    try:
        _handlers[entry.kind].run(entry.payload)
    except Exception as error:  # whatever a handler raises must not stop the sweep
        log.warning("outbox.failed", kind=entry.kind, key=entry.key, attempt=entry.attempts, error=str(error))
        # A kind that nobody handles: an older process met an entry of a newer one.
        known = _handlers.get(entry.kind)
        most, longest = (known.most_attempts, known.longest_wait) if known else (MOST_ATTEMPTS, LONGEST_WAIT)
        wait = min(timedelta(seconds=15 * 2 ** min(entry.attempts, 20)), longest)
        # Whoever lost the claim meanwhile leaves the entry to its new holder, whose attempt has another number.
        OutboxEntry.objects.filter(pk=entry.pk, state="waiting", attempts=entry.attempts).update(
            state="failed" if most is not None and entry.attempts >= most else "waiting",
            error=str(error)[:2000],
            claimed_until=None,
            due_at=timezone.now() + wait,
        )
        return False
    OutboxEntry.objects.filter(pk=entry.pk, state="waiting").update(
        state="done", done_at=timezone.now(), claimed_until=None, error=""
    )
    return True


def sweep(most: int = 100) -> int:
    """Carry out what is due, up to `most` entries; returns how many were tried."""
    for tried in range(most):
        entry = claim()
        if entry is None:
            return tried
        carry_out(entry)
    return most
