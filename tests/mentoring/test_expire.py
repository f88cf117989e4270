"""Deadlines: whoever is silent is asked no more, and is reminded before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from coe.core.models import Event
from coe.mentoring import places, placing, services
from coe.mentoring.models import Message
from coe.mentors import services as mentors
from tests.mentoring.company import build, fresh, only

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make):
    return build(make)


@pytest.fixture
def asked(world, make):
    return make.request(world.asker, mentor=world.rosalind, state="asked")


def due(request, *, ago=0, remind_ago=0):
    """The request's attempt was due so many hours ago, its reminder so many."""
    now = timezone.now()
    request.attempts.update(
        asked_at=now - timedelta(hours=50),
        remind_at=now - timedelta(hours=remind_ago),
        due_at=now - timedelta(hours=ago),
    )


class TestRelease:
    def test_who_stopped_is_waited_for_no_more(self, world, asked):
        mentors.stop(mentor_id=world.rosalind.pk, actor=world.rosalind.person, reason="A new task.")
        assert placing.release() == 1
        assert (fresh(asked).state, only(asked).state, only(asked).reason) == ("waiting", "ended", "No longer mentors")
        told = Event.objects.about(asked).get()
        assert (told.verb, told.actor) == ("mentoring.released", None)
        assert placing.release() == 0
        assert placing.route() == 1
        assert fresh(asked).mentor == world.wanjiru

    def test_nor_who_lost_the_role_or_left_the_company(self, world, make):
        lost, left = (make.request(world.asker, mentor=one, state="asked") for one in (world.rosalind, world.wanjiru))
        world.rosalind.person.grants.all().delete()
        world.wanjiru.person.is_active = False
        world.wanjiru.person.save()
        assert placing.release() == 2
        assert [fresh(one).state for one in (lost, left)] == ["waiting", "waiting"]

    @pytest.mark.parametrize("state", ["open", "resolved"])
    def test_a_conversation_under_way_stays(self, world, make, state):
        request = make.request(world.asker, mentor=world.rosalind, state=state)
        mentors.stop(mentor_id=world.rosalind.pk, actor=world.rosalind.person, reason="A new task.")
        assert placing.release() == 0
        assert fresh(request).state == state

    def test_who_pauses_is_still_waited_for(self, world, asked):
        mentors.pause(mentor_id=world.rosalind.pk, actor=world.rosalind.person, until=None)
        assert placing.release() == 0

    def test_who_came_back_while_it_was_looked_at_keeps_it(self, world, asked):
        assert placing._release(only(asked)) is False
        assert fresh(asked).state == "asked"


class TestExpire:
    def test_who_is_silent_is_not_asked_again_and_the_next_one_is(self, world, asked):
        due(asked, ago=1)
        assert placing.expire() == 1
        after, attempt = fresh(asked), only(asked)
        assert (after.state, after.mentor, after.waiting_since is not None) == ("waiting", None, True)
        assert (attempt.state, attempt.answered_at) == ("silent", None)
        assert attempt.ended_at is not None
        assert places.free_places(world.rosalind) == 3
        told = Event.objects.about(asked).get()
        assert (told.verb, told.actor) == ("mentoring.silent", None)
        assert told.facts == {"mentor": "Rosalind Franklin", "mentor_id": world.rosalind.pk}
        assert placing.expire() == 0
        assert placing.route() == 1
        assert fresh(asked).mentor == world.wanjiru

    def test_not_before_the_time(self, asked):
        due(asked, ago=-1)
        assert placing.expire() == 0
        assert fresh(asked).state == "asked"

    @pytest.mark.parametrize("state", ["open", "resolved", "withdrawn"])
    def test_only_who_has_not_answered(self, world, make, state):
        request = make.request(world.asker, mentor=world.rosalind, state=state)
        due(request, ago=1)
        assert placing.expire() == 0
        assert fresh(request).state == state

    def test_who_accepted_while_it_was_looked_at_keeps_it(self, world, asked):
        due(asked, ago=1)
        seen = only(asked)
        services.accept_request(request_id=asked.pk, actor=world.rosalind.person)
        assert placing._expire(seen, timezone.now()) is False
        assert fresh(asked).state == "open"

    def test_a_direct_request_moves_on_too(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, state="asked", how="direct", wanted=world.rosalind)
        due(request, ago=1)
        assert placing.expire() == 1
        assert placing.route() == 1
        assert fresh(request).mentor == world.wanjiru

    def test_whoever_wrote_in_the_thread_is_not_silent(self, world, asked):
        due(asked, ago=1)
        services.write_message(request_id=asked.pk, actor=world.rosalind.person, text="Which version is it?")
        assert placing.expire() == 0
        attempt = only(asked)
        assert attempt.state == "pending"
        assert attempt.due_at > timezone.now() + timedelta(hours=7)
        # All at hours of the mentor again, and then it is silence after all.
        Message.objects.update(created_at=timezone.now() - timedelta(hours=9))
        due(asked, ago=1)
        assert placing.expire() == 1

    def test_what_others_wrote_does_not_count(self, world, asked):
        due(asked, ago=1)
        services.write_message(request_id=asked.pk, actor=world.asker, text="Anybody there?")
        assert placing.expire() == 1

    def test_a_fault_with_one_stops_no_other(self, world, make, asked, monkeypatch):
        other = make.request(world.mate, mentor=world.wanjiru, state="asked")
        for request in (asked, other):
            due(request, ago=1)
        to_queue = places.to_queue

        def fail(request):
            if request.pk == asked.pk:
                raise ValueError("a fault")
            to_queue(request)

        monkeypatch.setattr(places, "to_queue", fail)
        assert placing.expire() == 1
        assert (fresh(asked).state, only(asked).state, fresh(other).state) == ("asked", "pending", "waiting")


class TestRemind:
    def test_once_at_half_of_the_time(self, world, asked):
        due(asked, ago=-4, remind_ago=1)
        assert placing.remind() == 1
        assert placing.remind() == 0
        attempt = only(asked)
        assert attempt.reminded_at is not None
        told = Event.objects.about(asked).get()
        assert (told.verb, told.actor) == ("mentoring.reminded", None)
        assert told.facts == {
            "mentor": "Rosalind Franklin", "mentor_id": world.rosalind.pk, "due_at": attempt.due_at.isoformat()
        }  # fmt: skip

    @pytest.mark.parametrize(("ago", "remind_ago"), [(-8, -4), (1, 5)], ids=["before half", "past the deadline"])
    def test_neither_before_nor_too_late(self, asked, ago, remind_ago):
        due(asked, ago=ago, remind_ago=remind_ago)
        assert placing.remind() == 0

    def test_only_who_has_not_answered(self, world, make):
        due(make.request(world.asker, mentor=world.rosalind), ago=-4, remind_ago=1)
        assert placing.remind() == 0
