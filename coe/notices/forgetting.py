"""What is kept, and for how long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from coe.core.models import OutboxEntry
from coe.notices.letters import KIND
from coe.notices.models import Letter, Line, Notice

READ = timedelta(days=180)
UNREAD = timedelta(days=365)
_AT_ONCE = 1_000
_UNDER_WAY = [Letter.State.OPEN, Letter.State.SEALED]


def forget() -> int:
    """Delete notices read half a year ago, unread ones after a year, and the letters of half a year ago; returns how
    many notices.
    """
    now = timezone.now()
    gone = _delete(Notice.objects.filter(Q(read_at__lt=now - READ) | Q(read_at=None, last_at__lt=now - UNREAD)))
    under_way = Q(email__state__in=_UNDER_WAY) | Q(chat__state__in=_UNDER_WAY)
    _delete(Line.objects.filter(at__lt=now - READ).exclude(pk__in=Line.objects.filter(under_way).values("pk")))
    _delete(Letter.objects.filter(ended_at__lt=now - READ))
    _delete(OutboxEntry.objects.filter(kind=KIND, state="done", done_at__lt=now - READ))
    return gone


def _delete(rows: QuerySet[Any]) -> int:
    """Delete some at a time, so that no transaction is long."""
    gone = 0
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
        rows.model._base_manager.filter(pk__in=ids).delete()
        gone += len(ids)
    return gone
