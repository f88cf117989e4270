from __future__ import annotations

import pytest

from coe.celery import app
from coe.core.models import OutboxEntry
from tests import parts

# One group: two workers on one queue would take each other's tasks.
pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]


def test_a_real_worker_carries_out_what_was_put(celery_worker_process):
    entry = OutboxEntry.objects.create(kind="test.nobody", key="1", payload={})
    app.send_task("core.carry_out", [entry.pk])

    def tried() -> bool:
        entry.refresh_from_db()
        return entry.attempts == 1 and entry.claimed_until is None

    parts.family.until(tried, "the worker", seconds=60)
    # No room of the site handles this kind: the entry says so and waits for the next try.
    assert entry.state == "waiting"
    assert "test.nobody" in entry.error


def test_a_worker_that_was_killed_is_followed_by_another(celery_worker_process):
    first = celery_worker_process.pid
    celery_worker_process.kill()
    entry = OutboxEntry.objects.create(kind="test.nobody", key="2", payload={})
    celery_worker_process.start()
    assert celery_worker_process.pid != first
    app.send_task("core.sweep_outbox")

    def tried() -> bool:
        entry.refresh_from_db()
        return entry.attempts == 1

    parts.family.until(tried, "the worker", seconds=60)
