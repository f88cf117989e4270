"""Wakes a worker for what waits in the outbox, without the verbs having to know of tasks."""

from __future__ import annotations

from coe.celery import app


def nudge(entry_id: int) -> None:
    """Send one entry to a worker. Raises when the broker is down; whoever calls this knows that the sweep finds it."""
    app.send_task("core.carry_out", args=[entry_id])


def nudge_sweep() -> None:
    """Have a worker sweep the outbox now, for several entries at once. Raises as `nudge` does."""
    app.send_task("core.sweep_outbox")
