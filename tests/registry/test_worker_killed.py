"""SIGKILL of a real worker at each step between acceptance and applied: the alias ends right, told exactly once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection

from coe.celery import app
from coe.core import outbox
from coe.core.models import OutboxEntry
from projects.registry.models import AliasOrder, ManagedAlias
from tests import parts
from tests.fixtures import WorkerProcess, database_url_of_test
from tests.registry.conftest import Registry
from tests.tracking.lying import Asked, Reply

pytestmark = [
    pytest.mark.worker,
    pytest.mark.mlflow,
    pytest.mark.django_db(transaction=True),
]
SECONDS = 60


@pytest.fixture
def worker(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerProcess]:
    monkeypatch.setenv("PRIVATE_HOSTS_ALLOWED", "127.0.0.1")
    worker = WorkerProcess()
    worker.start()
    yield worker
    worker.stop()


class Gate:
    """Keeps one request waiting: before it reaches MLflow, or its answer on the way back."""

    def __init__(self, method: str, number: int = 1, *, done: bool) -> None:
        self.method, self.number, self.done = method, number, done
        self.seen, self.reached, self.opened = 0, threading.Event(), threading.Event()

    def __call__(self, asked: Asked) -> Reply | None:
        if asked.method != self.method:
            return None
        self.seen += 1
        if self.seen != self.number:
            return None
        answer = asked.truth() if self.done else None
        self.reached.set()
        self.opened.wait(SECONDS)
        # Nobody hears it: whoever asked is dead.
        return answer or (503, b"", {})


@contextmanager
def locked(statement: str, *values: object) -> Iterator[Callable[[], None]]:
    """A lock in a connection of its own. Gives what waits until somebody is blocked by it; ends them with the block.

    A server process whose client was killed finds out only when it next reads from it. It is ended here before the
    lock goes, as it would otherwise carry out the one statement that it is blocked in.
    """
    with psycopg.connect(database_url_of_test()) as holder:
        holder.execute(statement.encode(), values)

        def blocked() -> list[int]:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pid FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))",
                    [holder.info.backend_pid],
                )
                return [row[0] for row in cursor.fetchall()]

        yield lambda: parts.family.until(lambda: bool(blocked()), "a worker that is blocked", seconds=SECONDS)
        with connection.cursor() as cursor:
            for pid in blocked():
                cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])


class Steps:
    """Each brings a worker to one step of the order, and kills it there."""

    def __init__(self, registry: Registry, worker: WorkerProcess, order: AliasOrder) -> None:
        self.registry, self.worker, self.order = registry, worker, order
        self.entry = OutboxEntry.objects.get(kind="registry.set_alias")

    def send(self) -> None:
        app.send_task("core.carry_out", [self.entry.pk])

    def blocked_by(self, statement: str, *values: object) -> None:
        with locked(statement, *values) as wait:
            self.send()
            wait()
            self.worker.kill()

    def at(self, part: str, gate: Gate) -> None:
        self.registry.liar.lies[part] = gate
        self.send()
        assert gate.reached.wait(SECONDS)
        self.worker.kill()
        gate.opened.set()
        self.registry.liar.honest()

    def before_the_claim(self) -> None:
        self.blocked_by("LOCK TABLE core_outboxentry IN ACCESS EXCLUSIVE MODE")
        assert OutboxEntry.objects.get().attempts == 0

    def after_the_claim(self) -> None:
        self.blocked_by("SELECT 1 FROM registry_managedalias FOR UPDATE")
        assert OutboxEntry.objects.get().claimed_until is not None
        assert ManagedAlias.objects.get().lease_token is None

    def before_the_set_reaches_mlflow(self) -> None:
        self.at("registered-models/alias", Gate("POST", done=False))
        assert (self.registry.stands(), ManagedAlias.objects.get().lease_token is None) == (None, False)

    def after_the_set_before_its_answer(self) -> None:
        self.at("registered-models/alias", Gate("POST", done=True))
        assert self.registry.stands() == 2

    def after_the_set_before_it_is_read_again(self) -> None:
        self.at("registered-models/get?", Gate("GET", 2, done=False))
        assert self.registry.stands() == 2

    def before_applied_is_committed(self) -> None:
        self.blocked_by("SELECT 1 FROM registry_aliasorder FOR UPDATE")
        assert self.registry.stands() == 2

    def after_applied_before_the_entry_is_done(self) -> None:
        gate = Gate("GET", 2, done=True)

        def read_again(asked: Asked) -> Reply | None:
            return gate(asked)

        self.registry.liar.lies["registered-models/get?"] = read_again
        self.send()
        assert gate.reached.wait(SECONDS)
        with locked("SELECT 1 FROM core_outboxentry FOR UPDATE") as wait:
            gate.opened.set()
            wait()
            self.order.refresh_from_db()
            assert self.order.state == "applied"
            self.worker.kill()
        self.registry.liar.honest()
        assert OutboxEntry.objects.get().state == "waiting"


STEPS = [name for name in vars(Steps) if name.startswith(("before_", "after_"))]


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed(step: str, registry: Registry, worker: WorkerProcess) -> None:
    order = registry.order(2)
    run: Any = getattr(Steps(registry, worker, order), step)
    run()
    registry.all_due()
    assert outbox.sweep() == 1
    assert outbox.sweep() == 0
    order.refresh_from_db()
    entry = OutboxEntry.objects.get()
    assert (order.state, registry.stands(), entry.state) == ("applied", 2, "done")
    assert (registry.managed.applied_version, registry.managed.lease_token) == (2, None)
    assert len(registry.events("alias.ordered")) == len(registry.events("alias.applied")) == 1
    assert registry.moves() == [2]
    registry.sync()
    assert (registry.moves(), registry.events("alias.drifted")) == ([2], [])


def test_the_order_outlives_a_worker_that_never_began(registry: Registry, worker: WorkerProcess) -> None:
    """The nudge is lost with the broker's memory, the worker dies; the next one's sweep finds the order."""
    order = registry.order(2)
    worker.kill()
    worker.start()
    app.send_task("core.sweep_outbox")

    def applied() -> bool:
        order.refresh_from_db()
        return order.state == "applied"

    parts.family.until(applied, "the worker", seconds=SECONDS)
    assert registry.stands() == 2
