from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection, models, transaction
from django.utils import timezone

from coe.core import outbox
from coe.core.models import OutboxEntry
from tests import parts
from tests.fixtures import database_url_of_test

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def done(monkeypatch):
    """What the handler `test.note` did, in order; a payload of {"fail": text} makes it fail."""
    carried: list[str] = []
    monkeypatch.setattr(outbox, "_handlers", {})

    @outbox.handler("test.note")
    def note(payload):
        if "fail" in payload:
            raise OSError(payload["fail"])
        carried.append(payload["text"])

    @outbox.handler("test.hang")
    def hang(payload):
        carried.append("hang")

    return carried


def put(text="hello", **payload):
    return outbox.put(kind="test.note", key=text, payload={"text": text, **payload})


def test_what_was_put_is_carried_out_once(done):
    entry = put()
    assert outbox.sweep() == 1
    assert outbox.sweep() == 0
    entry.refresh_from_db()
    assert (entry.state, entry.attempts, done) == ("done", 1, ["hello"])
    assert entry.done_at


def test_the_same_key_gives_the_same_entry(done):
    assert put().pk == put().pk
    outbox.sweep()
    put()
    outbox.sweep()
    assert done == ["hello"]


def test_an_unknown_kind_is_refused():
    with pytest.raises(KeyError):
        outbox.put(kind="test.unheard", key="1", payload={})


def test_what_fails_waits_longer_each_time_and_then_is_failed(done):
    entry = put(fail="no route")
    waits = []
    for _ in range(outbox.MOST_ATTEMPTS):
        OutboxEntry.objects.update(due_at=timezone.now())
        assert outbox.sweep() == 1
        entry.refresh_from_db()
        waits.append(entry.due_at - timezone.now())
    assert entry.state == "failed"
    assert entry.error == "no route"
    assert waits[0] < waits[1] < waits[2]
    assert max(waits) <= timedelta(hours=1)
    assert outbox.sweep() == 0
    assert done == []


def test_a_kind_may_be_tried_for_ever_with_pauses_of_its_own(done):
    @outbox.handler("test.patient", most_attempts=None, longest_wait=timedelta(minutes=2))
    def patient(payload):
        raise OSError("not yet")

    entry = outbox.put(kind="test.patient", key="1", payload={})
    for attempts in (outbox.MOST_ATTEMPTS, outbox.MOST_COUNTED):
        OutboxEntry.objects.update(due_at=timezone.now(), attempts=attempts)
        assert outbox.sweep() == 1
        entry.refresh_from_db()
        assert entry.state == "waiting"
        assert timedelta(minutes=1) < entry.due_at - timezone.now() <= timedelta(minutes=2)
    assert entry.attempts == outbox.MOST_COUNTED


def test_a_kind_may_need_a_longer_lease(done):
    @outbox.handler("test.slow", lease=timedelta(hours=2))
    def slow(payload):
        done.append("slow")

    outbox.put(kind="test.slow", key="1", payload={})
    claimed = outbox.claim()
    assert claimed.claimed_until > timezone.now() + timedelta(hours=1)


def test_a_worker_that_lost_its_claim_leaves_the_entry_to_the_next_one(done):
    put(fail="no route")
    first = outbox.claim()
    OutboxEntry.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    second = outbox.claim()
    assert outbox.carry_out(first) is False
    first.refresh_from_db()
    assert (first.claimed_until, first.error) == (second.claimed_until, "")


def test_one_that_fails_does_not_hold_up_the_others(done):
    put("first", fail="no route")
    put("second")
    assert outbox.sweep() == 2
    assert done == ["second"]


def test_what_is_due_later_waits(done):
    put()
    OutboxEntry.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    assert outbox.sweep() == 0
    assert done == []


def test_a_sweep_takes_no_more_than_it_was_told(done):
    for number in range(5):
        put(str(number))
    assert outbox.sweep(most=3) == 3
    assert len(done) == 3


@pytest.mark.django_db(transaction=True)
def test_the_nudge_comes_after_the_commit_and_may_fail(done):
    nudged = []

    def nudge(entry_id):
        nudged.append(OutboxEntry.objects.get(pk=entry_id).state)
        raise ConnectionError("the broker is down")

    with transaction.atomic():
        outbox.put(kind="test.note", key="k", payload={"text": "x"}, nudge=nudge)
        assert nudged == []
    assert nudged == ["waiting"]


@pytest.mark.django_db(transaction=True)
def test_a_decision_that_is_rolled_back_leaves_no_work(done):
    with transaction.atomic():
        put()
        transaction.set_rollback(True)
    assert not OutboxEntry.objects.exists()


class Meeting:
    """Holds each thread before it saves until the other has got as far or has finished: the race, without any luck."""

    def __init__(self) -> None:
        self.turn = threading.Condition()
        self.arrived = 0

    def arrive(self) -> None:
        with self.turn:
            self.arrived += 1
            self.turn.notify_all()
            assert self.turn.wait_for(lambda: self.arrived >= 2, timeout=30)


def race(monkeypatch) -> list[OutboxEntry | None]:
    """Two workers claim at the same time; returns what each got."""
    meeting = Meeting()
    save = OutboxEntry.save

    def slow_save(entry, **kwargs):
        meeting.arrive()
        save(entry, **kwargs)

    monkeypatch.setattr(OutboxEntry, "save", slow_save)
    got: list[OutboxEntry | None] = []

    def work():
        try:
            entry = outbox.claim()
            if entry is None:
                meeting.arrive()
            got.append(entry)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return got


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_entry(monkeypatch):
    put()
    got = race(monkeypatch)
    assert sorted(entry is None for entry in got) == [False, True]
    assert OutboxEntry.objects.get().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_would(monkeypatch):
    put()
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda queryset, **kwargs: queryset)
    got = race(monkeypatch)
    assert [entry is None for entry in got] == [False, False]


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_nothing(done, tmp_path):
    entry = outbox.put(kind="test.hang", key="1", payload={})
    begun = tmp_path / "begun"
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.core.carrier", str(begun)],
        cwd=parts.ROOT,
        env={**os.environ, "DATABASE_URL": database_url_of_test()},
        stdin=subprocess.PIPE,
    )
    try:
        parts.family.until(begun.exists, "the worker", seconds=60)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdin.close()
    # While its lease runs nobody else takes it; afterwards the sweep does.
    assert outbox.sweep() == 0
    OutboxEntry.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert outbox.sweep() == 1
    assert outbox.sweep() == 0
    entry.refresh_from_db()
    assert (entry.state, entry.attempts, done) == ("done", 2, ["hang"])
