"""Two at once. Each race is shown to be one by the same test with the lock off."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from coe.core.errors import Refused
from coe.core.models import Event
from coe.mentoring import answering, places, placing, services
from coe.mentoring import request_parts as p
from coe.mentoring.models import Attempt, Request
from coe.mentors.models import Mentor
from tests.mentoring.company import build, fresh, only
from tests.races import failures, meeting, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(make):
    return build(make)


def unlocked(request_id, actor):
    return Request.objects.visible_to(actor).get(pk=request_id)


def at_once(monkeypatch, lock, *verbs):
    """Run the verbs together, all past their reading of the request before any writes, if the lock lets them."""
    meet, read = meeting(), p.locked if lock else unlocked

    def read_and_meet(request_id, actor):
        request = read(request_id, actor)
        meet()
        return request

    monkeypatch.setattr(p, "locked", read_and_meet)
    return together(*verbs)


@contextmanager
def without_constraints():
    """The database's own second line of defence taken away, so that only the lock is left to be tried."""
    names = ("request_mentor_when_asked", "request_waiting_since")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = ANY(%s)", [[*names]]
        )
        told = cursor.fetchall()
        for name in names:
            cursor.execute(f"ALTER TABLE mentoring_request DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for name, definition in told:
                cursor.execute(f"ALTER TABLE mentoring_request ADD CONSTRAINT {name} {definition} NOT VALID")


def accept(request, mentor):
    return lambda: services.accept_request(request_id=request.pk, actor=mentor.person)


def decline(request, mentor):
    return lambda: services.decline_request(request_id=request.pk, actor=mentor.person)


def is_whole(request):
    """Whether who is asked or answers is the same by the request and by its attempts."""
    request = fresh(request)
    live = list(request.attempts.filter(state__in=p.LIVE).values_list("state", "mentor_id"))
    wanted = {"asked": [("pending", request.mentor_id)], "open": [("accepted", request.mentor_id)]}
    return live == wanted.get(request.state, [])


class TestLastPlace:
    """Two requests by name to a mentor who had no place then, and has one now; both are taken on at once."""

    @pytest.fixture
    def two(self, world, make):
        Mentor.objects.filter(pk=world.rosalind.pk).update(capacity=1)
        fields = {"mentor": world.rosalind, "state": "asked", "how": "direct", "holds_place": False}
        return [make.request(world.asker, **fields) for _ in range(2)]

    def count_together(self, monkeypatch):
        meet, count = meeting(), places.free_places

        def count_and_meet(mentor):
            free = count(mentor)
            meet()
            return free

        monkeypatch.setattr(places, "free_places", count_and_meet)

    def test_one_takes_it_and_the_other_is_told_what_to_do(self, world, two, monkeypatch):
        self.count_together(monkeypatch)
        results = together(*(accept(one, world.rosalind) for one in two))
        (told,) = [result for result in results if isinstance(result, Refused)]
        assert "hand over another request" in told.message
        assert Attempt.objects.filter(state="accepted").count() == 1
        assert all(is_whole(one) for one in two)

    def test_without_the_lock_there_would_be_one_too_many(self, world, two, monkeypatch):
        self.count_together(monkeypatch)
        monkeypatch.setattr(places, "locked_mentor", lambda pk: Mentor.objects.get(pk=pk))
        results = together(*(accept(one, world.rosalind) for one in two))
        assert failures(results, Exception) == 0
        assert Attempt.objects.filter(state="accepted").count() == 2


class TestDeadline:
    """The mentor says yes at the moment in which the deadline passes."""

    @pytest.fixture
    def late(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, state="asked")
        request.attempts.update(due_at=timezone.now() - timedelta(minutes=1))
        return request

    def run(self, monkeypatch, late, mentor, *, lock):
        """Both look at the attempt before either writes, if the lock lets them."""
        meet, ask, end = meeting(), answering._asked, places.end_attempt

        def ask_and_meet(request, actor):
            attempt = ask(request, actor)
            meet()
            return attempt

        def meet_and_end(attempt, state, reason=""):
            meet()
            end(attempt, state, reason)

        monkeypatch.setattr(answering, "_asked", ask_and_meet)
        monkeypatch.setattr(places, "end_attempt", meet_and_end)
        if not lock:
            monkeypatch.setattr(p, "locked", unlocked)
            monkeypatch.setattr(placing, "_pending", lambda seen: (fresh(seen.request), only(seen.request)))
        return together(accept(late, mentor), placing.expire)

    def test_either_it_counts_or_it_has_gone_on(self, world, late, monkeypatch):
        said, moved = self.run(monkeypatch, late, world.rosalind, lock=True)
        assert is_whole(late)
        if moved:
            assert isinstance(said, Refused)
            assert "gone on" in said.message
            assert (fresh(late).state, only(late).state) == ("waiting", "silent")
        else:
            assert (fresh(late).state, only(late).state) == ("open", "accepted")

    def test_without_the_lock_both_would(self, world, late, monkeypatch):
        with without_constraints():
            said, moved = self.run(monkeypatch, late, world.rosalind, lock=False)
        assert (isinstance(said, Attempt), moved) == (True, 1)
        verbs = set(Event.objects.about(late).values_list("verb", flat=True))
        assert verbs == {"mentoring.accepted", "mentoring.silent"}

    def test_who_comes_too_late_is_told_so(self, world, late):
        """The page was open while it went on, so that the row was still theirs when they began."""
        assert placing.expire() == 1
        with pytest.raises(Request.DoesNotExist):
            accept(late, world.rosalind)()


class TestYesAndNo:
    """The mentor says yes on the phone and no on the laptop."""

    @pytest.fixture
    def asked(self, world, make):
        return make.request(world.asker, mentor=world.rosalind, state="asked")

    def test_one_of_them_counts(self, world, asked, monkeypatch):
        results = at_once(monkeypatch, True, accept(asked, world.rosalind), decline(asked, world.rosalind))
        assert failures(results, Refused) == 1
        assert is_whole(asked)
        assert Event.objects.about(asked).filter(verb__in=["mentoring.accepted", "mentoring.declined"]).count() == 1

    def test_without_the_lock_both_would(self, world, asked, monkeypatch):
        with without_constraints():
            results = at_once(monkeypatch, False, accept(asked, world.rosalind), decline(asked, world.rosalind))
        assert failures(results, Exception) == 0
        verbs = ["mentoring.accepted", "mentoring.declined"]
        assert Event.objects.about(asked).filter(verb__in=verbs).count() == 2

    def test_twice_yes_is_one_yes(self, world, asked, monkeypatch):
        results = at_once(monkeypatch, True, accept(asked, world.rosalind), accept(asked, world.rosalind))
        assert failures(results, Refused) == 1
        assert Event.objects.about(asked).filter(verb="mentoring.accepted").count() == 1

    def test_a_withdrawal_against_a_yes(self, world, asked, monkeypatch):
        withdraw = lambda: services.withdraw_request(request_id=asked.pk, actor=world.asker)  # noqa: E731  as the others
        results = at_once(monkeypatch, True, accept(asked, world.rosalind), withdraw)
        assert failures(results, Refused) in (0, 1)
        assert fresh(asked).state == "withdrawn"
        assert is_whole(asked)


class TestResolveAgainstReopen:
    """Björn says it is done and opens it again, while Rosalind, who saw it open, says that it is done."""

    @pytest.fixture
    def request_(self, world, make):
        return make.request(world.asker, mentor=world.rosalind)

    def run(self, monkeypatch, world, request, *, lock):
        done, seen = threading.Event(), threading.Event()
        read = p.locked if lock else unlocked

        def slowly(request_id, actor):
            found = read(request_id, actor)
            if actor == world.rosalind.person:
                seen.set()
                done.wait(1.0)
            return found

        def there_and_back():
            seen.wait(10)
            # Refused where hers came first.
            with suppress(Refused):
                services.resolve_request(request_id=request.pk, actor=world.asker)
            services.reopen_request(request_id=request.pk, actor=world.asker, reason="Again")
            done.set()

        monkeypatch.setattr(p, "locked", slowly)
        hers = lambda: services.resolve_request(request_id=request.pk, actor=world.rosalind.person)  # noqa: E731  a job
        return together(hers, there_and_back)

    def test_it_is_open_again_and_rosalind_is_asked(self, world, request_, monkeypatch):
        results = self.run(monkeypatch, world, request_, lock=True)
        assert failures(results, Exception) == 0
        assert (fresh(request_).state, fresh(request_).round) == ("asked", 2)
        assert is_whole(request_)
        told = Event.objects.about(request_).filter(verb="mentoring.resolved")
        assert [event.actor for event in told] == [world.rosalind.person]

    def test_without_the_lock_her_word_on_the_first_round_would_end_the_second(self, world, request_, monkeypatch):
        self.run(monkeypatch, world, request_, lock=False)
        assert (fresh(request_).state, fresh(request_).round) == ("resolved", 2)
        assert not fresh(request_).attempts.filter(state__in=p.LIVE).exists()

    def test_opened_again_twice_at_once_is_once(self, world, make, monkeypatch):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved", team=[world.mate])
        again = [
            lambda who=who: services.reopen_request(request_id=request.pk, actor=who, reason="Again")
            for who in (world.asker, world.mate)
        ]
        assert failures(at_once(monkeypatch, True, *again), Refused) == 1
        assert (fresh(request).round, is_whole(request)) == (2, True)

    def test_without_the_lock_the_database_would_have_to_stop_it(self, world, make, monkeypatch):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved", team=[world.mate])
        again = [
            lambda who=who: services.reopen_request(request_id=request.pk, actor=who, reason="Again")
            for who in (world.asker, world.mate)
        ]
        results = at_once(monkeypatch, False, *again)
        assert failures(results, Refused) == 0


class TestGuide:
    """The mentor and the centre make a guide of the same thread."""

    def test_made_twice_at_once_it_is_one(self, world, make, monkeypatch):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved")
        jobs = [
            lambda who=who: services.make_guide(request_id=request.pk, actor=who)
            for who in (world.rosalind.person, world.admin)
        ]
        results = at_once(monkeypatch, True, *jobs)
        assert failures(results, Refused) == 1
        (kept,) = [result for result in results if not isinstance(result, Exception)]
        assert fresh(request).guide == kept
        assert only(request).state == "done"
