"""Resolving, opening again, rating."""

from __future__ import annotations

from datetime import timedelta

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
def woken(monkeypatch):
    calls = []
    monkeypatch.setattr(places, "wake", lambda: calls.append(1))
    return calls


def resolve(request, person, **said):
    return services.resolve_request(request_id=request.pk, actor=person, **said)


def reopen(request, person, reason="It came again"):
    return services.reopen_request(request_id=request.pk, actor=person, reason=reason)


def rate(request, person, rating=4):
    return services.rate_help(request_id=request.pk, actor=person, rating=rating)


class TestResolve:
    @pytest.mark.parametrize("who", ["asker", "mate", "mentor", "admin"])
    def test_those_in_the_conversation_and_the_centre(self, world, make, woken, who):
        request = make.request(world.asker, mentor=world.rosalind, team=[world.mate])
        person = world.rosalind.person if who == "mentor" else getattr(world, who)
        resolve(request, person, resolution="Use *isotonic*.")
        after = fresh(request)
        assert (after.state, after.resolved_by, after.mentor) == ("resolved", person, world.rosalind)
        assert after.resolution_html == "<p>Use <em>isotonic</em>.</p>"
        assert (only(request).state, only(request).ended_at is not None) == ("done", True)
        assert places.free_places(world.rosalind) == 3
        assert len(woken) == 1
        told = Event.objects.about(request).get()
        assert (told.verb, told.facts) == (
            "mentoring.resolved",
            {"mentor": "Rosalind Franklin", "resolution": "Use *isotonic*."},
        )

    def test_others_do_not(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind)
        for person in (world.stranger, world.wanjiru.person):
            with pytest.raises(ObjectDoesNotExist):
                resolve(request, person)

    @pytest.mark.parametrize("state", ["waiting", "asked"])
    def test_before_a_mentor_took_it_on_those_who_asked_found_it_themselves(self, world, make, state):
        mentor = None if state == "waiting" else world.rosalind
        request = make.request(world.asker, mentor=mentor, state=state)
        with pytest.raises(Refused, match="No mentor has taken it on"):
            resolve(request, world.admin)
        resolve(request, world.asker)
        after = fresh(request)
        assert (after.state, after.mentor, after.waiting_since) == ("resolved", None, None)
        assert not mentor or only(request).state == "ended"

    def test_who_answered_without_taking_it_on_helped(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, state="asked")
        services.write_message(request_id=request.pk, actor=world.rosalind.person, text="Try isotonic.")
        resolve(request, world.asker)
        assert (fresh(request).mentor, only(request).state) == (world.rosalind, "done")

    def test_not_twice(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind)
        resolve(request, world.asker)
        with pytest.raises(Refused, match="Björn Strøm has resolved it already"):
            resolve(request, world.rosalind.person)
        with pytest.raises(Refused, match="withdrawn"):
            resolve(make.request(world.asker, mentor=world.rosalind, state="withdrawn"), world.asker)

    def test_a_resolution_that_cannot_be_shown_is_named(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind)
        for text in ("x" * 20_001, "a\0"):
            with pytest.raises(ValidationError) as refused:
                resolve(request, world.asker, resolution=text)
            assert list(refused.value.message_dict) == ["resolution"]


class TestReopen:
    def test_whoever_helped_is_asked_again_when_free(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved", team=[world.mate], rating=2)
        reopen(request, world.mate)
        after = fresh(request)
        assert (after.state, after.mentor, after.round) == ("asked", world.rosalind, 2)
        assert (after.resolution, after.resolved_at, after.resolved_by, after.rating) == ("", None, None, None)
        new = request.attempts.get(round=2)
        assert (new.state, new.how, new.holds_place) == ("pending", "reopened", True)
        told = Event.objects.about(request).order_by("id").first()
        assert (told.verb, told.facts["reason"]) == ("mentoring.reopened", "It came again")

    @pytest.mark.parametrize("why", ["full", "paused", "away", "stopped", "nobody", "asks"])
    def test_else_it_waits_for_another_one(self, world, make, woken, why):
        mentor = world.rosalind
        request = make.request(world.asker, mentor=None if why == "nobody" else mentor, state="resolved")
        if why == "full":
            for _ in range(3):
                make.request(mentor=mentor)
        elif why == "paused":
            mentor.paused_at = timezone.now()
            mentor.save()
        elif why == "stopped":
            mentor.stopped_at = timezone.now()
            mentor.save()
        elif why == "away":
            today = timezone.now().date()
            mentor.away.create(first=today - timedelta(days=1), last=today + timedelta(days=1))
        elif why == "asks":
            request.team.add(mentor.person)
        reopen(request, world.asker)
        after = fresh(request)
        assert (after.state, after.mentor, after.round) == ("waiting", None, 2)
        assert after.waiting_since is not None
        assert len(woken) == 1

    def test_others_do_not_and_a_reason_is_wanted(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved")
        for person in (world.rosalind.person, world.admin, world.stranger):
            with pytest.raises(PermissionDenied):
                reopen(request, person, reason="")
        with pytest.raises(ValidationError) as refused:
            reopen(request, world.asker, reason=" ")
        assert list(refused.value.message_dict) == ["reason"]

    @pytest.mark.parametrize("state", ["waiting", "open", "withdrawn"])
    def test_only_what_is_resolved(self, world, make, state):
        request = make.request(world.asker, mentor=None if state == "waiting" else world.rosalind, state=state)
        with pytest.raises(Refused):
            reopen(request, world.asker)

    def test_again_and_again(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved")
        for number in (2, 3):
            reopen(request, world.asker)
            services.accept_request(request_id=request.pk, actor=world.rosalind.person)
            resolve(request, world.asker)
            assert fresh(request).round == number


class TestRate:
    def test_those_who_asked_rate_and_may_change_it(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved", team=[world.mate])
        assert rate(request, world.asker).rated_at is not None
        assert rate(request, world.mate, 5).rating == 5
        rate(request, world.mate, 5)
        assert fresh(request).rating == 5
        told = Event.objects.about(request).order_by("id").values_list("verb", "facts")
        assert list(told) == [("mentoring.rated", {"rating": 4}), ("mentoring.rated", {"rating": 5})]

    def test_nobody_else_does(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved")
        for person in (world.rosalind.person, world.admin, world.stranger):
            with pytest.raises(PermissionDenied):
                rate(request, person, 9)

    @pytest.mark.parametrize("rating", [0, 6, -1])
    def test_from_one_to_five(self, world, make, rating):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved")
        with pytest.raises(ValidationError) as refused:
            rate(request, world.asker, rating)
        assert list(refused.value.message_dict) == ["rating"]

    def test_only_help_that_there_was(self, world, make):
        with pytest.raises(Refused):
            rate(make.request(world.asker, mentor=world.rosalind), world.asker)
        with pytest.raises(Refused, match="No mentor"):
            rate(make.request(world.asker, state="resolved"), world.asker)
