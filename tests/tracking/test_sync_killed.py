"""Workers that die or hang in the middle of a sync, and two workers at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from projects.tracking import lease
from projects.tracking.models import Run, Source, Sync
from projects.tracking.sync import run_sync
from tests.fixtures import database_url_of_test
from tests.parts import ROOT
from tests.tracking.lying import Asked, Liar
from tests.tracking.mirror import assert_same_as_from_nothing
from tests.tracking.team import Team

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.mlflow]
SECONDS = 60


class Gate:
    """Keeps one request waiting until the test lets it through."""

    def __init__(self, number: int) -> None:
        self.number, self.reached, self.opened = number, threading.Event(), threading.Event()

    def __call__(self, asked: Asked) -> None:
        if asked.number == self.number:
            self.reached.set()
            self.opened.wait(SECONDS)


@pytest.fixture
def gate(liar: Liar) -> Iterator[Gate]:
    gate = Gate(4)
    liar.page = 3
    liar.lies["runs/search"] = gate
    yield gate
    gate.opened.set()


@pytest.fixture
def many_runs(team: Team) -> list[str]:
    return team.runs(team.experiment(), 14)


class Worker(threading.Thread):
    """A worker in a thread of its own, with a database connection of its own."""

    def __init__(self, sync_id: int) -> None:
        super().__init__(daemon=True)
        self.sync_id = sync_id

    def run(self) -> None:
        try:
            self.result = run_sync(sync_id=self.sync_id)
        finally:
            connection.close()


def expire(sync: Sync) -> None:
    Sync.objects.filter(pk=sync.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_worker_killed_in_a_sync(source: Source, liar: Liar, gate: Gate, many_runs: list[str]) -> None:
    env = {**os.environ, "DATABASE_URL": database_url_of_test(), "PRIVATE_HOSTS_ALLOWED": "127.0.0.1"}
    command = [sys.executable, "manage.py", "sync_tracking", "--source", source.name]
    worker = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert gate.reached.wait(SECONDS)
    finally:
        worker.kill()
        worker.wait(SECONDS)
    gate.opened.set()
    sync = Sync.objects.get(source=source)
    assert sync.state == "running"
    assert sync.cursor["phase"] == "runs"
    assert sync.cursor["at"]["from"]
    stored = Run.objects.filter(source=source).count()
    assert 0 < stored < len(many_runs)
    # Its lease still runs: nobody takes over.
    assert run_sync(sync_id=sync.pk).state == "running"
    expire(sync)
    liar.asked.clear()
    done = run_sync(sync_id=sync.pk)
    assert (done.state, done.attempts) == ("done", 2)
    assert not any("experiments/search" in path for path in liar.asked), "it began again instead of going on"
    assert_same_as_from_nothing(source)


def test_a_worker_that_hung_finds_its_lease_gone_and_writes_nothing(
    source: Source, liar: Liar, gate: Gate, many_runs: list[str]
) -> None:
    sync = Sync.objects.create(source=source)
    hung = Worker(sync.pk)
    hung.start()
    assert gate.reached.wait(SECONDS)
    expire(sync)
    assert run_sync(sync_id=sync.pk).state == "done"
    Run.objects.filter(source=source).update(name="untouched since")
    gate.opened.set()
    hung.join(SECONDS)
    # It gives up as soon as it notices, which may be before the other one is through.
    assert hung.result.state in ("running", "done")
    assert set(Run.objects.filter(source=source).values_list("name", flat=True)) == {"untouched since"}
    assert Sync.objects.get(pk=sync.pk).state == "done"


def _two_at_once(sync: Sync, gate: Gate, liar: Liar) -> int:
    """How often the list of models was asked for when a second worker came while the first was at work."""
    first = Worker(sync.pk)
    first.start()
    assert gate.reached.wait(SECONDS)
    run_sync(sync_id=sync.pk)
    gate.opened.set()
    first.join(SECONDS)
    return sum("registered-models/search" in path for path in liar.asked)


def test_two_workers_never_sync_one_source(source: Source, liar: Liar, gate: Gate, many_runs: list[str]) -> None:
    sync = Sync.objects.create(source=source)
    assert _two_at_once(sync, gate, liar) == 1
    assert Sync.objects.get(pk=sync.pk).state == "done"
    assert_same_as_from_nothing(source)


def test_without_the_lease_they_would(
    source: Source, liar: Liar, gate: Gate, many_runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: with the check of the lease off, the work is done twice."""

    def always(sync_id: int) -> uuid.UUID:
        Sync.objects.filter(pk=sync_id).update(state="running", started_at=timezone.now())
        return uuid.uuid4()

    monkeypatch.setattr(lease, "take", always)
    monkeypatch.setattr(lease, "renew", lambda sync_id, token: None)
    assert _two_at_once(Sync.objects.create(source=source), gate, liar) == 2
