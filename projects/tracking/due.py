"""The tick: which sources are due, and which syncs lost their worker."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from projects.tracking import lease
from projects.tracking.models import Source, Sync

# A sync that was sent to a worker but never begun is sent again after this long.
SEND_AGAIN = timedelta(minutes=1)


def start_due() -> list[int]:
    """Create a sync for each source that is due, and return the ids of all syncs that a worker should be sent.

    Rows are claimed with SKIP LOCKED: two schedulers at once start nothing twice. A sync sent twice does no harm
    either: the lease lets one worker in.
    """
    now = timezone.now()
    with transaction.atomic():
        waiting = Sync.objects.filter(lease.free(now), source__is_enabled=True)
        fresh = Q(state=Sync.State.QUEUED, created_at__gt=now - SEND_AGAIN)
        ids = list(waiting.exclude(fresh).values_list("id", flat=True))
        open_ones = Sync.objects.filter(state__in=lease.OPEN).values("source")
        due = Source.objects.filter(is_enabled=True, next_sync_at__lte=now).exclude(pk__in=open_ones)
        for source in due.select_for_update(skip_locked=True):
            # Looked at again under the lock: somebody may have asked for one meanwhile.
            if Sync.objects.filter(source=source, state__in=lease.OPEN).exists():
                continue
            source.next_sync_at = now + timedelta(minutes=source.interval_minutes)
            source.save(update_fields=["next_sync_at"])
            ids.append(Sync.objects.create(source=source).pk)
    return ids
