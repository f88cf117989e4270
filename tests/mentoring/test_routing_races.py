"""Two routers at once, and routing against what people do. Each race is shown to be one with the lock off."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from coe.core.errors import Refused
from coe.core.models import Event
from coe.mentoring import candidates, places, placing, services
from coe.mentoring import request_parts as p
from coe.mentoring.models import Attempt, Request, State
from coe.mentors.models import Mentor
from tests import parts
from tests.mentoring.company import build, fresh, only
from tests.mentoring.test_races import is_whole, unlocked, without_constraints
from tests.races import failures, meeting, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(make):
    return build(make)


def placement(request):
    """What a router would do for one request, as it read things now."""
    seen = Request.objects.select_related("unit").get(pk=request.pk)
    found = candidates.standing([seen], timezone.now())
    return lambda: placing._place(seen, found.plan.pairs[seen.pk], found)


class TestLastPlace:
    """Two routers that know nothing of each other give Rosalind's last place away."""

    @pytest.fixture
    def jobs(self, world, make):
        Mentor.objects.filter(pk=world.rosalind.pk).update(capacity=1)
        return [placement(make.request(world.asker)) for _ in range(2)]

    def run(self, monkeypatch, jobs):
        meet, ask = meeting(), places.ask

        def meet_and_ask(**named):
            meet()
            return ask(**named)

        monkeypatch.setattr(places, "ask", meet_and_ask)
        return together(*jobs)

    def test_it_is_given_once(self, world, jobs, monkeypatch):
        assert sorted(self.run(monkeypatch, jobs)) == [False, True]
        assert places.held([world.rosalind.pk]) == {world.rosalind.pk: 1}

    def test_without_the_lock_there_would_be_one_too_many(self, world, jobs, monkeypatch):
        monkeypatch.setattr(places, "locked_mentor", lambda pk: Mentor.objects.get(pk=pk))
        # Each counts before the other one's attempt is committed.
        assert self.run(monkeypatch, jobs) == [True, True]
        assert places.held([world.rosalind.pk]) == {world.rosalind.pk: 2}


class TestOneRequest:
    """Two routers place the same request."""

    def run(self, monkeypatch, world, make, *, lock):
        request = make.request(world.asker)
        jobs = [placement(request) for _ in range(2)]
        meet, unchanged = meeting(), placing._unchanged if lock else unlocked_request

        def read_and_meet(seen):
            found = unchanged(seen)
            meet()
            return found

        monkeypatch.setattr(placing, "_unchanged", read_and_meet)
        return request, together(*jobs)

    def test_it_is_asked_once(self, world, make, monkeypatch):
        request, results = self.run(monkeypatch, world, make, lock=True)
        assert sorted(results) == [False, True]
        assert is_whole(request)
        assert Event.objects.about(request).count() == 1

    def test_without_the_lock_the_database_would_have_to_stop_it(self, world, make, monkeypatch):
        request, results = self.run(monkeypatch, world, make, lock=False)
        assert failures(results, Exception) == 1
        assert is_whole(request)


def unlocked_request(seen):
    return Request.objects.filter(pk=seen.pk, state=State.WAITING).first()


class TestWithdrawn:
    """Björn takes it back at the moment in which it is given to Rosalind."""

    def run(self, monkeypatch, world, make, *, lock):
        request = make.request(world.asker)
        meet, place = meeting(), placement(request)
        reads = [(placing, "_unchanged"), (p, "locked")]
        off = {"_unchanged": unlocked_request, "locked": unlocked}
        for module, name in reads:
            read = getattr(module, name) if lock else off[name]

            def read_and_meet(*given, read=read):
                found = read(*given)
                meet()
                return found

            monkeypatch.setattr(module, name, read_and_meet)
        withdraw = lambda: services.withdraw_request(request_id=request.pk, actor=world.asker)  # noqa: E731  a job
        return request, together(place, withdraw)

    def test_it_is_withdrawn_and_nobody_is_asked(self, world, make, monkeypatch):
        request, (_, withdrawn) = self.run(monkeypatch, world, make, lock=True)
        assert isinstance(withdrawn, Request)
        assert fresh(request).state == "withdrawn"
        assert not Attempt.objects.filter(state="pending").exists()
        assert places.free_places(world.rosalind) == 3

    def test_without_the_lock_somebody_would_be_asked_for_what_is_withdrawn(self, world, make, monkeypatch):
        with without_constraints():
            request, results = self.run(monkeypatch, world, make, lock=False)
        assert failures(results, Exception) == 0
        assert only(request).state == "pending"
        verbs = set(Event.objects.about(request).values_list("verb", flat=True))
        assert verbs == {"mentoring.asked", "mentoring.withdrawn"}


class TestAccept:
    """Rosalind, who was asked by name while full, takes that on as Cairn gives her last place away."""

    def run(self, monkeypatch, world, make):
        Mentor.objects.filter(pk=world.rosalind.pk).update(capacity=1)
        direct = make.request(world.mate, mentor=world.rosalind, state="asked", how="direct", holds_place=False)
        place, meet, count = placement(make.request(world.asker)), meeting(), places.free_places

        def count_and_meet(mentor):
            free = count(mentor)
            meet()
            return free

        monkeypatch.setattr(places, "free_places", count_and_meet)
        accept = lambda: services.accept_request(request_id=direct.pk, actor=world.rosalind.person)  # noqa: E731  a job
        return together(place, accept)

    def test_one_of_them_has_the_place(self, world, make, monkeypatch):
        placed, accepted = self.run(monkeypatch, world, make)
        assert placed is isinstance(accepted, Refused)
        assert places.held([world.rosalind.pk]) == {world.rosalind.pk: 1}

    def test_without_the_lock_both_would(self, world, make, monkeypatch):
        monkeypatch.setattr(places, "locked_mentor", lambda pk: Mentor.objects.get(pk=pk))
        placed, accepted = self.run(monkeypatch, world, make)
        assert placed is True
        assert isinstance(accepted, Attempt)
        # Both are hers, who takes one. Which of them still found a place to hold is chance.
        assert Attempt.objects.filter(mentor=world.rosalind, state__in=["pending", "accepted"]).count() == 2


class TestTurn:
    """Only one solves; one more waits for its turn and sees all that was committed before; others go."""

    @pytest.fixture
    def first_is_solving(self, monkeypatch):
        """`with first_is_solving(between):` runs what is in it while the first router has read, and not placed."""
        standing, held = candidates.standing, threading.Event()

        @contextmanager
        def hold():
            read = threading.Event()

            def read_and_wait(requests, at):
                found = standing(requests, at)
                if not read.is_set():
                    read.set()
                    held.wait(30)
                return found

            monkeypatch.setattr(candidates, "standing", read_and_wait)
            thread = threading.Thread(target=in_thread, args=[placing.route])
            thread.start()
            assert read.wait(10)
            yield
            held.set()
            thread.join(30)

        return hold

    def test_the_second_waits_and_the_third_goes(self, world, make, first_is_solving):
        early = make.request(world.asker)
        with first_is_solving():
            late = make.request(world.mate)
            second = threading.Thread(target=in_thread, args=[placing.route])
            second.start()
            parts.family.until(somebody_waits, "the second router", seconds=30)
            assert placing.route() == 0
            assert (fresh(early).state, fresh(late).state) == ("waiting", "waiting")
        second.join(30)
        assert (fresh(early).state, fresh(late).state) == ("asked", "asked")
        assert Event.objects.filter(verb="mentoring.asked").count() == 2

    def test_many_at_once_ask_everybody_once(self, world, make):
        days_ago = timezone.now() - timedelta(days=3)
        requests = [make.request(world.asker, created_at=days_ago) for _ in range(6)]
        results = together(*[placing.route] * 4)
        assert failures(results, Exception) == 0
        assert sum(results) == 6
        assert all(is_whole(one) for one in requests)
        assert Event.objects.filter(verb="mentoring.asked").count() == 6

    def test_a_fault_gives_the_turn_back(self, world, make, monkeypatch):
        request = make.request(world.asker)
        with monkeypatch.context() as broken:
            broken.setattr(candidates, "standing", lambda *given: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                placing.route()
        assert together(placing.route) == [1]
        assert fresh(request).state == "asked"


def in_thread(job):
    try:
        job()
    finally:
        connection.close()


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.fetchone()[0] > 0
