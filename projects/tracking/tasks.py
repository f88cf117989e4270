from __future__ import annotations

import structlog

from coe.celery import app
from projects.tracking import due
from projects.tracking.nudge import nudge
from projects.tracking.sync import run_sync

log = structlog.get_logger(__name__)


@app.task(name="tracking.start_due_syncs")
def start_due_syncs() -> int:
    ids = due.start_due()
    for sync_id in ids:
        nudge(sync_id)
    return len(ids)


@app.task(name="tracking.sync")
def sync(sync_id: int) -> str:
    return run_sync(sync_id=sync_id).state
