"""Asking: three fields, what it is about, who it is for, one mentor by name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.utils import timezone

from coe.core.errors import Refused
from coe.core.models import Event
from coe.mentoring import places, services
from coe.mentoring.models import Request
from tests.mentoring.company import build, fresh, only, pair
from tests.races import together

pytestmark = pytest.mark.django_db

SAID = {"goal": "Find out why churn drifts", "topic": "Calibration ", "urgency": "today"}


@pytest.fixture
def world(make):
    return build(make)


@pytest.fixture
def woken(monkeypatch):
    calls = []
    monkeypatch.setattr(places, "wake", lambda: calls.append(1))
    return calls


def ask(person, **said):
    return services.ask_for_help(actor=person, **{**SAID, **said})


class TestAsk:
    def test_it_waits_and_wakes_whoever_finds_a_mentor(self, world, woken):
        made = fresh(ask(world.asker, details="We *retrained*."))
        assert (made.state, made.mentor, made.topic, made.urgency) == ("waiting", None, "calibration", "today")
        assert made.waiting_since is not None
        assert made.details_html == "<p>We <em>retrained</em>.</p>"
        assert (made.unit, made.is_shared, made.requester) == (world.retail, True, world.asker)
        assert len(woken) == 1
        told = Event.objects.about(made).get()
        assert (told.verb, told.actor) == ("mentoring.requested", world.asker)
        assert told.facts == {"goal": SAID["goal"], "topic": "calibration", "urgency": "today"}

    def test_anybody_may_ask(self, world):
        for person in (world.asker, world.stranger, world.admin, world.rosalind.person):
            assert ask(person).requester == person

    def test_about_a_project_and_a_model_with_its_version(self, world):
        made = ask(world.stranger, subject=pair(world.churn))
        assert (made.subject_type_id, made.subject_id) == pair(world.churn)
        assert made.unit == world.retail
        made = ask(world.asker, goal="Another", subject=pair(world.model), version=3, unit=world.energy)
        assert (made.subject_id, made.version, made.unit) == (world.model.pk, 3, world.energy)

    def test_of_what_one_may_not_know_nothing_is_told(self, world, make):
        for subject in (pair(world.secret), pair(world.retail), (1, 999_999)):
            with pytest.raises(ObjectDoesNotExist):
                ask(world.stranger, subject=subject, goal="")

    def test_skills_are_tags_without_the_topic(self, world):
        made = ask(world.asker, skills=["XGBoost", "calibration", " xgboost", "Drift  Detection", ""])
        assert made.skills == ["xgboost", "drift detection"]
        assert made.tags == ["calibration", "xgboost", "drift detection"]

    def test_for_a_team(self, world):
        made = ask(world.asker, team=[world.mate.pk, world.mate.pk])
        assert list(made.team.all()) == [world.mate]

    @pytest.mark.parametrize(
        ("field", "said"),
        [
            ("goal", {"goal": "  "}),
            ("goal", {"goal": "x" * 201}),
            ("goal", {"goal": "a\0b"}),
            ("goal", {"goal": "a\ud800b"}),
            ("details", {"details": "x" * 10_001}),
            ("topic", {"topic": " "}),
            ("topic", {"topic": "x" * 41}),
            ("skills", {"skills": [f"tag {n}" for n in range(13)]}),
            ("skills", {"skills": ["x" * 41]}),
            ("urgency", {"urgency": "yesterday"}),
            ("language", {"language": "english"}),
            ("version", {"version": 3}),
            ("team", {"team": [999_999]}),
            ("team", {"team": [2**70]}),
            ("mentor", {"wanted_id": 999_999}),
            ("mentor", {"wanted_id": -1}),
        ],
    )
    def test_bad_input_is_named(self, world, field, said):
        with pytest.raises(ValidationError) as refused:
            ask(world.asker, **said)
        assert list(refused.value.message_dict) == [field]
        assert not Request.objects.exists()

    def test_a_version_belongs_to_a_model(self, world):
        for subject, version in ((pair(world.churn), 1), (pair(world.model), 0), (pair(world.model), 2**31)):
            with pytest.raises(ValidationError) as refused:
                ask(world.asker, subject=subject, version=version)
            assert list(refused.value.message_dict) == ["version"]

    def test_a_team_is_of_active_people_besides_the_asker(self, world, make):
        gone = make.person(is_active=False)
        for team in ([world.asker.pk], [gone.pk], [make.person().pk for _ in range(21)]):
            with pytest.raises(ValidationError) as refused:
                ask(world.asker, team=team)
            assert list(refused.value.message_dict) == ["team"]

    def test_who_is_not_active_does_not_ask(self, world, make):
        with pytest.raises(PermissionDenied):
            ask(make.person(is_active=False))


class TestByName:
    def test_that_mentor_is_asked_at_once(self, world, woken):
        made = fresh(ask(world.asker, wanted_id=world.rosalind.pk))
        attempt = only(made)
        assert (made.state, made.mentor, made.wanted) == ("asked", world.rosalind, world.rosalind)
        assert made.waiting_since is None
        assert (attempt.state, attempt.how, attempt.by, attempt.holds_place) == ("pending", "direct", world.asker, True)
        assert attempt.due_at is not None
        assert woken == []
        verbs = list(Event.objects.about(made).order_by("id").values_list("verb", flat=True))
        assert verbs == ["mentoring.requested", "mentoring.asked"]

    def test_also_when_full_or_away_but_then_no_place_is_held(self, world, make):
        for _ in range(3):
            make.request(mentor=world.rosalind)
        world.rosalind.away.create(first=timezone.now() - timedelta(days=1), last=timezone.now() + timedelta(days=2))
        assert only(ask(world.asker, wanted_id=world.rosalind.pk)).holds_place is False

    def test_not_oneself_nor_ones_team_nor_who_stopped(self, world, make):
        cases = (
            (world.rosalind.person, {"wanted_id": world.rosalind.pk}),
            (world.asker, {"wanted_id": world.rosalind.pk, "team": [world.rosalind.person_id]}),
            (world.asker, {"wanted_id": make.mentor(stopped_at=timezone.now()).pk}),
        )
        for person, said in cases:
            with pytest.raises(ValidationError) as refused:
                ask(person, **said)
            assert list(refused.value.message_dict) == ["mentor"]


class TestTwice:
    def test_the_same_words_within_a_minute_are_one_request(self, world):
        first = ask(world.asker)
        assert ask(world.asker, urgency="later") == first
        assert ask(world.stranger) != first
        assert ask(world.asker, topic="drift") != first
        Request.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(minutes=2))
        assert ask(world.asker) != first

    def test_what_was_withdrawn_is_asked_anew(self, world):
        first = ask(world.asker)
        services.withdraw_request(request_id=first.pk, actor=world.asker)
        assert ask(world.asker) != first


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_request(make):
    world = build(make)
    first, second = together(lambda: ask(world.asker), lambda: ask(world.asker))
    assert first == second
    assert Request.objects.count() == 1


class TestChange:
    def change(self, request, person, **said):
        names = ("goal", "details", "topic", "skills", "urgency", "is_shared")
        there = {name: getattr(request, name) for name in names}
        there["team"] = [one.pk for one in request.team.all()]
        return services.change_request(request_id=request.pk, actor=person, **{**there, **said})

    def test_those_who_asked_change_what_it_says(self, world, make, woken):
        request = make.request(world.asker, team=[world.mate])
        changed = self.change(request, world.mate, topic="drift", details="*More*", is_shared=False)
        assert (changed.topic, changed.details_html, changed.is_shared) == ("drift", "<p><em>More</em></p>", False)
        told = Event.objects.about(request).get()
        assert (told.verb, told.facts) == ("mentoring.changed", {"fields": ["details", "topic", "sharing"]})
        assert len(woken) == 1

    def test_nothing_new_is_nothing_told(self, world, make):
        request = make.request(world.asker, details="x", details_html="<p>x</p>")
        self.change(request, world.asker)
        assert not Event.objects.exists()

    def test_the_team_may_keep_who_left_the_company(self, world, make):
        gone = make.person(is_active=False)
        request = make.request(world.asker, team=[gone])
        self.change(request, world.asker, team=[gone.pk, world.mate.pk])
        assert set(request.team.all()) == {gone, world.mate}
        with pytest.raises(ValidationError):
            self.change(request, world.asker, team=[make.person(is_active=False).pk])

    def test_who_is_asked_joins_no_team(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind)
        with pytest.raises(ValidationError) as refused:
            self.change(request, world.asker, team=[world.rosalind.person_id])
        assert list(refused.value.message_dict) == ["team"]

    def test_others_do_not(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind)
        for person in (world.rosalind.person, world.admin):
            with pytest.raises(PermissionDenied):
                self.change(request, person, goal="")
        with pytest.raises(ObjectDoesNotExist):
            self.change(request, world.stranger, goal="")

    def test_of_what_is_resolved_only_whether_it_is_shared(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved")
        with pytest.raises(Refused):
            self.change(request, world.asker, goal="Another")
        assert self.change(request, world.asker, is_shared=False).is_shared is False


class TestWithdraw:
    @pytest.mark.parametrize("state", ["waiting", "asked", "open"])
    def test_those_who_asked_take_it_back_and_the_mentor_is_free(self, world, make, woken, state):
        mentor = None if state == "waiting" else world.rosalind
        request = make.request(world.asker, mentor=mentor, state=state, team=[world.mate])
        services.withdraw_request(request_id=request.pk, actor=world.mate, reason="Found it")
        after = fresh(request)
        assert (after.state, after.waiting_since) == ("withdrawn", None)
        assert places.free_places(world.rosalind) == 3
        if mentor:
            assert (only(after).state, only(after).ended_at is not None) == ("ended", True)
        told = Event.objects.about(request).get()
        assert (told.verb, told.facts) == ("mentoring.withdrawn", {"reason": "Found it"})
        assert len(woken) == 1

    def test_others_do_not(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind)
        for person in (world.rosalind.person, world.admin):
            with pytest.raises(PermissionDenied):
                services.withdraw_request(request_id=request.pk, actor=person)
        with pytest.raises(ObjectDoesNotExist):
            services.withdraw_request(request_id=request.pk, actor=world.stranger)

    def test_what_is_over_stays(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, state="resolved")
        with pytest.raises(Refused):
            services.withdraw_request(request_id=request.pk, actor=world.asker)
        request = make.request(world.asker)
        services.withdraw_request(request_id=request.pk, actor=world.asker)
        with pytest.raises(Refused):
            services.withdraw_request(request_id=request.pk, actor=world.asker)
