"""Taking a request on, declining it, handing it over."""

from __future__ import annotations

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.utils import timezone

from coe.core.errors import Refused
from coe.core.models import Event
from coe.mentoring import places, services
from tests.mentoring.company import build, fresh, only

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make):
    return build(make)


@pytest.fixture
def asked(world, make):
    return make.request(world.asker, mentor=world.rosalind, state="asked", team=[world.mate])


@pytest.fixture
def woken(monkeypatch):
    calls = []
    monkeypatch.setattr(places, "wake", lambda: calls.append(1))
    return calls


def accept(request, person):
    return services.accept_request(request_id=request.pk, actor=person)


def decline(request, person, **said):
    services.decline_request(request_id=request.pk, actor=person, **said)


def hand_over(request, person, mentor, reason="Knows trees better"):
    return services.hand_over(request_id=request.pk, actor=person, mentor_id=mentor.pk, reason=reason)


class TestAccept:
    def test_who_is_asked_takes_it_on(self, world, asked):
        attempt = accept(asked, world.rosalind.person)
        after = fresh(asked)
        assert (attempt.state, attempt.holds_place, attempt.ended_at) == ("accepted", True, None)
        assert attempt.answered_at is not None
        assert (after.state, after.mentor) == ("open", world.rosalind)
        assert after.first_answer_at is not None
        told = Event.objects.about(asked).get()
        assert (told.verb, told.facts) == (
            "mentoring.accepted",
            {"mentor": "Rosalind Franklin", "mentor_id": world.rosalind.pk},
        )

    def test_the_first_answer_stays_the_first(self, world, asked):
        services.write_message(request_id=asked.pk, actor=world.rosalind.person, text="Which version?")
        first = fresh(asked).first_answer_at
        accept(asked, world.rosalind.person)
        assert fresh(asked).first_answer_at == first

    def test_nobody_else_does(self, world, asked):
        for person in (world.asker, world.mate, world.admin):
            with pytest.raises(PermissionDenied):
                accept(asked, person)
        for person in (world.wanjiru.person, world.stranger):
            with pytest.raises(ObjectDoesNotExist):
                accept(asked, person)

    def test_not_twice_and_not_what_is_over(self, world, asked, make):
        accept(asked, world.rosalind.person)
        with pytest.raises(Refused, match="taken it on"):
            accept(asked, world.rosalind.person)
        with pytest.raises(Refused, match="withdrawn"):
            accept(make.request(mentor=world.rosalind, state="withdrawn"), world.rosalind.person)

    def test_who_stopped_does_not(self, world, asked):
        world.rosalind.stopped_at = timezone.now()
        world.rosalind.save()
        with pytest.raises(Refused, match="do not mentor"):
            accept(asked, world.rosalind.person)

    def test_without_a_place_one_must_be_free_by_now(self, world, make):
        others = [make.request(mentor=world.rosalind) for _ in range(3)]
        direct = make.request(world.asker, mentor=world.rosalind, state="asked", how="direct", holds_place=False)
        with pytest.raises(Refused, match="you take 3 at a time"):
            accept(direct, world.rosalind.person)
        assert fresh(direct).state == "asked"
        services.resolve_request(request_id=others[0].pk, actor=world.rosalind.person)
        assert accept(direct, world.rosalind.person).holds_place is True
        assert places.free_places(world.rosalind) == 0


class TestDecline:
    @pytest.mark.parametrize("how", ["routed", "direct"])
    def test_it_goes_on_to_others(self, world, make, woken, how):
        asked = make.request(world.asker, mentor=world.rosalind, state="asked", how=how)
        decline(asked, world.rosalind.person, reason="On a  deadline")
        after, attempt = fresh(asked), only(asked)
        assert (after.state, after.mentor, after.waiting_since is not None) == ("waiting", None, True)
        assert (attempt.state, attempt.reason) == ("declined", "On a deadline")
        assert attempt.answered_at is not None
        assert attempt.ended_at is not None
        assert places.free_places(world.rosalind) == 3
        assert len(woken) == 1
        told = Event.objects.about(asked).get(verb="mentoring.declined")
        assert (told.facts["mentor"], told.facts["reason"]) == ("Rosalind Franklin", "On a deadline")

    def test_nobody_else_does(self, world, asked):
        for person in (world.asker, world.admin):
            with pytest.raises(PermissionDenied):
                decline(asked, person)
        with pytest.raises(ObjectDoesNotExist):
            decline(asked, world.wanjiru.person)

    def test_what_was_taken_on_is_handed_over_instead(self, world, make):
        with pytest.raises(Refused, match="Hand it over"):
            decline(make.request(mentor=world.rosalind), world.rosalind.person)

    def test_a_reason_may_be_long_but_not_without_end(self, world, asked):
        with pytest.raises(ValidationError) as refused:
            decline(asked, world.rosalind.person, reason="x" * 501)
        assert list(refused.value.message_dict) == ["reason"]
        assert fresh(asked).state == "asked"


class TestHandOver:
    @pytest.mark.parametrize("state", ["asked", "open"])
    def test_another_mentor_is_asked(self, world, make, woken, state):
        request = make.request(world.asker, mentor=world.rosalind, state=state)
        made = hand_over(request, world.rosalind.person, world.wanjiru)
        after = fresh(request)
        assert (after.state, after.mentor) == ("asked", world.wanjiru)
        assert (made.state, made.how, made.by) == ("pending", "handed", world.rosalind.person)
        assert made.due_at is not None
        old = request.attempts.exclude(pk=made.pk).get()
        assert (old.state, old.reason) == ("handed_over", "Knows trees better")
        assert places.free_places(world.rosalind) == 3
        assert len(woken) == 1
        told = Event.objects.about(request).get(verb="mentoring.handed_over")
        assert (told.facts["mentor"], told.facts["reason"]) == ("Wanjiru Kamau", "Knows trees better")

    def test_the_centre_may(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind)
        assert hand_over(request, world.admin, world.wanjiru).mentor == world.wanjiru

    def test_those_who_asked_and_others_do_not(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, team=[world.mate])
        for person in (world.asker, world.mate):
            with pytest.raises(PermissionDenied):
                hand_over(request, person, world.wanjiru, reason="")
        for person in (world.wanjiru.person, world.stranger):
            with pytest.raises(ObjectDoesNotExist):
                hand_over(request, person, world.wanjiru)

    def test_not_to_oneself_nor_to_who_asked_nor_to_who_stopped(self, world, make):
        mate = make.mentor(world.mate)
        request = make.request(world.asker, mentor=world.rosalind, team=[world.mate])
        for mentor in (world.rosalind, mate, make.mentor(stopped_at=timezone.now())):
            with pytest.raises(ValidationError) as refused:
                hand_over(request, world.rosalind.person, mentor)
            assert list(refused.value.message_dict) == ["mentor"]
        assert only(request).state == "accepted"

    def test_a_reason_is_wanted(self, world, asked):
        with pytest.raises(ValidationError) as refused:
            hand_over(asked, world.rosalind.person, world.wanjiru, reason=" ")
        assert list(refused.value.message_dict) == ["reason"]

    def test_to_who_is_full_it_holds_no_place(self, world, make, asked):
        for _ in range(3):
            make.request(mentor=world.wanjiru)
        assert hand_over(asked, world.rosalind.person, world.wanjiru).holds_place is False

    def test_not_what_nobody_has_or_what_is_over(self, world, make):
        with pytest.raises(Refused):
            hand_over(make.request(world.asker), world.admin, world.wanjiru)
        with pytest.raises(Refused):
            hand_over(make.request(mentor=world.rosalind, state="resolved"), world.admin, world.wanjiru)
