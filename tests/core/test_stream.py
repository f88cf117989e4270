"""Consumers of the event stream: each event once, in order, killed or not, whatever order transactions end in."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from coe.core import events, stream
from coe.core.access import AlreadyRegistered
from coe.core.models import Event, Unread
from coe.core.tasks import read_stream
from tests.races import together

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def apart(monkeypatch):
    """No consumer and no verb but those of the test."""
    monkeypatch.setattr(stream, "_consumers", {})
    monkeypatch.setattr(events, "_sentences", {})
    for verb in ("test.moved", "test.noted"):
        events.sentence(verb, "did it")


@pytest.fixture
def happen(make):
    person = make.person()

    def happened(verb="test.moved", **facts):
        with transaction.atomic():
            return events.record(actor=None, verb=verb, subject=person, facts=facts)

    return happened


@pytest.fixture
def got():
    """A consumer "list" that keeps each batch it was given."""
    batches: list[list[Event]] = []
    stream.consumer("list", lambda batch: batches.append(list(batch)))
    return batches


def test_each_event_once_in_order_as_a_batch(happen, got):
    made = [happen(), happen("test.noted"), happen()]
    assert stream.read("list") == 3
    assert got == [made]
    assert stream.read("list") == 0
    assert got == [made]
    assert not Unread.objects.exists()


def test_a_long_queue_is_read_in_batches(happen, got, monkeypatch):
    monkeypatch.setattr(stream, "AT_ONCE", 2)
    made = [happen() for _ in range(5)]
    assert stream.read("list") == 5
    assert got == [made[:2], made[2:4], made[4:]]


def test_a_consumer_gets_what_it_wants(happen):
    moved, noted = [], []
    stream.consumer("moved", moved.extend, wants=lambda verb: verb == "test.moved")
    stream.consumer("noted", noted.extend, wants=lambda verb: verb == "test.noted")
    one, other = happen(), happen("test.noted")
    assert sorted(Unread.objects.values_list("consumer", "event")) == [("moved", one.pk), ("noted", other.pk)]
    assert read_stream() == 2
    assert (moved, noted) == ([one], [other])


def test_what_happened_before_there_was_a_consumer_is_not_read(happen):
    happen()
    read = []
    stream.consumer("late", read.extend)
    assert stream.read("late") == 0


def test_a_name_is_taken_once(got):
    with pytest.raises(AlreadyRegistered):
        stream.consumer("list", got.append)
    assert stream.names() == ["list"]


def test_an_event_that_is_taken_back_is_never_read(happen, got):
    class Back(Exception):
        pass

    def takes_back():
        with transaction.atomic():
            happen()
            raise Back

    with pytest.raises(Back):
        takes_back()
    assert stream.read("list") == 0
    assert got == []


def test_one_bad_event_stops_no_other_and_is_tried_again(happen):
    seen, broken = [], {2}

    def handle(batch):
        for event in batch:
            if event.facts["n"] in broken:
                raise RuntimeError("bad event")
            seen.append(event.facts["n"])

    stream.consumer("fragile", handle)
    for n in (1, 2, 3):
        happen(n=n)
    assert stream.read("fragile") == 2
    # The batch failed after its first event; then each was tried alone.
    assert seen == [1, 1, 3]
    waits = Unread.objects.get()
    assert (waits.event.facts["n"], waits.attempts) == (2, 1)
    assert waits.due_at > timezone.now()
    broken.clear()
    assert stream.read("fragile") == 0
    Unread.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert stream.read("fragile") == 1
    assert seen == [1, 1, 3, 2]
    assert not Unread.objects.exists()


def test_what_a_failed_event_wrote_is_taken_back(happen, make):
    def handle(batch):
        make.unit(f"unit-of-{batch[0].pk}")
        raise RuntimeError("after writing")

    stream.consumer("writer", handle)
    event = happen()
    stream.read("writer")
    assert not type(make.unit()).objects.filter(slug=f"unit-of-{event.pk}").exists()
    assert Unread.objects.get().attempts == 1


def test_waits_grow_to_an_hour_and_no_further(happen):
    def handle(batch):
        raise RuntimeError("always")

    stream.consumer("never", handle)
    happen()
    for attempts in (1, 5, 20, stream.MOST_COUNTED):
        Unread.objects.update(attempts=attempts, due_at=timezone.now())
        stream.read("never")
        row = Unread.objects.get()
        assert row.attempts == min(attempts + 1, stream.MOST_COUNTED)
        assert row.due_at <= timezone.now() + stream.LONGEST_WAIT


def test_one_consumer_that_fails_stops_no_other(happen, got):
    def handle(batch):
        raise RuntimeError("mine alone")

    stream.consumer("a-broken-one", handle)
    made = happen()
    stream.read_all()
    assert got == [[made]]


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_begins_again_where_it_was(happen, make):
    handled = []

    def handle(batch):
        make.unit("half-done")
        handled.append([event.pk for event in batch])
        if len(handled) == 1:
            raise KeyboardInterrupt  # as a worker that is killed: nobody catches it

    stream.consumer("killed", handle)
    made = [happen().pk, happen().pk]
    with pytest.raises(KeyboardInterrupt):
        stream.read("killed")
    assert Unread.objects.count() == 2
    assert stream.read("killed") == 2
    assert handled == [made, made]
    assert not Unread.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_read_though_a_later_one_was_read_before(happen, got):
    """Two verbs on two connections: the one that began first (a lower id) ends last."""
    recorded, may_end = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            event = happen(n=1)
            recorded.set()
            assert may_end.wait(20)
        return event

    def quick():
        assert recorded.wait(20)
        event = happen(n=2)
        first = stream.read("list")
        may_end.set()
        return event, first

    early, (late, first) = together(slow, quick)
    assert early.pk < late.pk
    assert first == 1
    assert stream.read("list") == 1
    assert [event.facts["n"] for batch in got for event in batch] == [2, 1]


@pytest.mark.django_db(transaction=True)
def test_of_two_readers_at_once_one_reads(happen):
    inside, may_end = threading.Event(), threading.Event()
    handled = []

    def handle(batch):
        handled.append([event.pk for event in batch])
        inside.set()
        assert may_end.wait(20)

    stream.consumer("slow", handle)
    event = happen()

    def second():
        assert inside.wait(20)
        read = stream.read("slow")
        may_end.set()
        return read

    assert together(lambda: stream.read("slow"), second) == [1, 0]
    assert handled == [[event.pk]]
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_two_consumers_do_not_wait_for_each_other(happen):
    inside, may_end = threading.Event(), threading.Event()
    read = []

    def slow(batch):
        inside.set()
        assert may_end.wait(20)

    stream.consumer("slow", slow)
    stream.consumer("quick", read.extend)
    event = happen()

    def other():
        assert inside.wait(20)
        done = stream.read("quick")
        may_end.set()
        return done

    assert together(lambda: stream.read("slow"), other) == [1, 1]
    assert read == [event]
