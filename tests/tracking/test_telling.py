"""A source that fails is told once, and so is that it is well again."""

from __future__ import annotations

import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from coe.core.models import Event
from projects.tracking import health, lease, services
from projects.tracking.models import Source, Sync
from projects.tracking.pages import Work
from tests.factories import Make
from tests.hearsay import heard, threads, who_heard

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make: Make) -> Any:
    """Two projects that the source feeds, one of them retired, and one that it does not."""
    source = make.source("lab", label="Lab", interval_minutes=10)
    make.experiment(source, project=make.project(owner=make.person(name="Olga Owner")))
    make.model(source, project=make.project(owner=make.person(name="Rita Retired"), stage="retired"))
    make.experiment(make.source("other"), project=make.project(owner=make.person(name="Ole Other")))
    admin = make.person(name="Adam Admin", roles=[("administrator", None)])
    return SimpleNamespace(source=source, admin=admin)


def begun(source: Source) -> tuple[Sync, uuid.UUID]:
    sync = Sync.objects.create(source=source)
    token = lease.take(sync.pk)
    assert token is not None
    return sync, token


def fail(source: Source) -> None:
    sync, token = begun(source)
    health.fail(sync_id=sync.pk, token=token, sentence="Lab does not answer.")


def succeed(source: Source) -> None:
    sync, token = begun(source)
    state = {"first": False, "newest": 0, "full": False}
    source.refresh_from_db()
    health.finish(Work(source=source, sync_id=sync.pk, started_ms=0, state=state, counts={}, skipped=[]), token)


def last_read(source: Source, ago: timedelta) -> None:
    Source.objects.filter(pk=source.pk).update(last_good_sync_at=timezone.now() - ago)


def count(verb: str) -> int:
    return Event.objects.filter(verb=verb).count()


def test_failing_and_recovered_are_told_once_each(world: Any) -> None:
    last_read(world.source, timedelta(minutes=29))
    fail(world.source)
    assert count("source.failing") == 0
    last_read(world.source, timedelta(minutes=31))
    for _ in range(3):
        fail(world.source)
    assert count("source.failing") == 1
    for _ in range(2):
        succeed(world.source)
    assert count("source.recovered") == 1
    last_read(world.source, timedelta(hours=1))
    fail(world.source)
    assert count("source.failing") == 2


def test_a_short_trouble_is_no_news(world: Any) -> None:
    fail(world.source)
    succeed(world.source)
    assert count("source.failing") == count("source.recovered") == 0


def test_one_that_was_never_read_fails_after_as_long(world: Any) -> None:
    Source.objects.filter(pk=world.source.pk).update(last_good_sync_at=None)
    fail(world.source)
    assert count("source.failing") == 0
    Sync.objects.update(created_at=timezone.now() - timedelta(minutes=31))
    fail(world.source)
    assert count("source.failing") == 1


def test_switched_off_it_fails_no_more(world: Any) -> None:
    last_read(world.source, timedelta(hours=1))
    fail(world.source)
    for is_enabled in (False, True):
        services.change_source(actor=world.admin, name="lab", is_enabled=is_enabled, try_connection=False)
    assert Source.objects.get(pk=world.source.pk).failing_since is None


def test_the_centre_hears_it_and_who_owns_figures_from_there(world: Any) -> None:
    last_read(world.source, timedelta(hours=1))
    fail(world.source)
    assert heard("source.failing") == {
        "Adam Admin": "Lab has not been read for so long that its figures are out of date: Lab does not answer.",
        "Olga Owner": "Lab cannot be read, so figures of projects of yours that come from there are out of date.",
    }
    thread = f"source:{world.source.pk}"
    assert threads("source.failing") == {("sources", thread), ("projects", thread)}
    succeed(world.source)
    assert heard("source.recovered") == {
        "Adam Admin": "Lab is read again.",
        "Olga Owner": "Lab is read again, and with it figures of projects of yours.",
    }


def test_an_administrator_who_owns_a_project_hears_it_once(world: Any, make: Make) -> None:
    make.experiment(world.source, project=make.project(owner=world.admin))
    last_read(world.source, timedelta(hours=1))
    fail(world.source)
    assert who_heard("source.failing") == ["Adam Admin", "Olga Owner"]
