"""Who works on a sync. A lease is a token and a time; each page's transaction renews it by a conditional update.

A worker that was killed stops renewing: when its lease is over, another one may take the sync and go on from the
cursor. A worker that lost its lease (it hung, and another took over) finds that its update meets no row, and stops
without writing.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from projects.tracking.models import Sync

LASTS = timedelta(minutes=2)
OPEN = (Sync.State.QUEUED, Sync.State.RUNNING)


class LeaseLost(Exception):
    """Another worker has the sync, or it is over."""


def free(now: datetime) -> Q:
    """The condition that nobody holds the lease of an open sync."""
    return Q(state__in=OPEN) & (Q(lease_until=None) | Q(lease_until__lt=now))


def take(sync_id: int) -> uuid.UUID | None:
    """A lease on the sync, or None when somebody holds it or it is over."""
    now, token = timezone.now(), uuid.uuid4()
    taken = Sync.objects.filter(free(now), pk=sync_id).update(
        lease_token=token,
        lease_until=now + LASTS,
        state=Sync.State.RUNNING,
        started_at=Coalesce("started_at", now),
        attempts=F("attempts") + 1,
    )
    return token if taken else None


def renew(sync_id: int, token: uuid.UUID) -> None:
    """Hold the lease for another while. In a transaction this locks the sync's row, so nobody takes over before it
    ends.

    Raises `LeaseLost` when the lease is another's.
    """
    held = Sync.objects.filter(pk=sync_id, lease_token=token, state=Sync.State.RUNNING)
    if not held.update(lease_until=timezone.now() + LASTS):
        raise LeaseLost(f"sync {sync_id}")


def release(sync_id: int, token: uuid.UUID) -> None:
    """Give the lease back unfinished, so that the next tick may go on at once."""
    Sync.objects.filter(pk=sync_id, lease_token=token, state=Sync.State.RUNNING).update(lease_until=None)
