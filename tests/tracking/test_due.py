from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from projects.tracking import due, followups
from projects.tracking.models import Source, Sync
from tests.factories import Make

pytestmark = pytest.mark.django_db


def test_due_sources_get_one_sync_each(make: Make) -> None:
    ready = make.source("ready")
    make.source("later", next_sync_at=timezone.now() + timedelta(hours=1))
    make.source("off", is_enabled=False)
    ids = due.start_due()
    assert list(Sync.objects.values_list("id", "source__name")) == [(ids[0], "ready")]
    ready.refresh_from_db()
    assert ready.next_sync_at > timezone.now()
    # The second scheduler, at the same moment, starts nothing.
    assert due.start_due() == []


def test_a_sync_whose_worker_died_is_sent_again(make: Make) -> None:
    source = make.source(next_sync_at=timezone.now() + timedelta(hours=1))
    now = timezone.now()
    sync = Sync.objects.create(source=source, state="running", lease_until=now + timedelta(minutes=1), started_at=now)
    assert due.start_due() == []
    Sync.objects.filter(pk=sync.pk).update(lease_until=now - timedelta(seconds=1))
    assert due.start_due() == [sync.pk]


def test_a_sync_that_got_lost_on_its_way_is_sent_again(make: Make) -> None:
    source = make.source(next_sync_at=timezone.now() + timedelta(hours=1))
    sync = Sync.objects.create(source=source)
    assert due.start_due() == []
    Sync.objects.filter(pk=sync.pk).update(created_at=timezone.now() - timedelta(minutes=2))
    assert due.start_due() == [sync.pk]


def test_one_source_has_one_open_sync(source: Source) -> None:
    Sync.objects.create(source=source)
    with pytest.raises(IntegrityError):
        Sync.objects.create(source=source)


def test_a_followup_that_fails_stops_no_other() -> None:
    called: list[int] = []

    def fails(source_id: int) -> None:
        raise ZeroDivisionError

    followups.register("fails", fails)
    followups.register("works", called.append)
    followups.run_all(7)
    assert called == [7]
    with pytest.raises(ValueError, match="works"):
        followups.register("works", called.append)
