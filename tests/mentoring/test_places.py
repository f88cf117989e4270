"""Places and deadlines: what holds a place, when who is asked must answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from coe.celery import app
from coe.core.models import Event
from coe.mentoring import places
from coe.mentoring.models import Attempt, Request
from coe.mentors import changed, load
from coe.mentors.models import Away

pytestmark = pytest.mark.django_db


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


class TestPlaces:
    @pytest.mark.parametrize(
        ("state", "holds_place", "held"),
        [("asked", True, 1), ("asked", False, 0), ("open", True, 1), ("resolved", True, 0), ("withdrawn", True, 0)],
    )
    def test_what_holds_one(self, make, state, holds_place, held):
        mentor = make.mentor(capacity=2)
        make.request(mentor=mentor, state=state, holds_place=holds_place)
        assert places.free_places(mentor) == 2 - held
        assert load.held([mentor.pk]) == {mentor.pk: held}

    def test_nobody_has_less_than_none(self, make):
        mentor = make.mentor(capacity=3)
        for _ in range(3):
            make.request(mentor=mentor)
        mentor.capacity = 1
        assert places.free_places(mentor) == 0

    def test_others_do_not_count(self, make):
        mentor = make.mentor()
        make.request(mentor=make.mentor())
        assert places.held([mentor.pk]) == {}


class TestDeadlines:
    # A Monday; the mentor works from nine to twelve and from one to five.
    MONDAY = utc(2026, 3, 2, 9)

    @pytest.mark.parametrize(
        ("urgency", "reminded", "due"),
        [
            ("today", utc(2026, 3, 2, 10), utc(2026, 3, 2, 11)),
            ("week", utc(2026, 3, 2, 14), utc(2026, 3, 3, 10)),
            ("later", utc(2026, 3, 3, 10), utc(2026, 3, 4, 11)),
        ],
    )
    def test_they_are_counted_in_the_hours_of_the_mentor(self, make, urgency, reminded, due):
        assert places.deadlines(make.mentor(), urgency, self.MONDAY) == (reminded, due)

    def test_nights_weekends_zones_and_leave_do_not_count(self, make):
        friday = utc(2026, 3, 6, 16)
        assert places.deadlines(make.mentor(), "today", friday) == (utc(2026, 3, 6, 17), utc(2026, 3, 9, 10))
        # Nine in the morning of Monday in Nairobi is six by UTC.
        away = make.mentor(zone="Africa/Nairobi")
        assert places.deadlines(away, "today", friday) == (utc(2026, 3, 9, 7), utc(2026, 3, 9, 8))
        Away.objects.create(mentor=away, first=date(2026, 3, 9), last=date(2026, 3, 13))
        assert places.deadlines(away, "today", friday) == (utc(2026, 3, 16, 7), utc(2026, 3, 16, 8))

    def test_the_hours_are_settings(self, make, settings):
        settings.MENTORING_HOURS = {"today": 1}
        assert places.deadlines(make.mentor(), "today", self.MONDAY) == (utc(2026, 3, 2, 9, 30), utc(2026, 3, 2, 10))

    def test_without_working_hours_there_are_none(self, make):
        assert places.deadlines(make.mentor(week=[[]] * 7), "week", self.MONDAY) is None


class TestAsk:
    def test_somebody_is_asked(self, make):
        request, mentor = make.request(urgency="week"), make.mentor(all_week=True)
        attempt = places.ask(request=request, mentor=places.locked_mentor(mentor.pk), how="routed", why={"top": []})
        request = Request.objects.get(pk=request.pk)
        assert (request.state, request.mentor, request.waiting_since) == ("asked", mentor, None)
        assert (attempt.state, attempt.holds_place, attempt.round, attempt.by) == ("pending", True, 1, None)
        assert attempt.due_at - attempt.asked_at == timedelta(hours=8)
        assert attempt.remind_at - attempt.asked_at == timedelta(hours=4)
        told = Event.objects.about(request).get()
        assert (told.verb, told.actor) == ("mentoring.asked", None)
        assert told.facts == {
            "mentor": str(mentor), "mentor_id": mentor.pk, "how": "found by Cairn",
            "due_at": attempt.due_at.isoformat(),
        }  # fmt: skip

    def test_by_name_without_a_free_place_it_holds_none(self, make):
        mentor, admin = make.mentor(capacity=1), make.person()
        make.request(mentor=mentor)
        attempt = places.ask(request=make.request(), mentor=mentor, how="direct", by=admin)
        assert (attempt.holds_place, attempt.how, attempt.by) == (False, "direct", admin)
        assert Event.objects.get(verb="mentoring.asked").actor == admin
        assert places.held([mentor.pk]) == {mentor.pk: 1}

    def test_who_is_asked_by_name_and_has_no_working_hours_gets_those_of_a_usual_week(self, make):
        attempt = places.ask(request=make.request(), mentor=make.mentor(week=[[]] * 7), how="direct")
        assert attempt.asked_at < attempt.remind_at < attempt.due_at < attempt.asked_at + timedelta(days=5)

    def test_back_in_the_queue_it_waits_anew(self, make):
        mentor = make.mentor()
        request = make.request(mentor=mentor, state="asked", coordinator_told_at=utc(2026, 3, 1))
        places.end_attempt(request.attempts.get(), "declined", "On a deadline")
        places.to_queue(request)
        request = Request.objects.get(pk=request.pk)
        assert (request.state, request.mentor, request.coordinator_told_at) == ("waiting", None, None)
        assert request.waiting_since > request.created_at
        attempt = Attempt.objects.get()
        assert (attempt.state, attempt.reason, attempt.ended_at is not None) == ("declined", "On a deadline", True)
        assert places.free_places(mentor) == 3


class TestWake:
    @pytest.fixture
    def sent(self, monkeypatch):
        tasks = []
        monkeypatch.setattr(app, "send_task", lambda name, **options: tasks.append((name, options)))
        return tasks

    def test_after_the_commit_a_worker_is_nudged(self, sent, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            places.wake()
            assert sent == []
        assert sent == [("mentoring.route", {"expires": 60})]

    def test_a_broker_that_is_down_fails_nothing(self, monkeypatch, django_capture_on_commit_callbacks):
        def refuse(name, **options):
            raise OSError("no route to broker")

        monkeypatch.setattr(app, "send_task", refuse)
        with django_capture_on_commit_callbacks(execute=True):
            places.wake()

    def test_a_change_of_a_mentor_wakes_too(self, sent, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            changed.notify()
        assert [name for name, _ in sent] == ["mentoring.route"]
