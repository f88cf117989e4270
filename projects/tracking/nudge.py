"""Wakes a worker for a sync, without the verbs having to know of tasks."""

from __future__ import annotations

from coe.celery import app


def nudge(sync_id: int) -> None:
    """Send the sync to a worker. Raises when the broker is down; whoever calls this knows that the tick sends it
    again.
    """
    app.send_task("tracking.sync", args=[sync_id])
