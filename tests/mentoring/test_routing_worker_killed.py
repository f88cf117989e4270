"""SIGKILL of a real worker in the middle of routing: afterwards everybody is asked once, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from coe.celery import app
from coe.core.models import Event
from coe.mentoring import places, placing
from coe.mentoring.models import Attempt, Request
from tests import parts
from tests.fixtures import WorkerProcess
from tests.mentoring.company import build, fresh
from tests.registry.test_worker_killed import SECONDS, locked

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def worker(transactional_db: None) -> Iterator[WorkerProcess]:
    worker = WorkerProcess()
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def world(make):
    """Three requests wait; one more is with Rosalind, who let the deadline pass; another is to be reminded of."""
    world, now = build(make), timezone.now()
    world.waiting = [make.request(world.asker, created_at=now - timedelta(days=3)) for _ in range(3)]
    world.silent = make.request(world.asker, mentor=world.rosalind, state="asked")
    world.silent.attempts.update(due_at=now - timedelta(minutes=1))
    world.reminded = make.request(world.mate, mentor=world.wanjiru, state="asked")
    world.reminded.attempts.update(remind_at=now - timedelta(minutes=1))
    return world


class Steps:
    """Each brings the worker to one step of a sweep, and kills it there."""

    def __init__(self, world: Any, worker: WorkerProcess) -> None:
        self.world, self.worker = world, worker

    def blocked_by(self, statement: str, *values: object) -> None:
        with locked(statement, *values) as wait:
            app.send_task("mentoring.route")
            wait()
            self.worker.kill()

    def by_row(self, request: Request) -> None:
        self.blocked_by("SELECT 1 FROM mentoring_request WHERE id = %s FOR UPDATE", request.pk)

    def before_it_begins(self) -> None:
        self.blocked_by("LOCK TABLE mentoring_attempt IN ACCESS EXCLUSIVE MODE")
        assert not Event.objects.exists()

    def before_who_is_silent_is_looked_at_again(self) -> None:
        self.by_row(self.world.silent)
        assert fresh(self.world.silent).state == "asked"

    def before_the_silence_is_recorded(self) -> None:
        self.blocked_by("LOCK TABLE core_event IN SHARE MODE")
        assert fresh(self.world.silent).state == "asked"

    def before_the_reminder(self) -> None:
        self.by_row(self.world.reminded)
        assert (fresh(self.world.silent).state, asked_so_often(self.world.silent)) == ("waiting", 0)

    def before_the_mentor_is_locked(self) -> None:
        self.blocked_by("SELECT 1 FROM mentors_mentor FOR UPDATE")
        assert asked_so_often(*self.world.waiting) == 0

    def between_one_placement_and_the_next(self) -> None:
        self.by_row(self.world.waiting[1])
        assert [asked_so_often(one) for one in self.world.waiting] == [1, 0, 0]

    def in_the_middle_of_a_placement(self) -> None:
        """The attempt is written, the request is not."""
        statement = (
            "CREATE FUNCTION pause_here() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END $$; "
            "CREATE TRIGGER pause_here BEFORE UPDATE ON mentoring_request FOR EACH ROW "
            "WHEN (NEW.state = 'asked') EXECUTE FUNCTION pause_here()"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement)
            try:
                self.blocked_by("SELECT pg_advisory_xact_lock(4711)")
            finally:
                cursor.execute("DROP FUNCTION pause_here CASCADE")
        assert asked_so_often(*self.world.waiting) == 0


STEPS = [name for name in vars(Steps) if name.startswith(("before_", "between_", "in_"))]


def asked_so_often(*requests: Request) -> int:
    return Event.objects.filter(verb="mentoring.asked", subject_id__in=[one.pk for one in requests]).count()


def nothing_doubled_nothing_lost(world: Any) -> None:
    requests = [*world.waiting, world.silent]
    for one in requests:
        attempt = one.attempts.get(state="pending")
        assert (fresh(one).state, fresh(one).mentor) == ("asked", attempt.mentor)
        assert asked_so_often(one) == 1
    assert Event.objects.about(world.silent).filter(verb="mentoring.silent").count() == 1
    assert [one.state for one in world.silent.attempts.order_by("pk")] == ["silent", "pending"]
    assert world.silent.attempts.get(state="pending").mentor == world.wanjiru
    assert Event.objects.about(world.reminded).filter(verb="mentoring.reminded").count() == 1
    assert Attempt.objects.count() == 6
    assert all(places.free_places(mentor) >= 0 for mentor in (world.rosalind, world.wanjiru))
    assert sum(places.held([world.rosalind.pk, world.wanjiru.pk]).values()) == 5


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed(step: str, world: Any, worker: WorkerProcess) -> None:
    getattr(Steps(world, worker), step)()
    for _ in range(2):
        placing.sweep()
    nothing_doubled_nothing_lost(world)


def test_a_nudge_that_died_with_its_worker_is_made_good_by_the_next_sweep(world: Any, worker: WorkerProcess) -> None:
    worker.kill()
    worker.start()
    app.send_task("mentoring.route")
    parts.family.until(lambda: asked_so_often(*world.waiting, world.silent) == 4, "the worker", seconds=SECONDS)
    nothing_doubled_nothing_lost(world)
