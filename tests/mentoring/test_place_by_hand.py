"""The coordinator gives a request to somebody."""

from __future__ import annotations

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.utils import timezone

from coe.core.errors import Refused
from coe.core.models import Event
from coe.mentoring import places, placing
from tests.mentoring.company import build, fresh, only

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make):
    return build(make)


@pytest.fixture
def woken(monkeypatch):
    calls = []
    monkeypatch.setattr(places, "wake", lambda: calls.append(1))
    return calls


def place(request, person, mentor):
    return placing.place_by_hand(request_id=request.pk, mentor_id=mentor.pk, actor=person)


def test_what_waits_is_given_to_anybody_who_mentors(world, make, woken):
    request = make.request(world.asker, topic="fairness")
    attempt = place(request, world.admin, world.wanjiru)
    after = fresh(request)
    assert (after.state, after.mentor) == ("asked", world.wanjiru)
    assert (attempt.state, attempt.how, attempt.by, attempt.holds_place) == ("pending", "by_hand", world.admin, True)
    assert [row["name"] for row in attempt.why["top"] if row["chosen"]] == ["Wanjiru Kamau"]
    told = Event.objects.about(request).get()
    assert (told.verb, told.actor, told.facts["how"]) == ("mentoring.asked", world.admin, "placed by the coordinator")
    assert woken == []


def test_whoever_is_asked_now_is_asked_no_more(world, make, woken):
    request = make.request(world.asker, mentor=world.rosalind, state="asked")
    place(request, world.admin, world.wanjiru)
    old, new = request.attempts.order_by("pk")
    assert (old.state, old.reason, old.ended_at is not None) == ("ended", "Placed by the coordinator", True)
    assert (new.mentor, fresh(request).mentor) == (world.wanjiru, world.wanjiru)
    assert places.free_places(world.rosalind) == 3
    assert len(woken) == 1


def test_also_to_who_is_full_paused_or_was_tried(world, make):
    full = make.mentor(capacity=1, all_week=True)
    make.request(mentor=full)
    assert place(make.request(world.asker), world.admin, full).holds_place is False
    paused = make.mentor(paused_at=timezone.now())
    attempt = place(make.request(world.asker), world.admin, paused)
    assert [row["reason"] for row in attempt.why["top"] if row["chosen"]] == ["is paused"]
    tried = make.request(world.asker)
    tried.attempts.create(mentor=world.rosalind, state="silent")
    assert place(tried, world.admin, world.rosalind).state == "pending"


def test_not_to_those_who_ask_nor_to_who_does_not_mentor(world, make):
    request = make.request(world.asker, team=[world.mate])
    stopped = make.mentor(stopped_at=timezone.now())
    for mentor in (make.mentor(world.asker), make.mentor(world.mate), stopped):
        with pytest.raises(ValidationError) as refused:
            place(request, world.admin, mentor)
        assert list(refused.value.message_dict) == ["mentor"]
    assert fresh(request).state == "waiting"


def test_not_twice_to_the_same(world, make):
    request = make.request(world.asker, mentor=world.rosalind, state="asked")
    with pytest.raises(ValidationError, match="somebody else"):
        place(request, world.admin, world.rosalind)
    assert only(request).state == "pending"


@pytest.mark.parametrize(
    ("state", "said"), [("open", "Hand it over"), ("resolved", "resolved"), ("withdrawn", "Ask anew")]
)
def test_only_what_nobody_has_taken_on(world, make, state, said):
    request = make.request(world.asker, mentor=world.rosalind, state=state)
    with pytest.raises(Refused, match=said):
        place(request, world.admin, world.wanjiru)
    assert request.attempts.count() == 1


def test_nobody_but_the_centre(world, make):
    request = make.request(world.asker, mentor=world.rosalind, state="asked", team=[world.mate])
    for person in (world.asker, world.mate, world.rosalind.person):
        with pytest.raises(PermissionDenied):
            place(request, person, world.wanjiru)
    for person in (world.stranger, world.wanjiru.person):
        with pytest.raises(ObjectDoesNotExist):
            place(request, person, world.wanjiru)
