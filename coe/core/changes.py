"""What changed that figures depend on, so that kept figures know when they are out of date.

A kept figure stores the database snapshot it was computed under. It is still true for a day unless some transaction
that this snapshot had not seen noted a change that reaches back before the end of that day.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection

from coe.core.models import Change

EVER = datetime(1970, 1, 1, tzinfo=UTC)


def note(*, affects_from: datetime, what: str) -> None:
    """Note, in the caller's transaction, that figures from the instant `affects_from` on may differ."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_change (xid, affects_from, what, at) "
            "VALUES (pg_current_xact_id()::text::bigint, %s, %s, now())",
            [affects_from, what],
        )


def snapshot() -> str:
    """The current snapshot (`pg_snapshot` as text). Take it before the reads whose result is kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])


def reach_of_changes_since(seen: str) -> datetime | None:
    """The earliest instant affected by changes that the snapshot `seen` did not include; None when there are none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(affects_from) FROM core_change WHERE xid >= pg_snapshot_xmin(%s::pg_snapshot)::text::bigint "
            "AND NOT pg_visible_in_snapshot(xid::text::xid8, %s::pg_snapshot)",
            [seen, seen],
        )
        row = cursor.fetchone()
        return row[0] if row else None


def forget(*, older_than: timedelta) -> int:
    """Drop old notes; the caller has dropped every kept figure that is as old. Returns how many went."""
    return Change.objects.filter(at__lt=datetime.now(UTC) - older_than).delete()[0]
