"""The queue is solved: who is asked, who waits, when the centre is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from coe.core.models import Event
from coe.mentoring import candidates, places, placing, tasks
from coe.mentoring.models import Attempt, Request
from coe.mentors.models import Away
from tests.mentoring.company import build, fresh, only

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def world(make):
    return build(make)


def ago(**parts):
    return timezone.now() - timedelta(**parts)


def asked(request):
    return fresh(request).mentor


class TestRoute:
    def test_the_one_who_knows_most_is_asked_and_it_is_kept_why(self, world, make):
        request = make.request(world.asker, unit=world.retail, created_at=ago(days=3))
        assert placing.route() == 1
        assert asked(request) == world.rosalind
        attempt = only(request)
        assert (attempt.state, attempt.how, attempt.by, attempt.holds_place) == ("pending", "routed", None, True)
        first, second = attempt.why["top"]
        assert (first["name"], first["chosen"], first["levels"]) == ("Rosalind Franklin", True, {"calibration": 3})
        assert (first["person"], first["fit"], first["reason"]) == (world.rosalind.person_id, 1.0, "")
        assert (second["name"], second["chosen"]) == ("Wanjiru Kamau", False)
        assert attempt.why["candidates"] == 2
        assert placing.route() == 0

    def test_the_whole_queue_at_once(self, world, make):
        requests = [make.request(world.asker, created_at=ago(days=3)) for _ in range(6)]
        assert placing.route() == 6
        assert sorted(places.held([world.rosalind.pk, world.wanjiru.pk]).values()) == [3, 3]
        assert {fresh(one).state for one in requests} == {"asked"}

    def test_the_same_state_gives_the_same_answer(self, world, make):
        for topic in ("calibration", "mlops", "calibration"):
            make.request(world.asker, topic=topic)
        waiting = list(Request.objects.all())
        now = timezone.now()
        pairs = [candidates.standing(rows, now).plan.pairs for rows in (waiting, waiting[::-1])]
        assert pairs[0] == pairs[1]

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"paused_at": timezone.now()}, "is paused"),
            ({"week": [[]] * 7}, "has no working hours in the next week"),
            ({"unwanted": ["calibration"]}, "does not want this topic"),
            ({"languages": ["de"]}, "does not speak the language"),
            ({"stopped_at": timezone.now()}, None),
        ],
    )
    def test_whoever_is_not_available_is_not_asked(self, make, fields, reason):
        make.mentor(skills={"calibration": 3}, all_week="week" not in fields, **fields)
        request = make.request(language="en")
        assert placing.route() == 0
        assert fresh(request).state == "waiting"
        told = Event.objects.about(request).get(verb="mentoring.waits")
        assert told.facts["reasons"] == ({reason: 1} if reason else {})

    @pytest.mark.parametrize(
        ("first", "last", "is_asked"), [(-3, 0, False), (-1, 1, False), (-3, -1, True), (0, 9, False)]
    )
    def test_nobody_who_is_away_today(self, make, first, last, is_asked):
        mentor, day = make.mentor(all_week=True, skills={"calibration": 3}), timezone.now().date()
        Away.objects.create(mentor=mentor, first=day + timedelta(days=first), last=day + timedelta(days=last))
        request = make.request()
        assert placing.route() == is_asked
        assert (asked(request) == mentor) is is_asked

    def test_nor_who_leaves_tonight_for_long_and_has_gone_home(self, make):
        now = timezone.now()
        mentor = make.mentor(all_week=True)
        mentor.week = [[[0, 1]]] * 7
        mentor.save()
        Away.objects.create(mentor=mentor, first=now.date() + timedelta(days=1), last=now.date() + timedelta(days=12))
        assert candidates.closed(mentor, now.replace(hour=20)) == "has no working hours in the next week"
        assert candidates.closed(mentor, now.replace(hour=0, minute=0, second=0)) == ""

    def test_neither_those_who_ask_nor_who_was_tried(self, world, make):
        asker = make.mentor(world.asker, skills={"calibration": 3}, all_week=True)
        mate = make.mentor(world.mate, skills={"calibration": 3}, all_week=True)
        request = make.request(world.asker, team=[world.mate])
        for mentor, state in ((world.rosalind, "declined"), (world.wanjiru, "silent")):
            Attempt.objects.create(request=request, mentor=mentor, state=state)
        assert placing.route() == 0
        told = Event.objects.about(request).get()
        assert told.facts["reasons"] == {"is one of those who ask": 2, "was asked already": 2}
        assert not Attempt.objects.filter(mentor__in=[asker, mate]).exists()

    def test_after_a_reopening_whoever_was_tried_before_may_be_asked_again(self, world, make):
        request = make.request(world.asker, round=2)
        Attempt.objects.create(request=request, mentor=world.rosalind, round=1, state="declined")
        assert placing.route() == 1
        assert asked(request) == world.rosalind

    def test_who_helped_before_is_preferred(self, world, make):
        world.rosalind.skills.update(level=2)
        make.request(world.asker, mentor=world.wanjiru, state="resolved")
        mine, other = make.request(world.asker), make.request(make.person())
        placing.route()
        assert (asked(mine), asked(other)) == (world.wanjiru, world.rosalind)

    def test_nobody_over_capacity(self, world, make):
        for mentor in (world.rosalind, world.wanjiru):
            mentor.capacity = 1
            mentor.save()
        requests = [make.request(world.asker, created_at=ago(days=n)) for n in range(4)]
        assert placing.route() == 2
        # Those who have waited longest go first.
        assert [fresh(one).state for one in requests] == ["waiting", "waiting", "asked", "asked"]
        assert places.held([world.rosalind.pk, world.wanjiru.pk]) == {world.rosalind.pk: 1, world.wanjiru.pk: 1}

    def test_a_young_request_waits_for_somebody_who_knows(self, world, make):
        busy = make.mentor(capacity=1, skills={"fairness": 2}, all_week=True)
        make.request(mentor=busy)
        young = make.request(world.asker, topic="fairness")
        assert placing.route() == 0
        assert not Event.objects.about(young).exists()
        Request.objects.filter(pk=young.pk).update(created_at=ago(days=2))
        assert placing.route() == 1

    def test_queries_do_not_grow_with_mentors_and_requests(self, world, make, django_assert_num_queries):
        for _ in range(2):
            make.request(world.asker, topic="fairness")
        now = timezone.now()
        for _ in range(2):
            rows = list(Request.objects.select_related("unit"))
            with django_assert_num_queries(6):
                candidates.standing(rows, now)
            for _ in range(5):
                make.request(make.person(), mentor=make.mentor(skills={"sql": 2}))
                make.request(make.person(), topic="fairness")

    def test_a_fault_with_one_request_stops_no_other(self, world, make, monkeypatch):
        bad, good = make.request(world.asker), make.request(world.asker)
        ask = places.ask

        def fail(**named):
            if named["request"].pk == bad.pk:
                raise ValueError("a fault")
            return ask(**named)

        monkeypatch.setattr(places, "ask", fail)
        assert placing.route() == 1
        assert (fresh(bad).state, fresh(good).state) == ("waiting", "asked")
        monkeypatch.setattr(places, "ask", ask)
        assert placing.route() == 1


class TestNobody:
    @pytest.fixture
    def request_(self, world, make):
        for mentor in (world.rosalind, world.wanjiru):
            mentor.capacity = 1
            mentor.save()
            make.request(mentor=mentor)
        return make.request(world.asker, goal="Calibrate the scores")

    def test_the_centre_is_told_once_for_each_time_it_waits(self, world, request_):
        for _ in range(3):
            placing.route()
        told = Event.objects.about(request_).get(verb="mentoring.waits")
        assert told.actor is None
        assert told.facts == {"goal": "Calibrate the scores", "mentors": 2, "reasons": {"has no free place": 2}}
        assert fresh(request_).coordinator_told_at is not None
        places.to_queue(fresh(request_))
        placing.route()
        assert Event.objects.about(request_).filter(verb="mentoring.waits").count() == 2

    def test_it_stays_in_the_queue_of_each_later_solution(self, world, request_):
        placing.route()
        places.end_attempt(world.rosalind.attempts.get(), "done")
        assert placing.route() == 1
        assert asked(request_) == world.rosalind

    def test_without_any_mentor(self, make):
        request = make.request()
        assert placing.route() == 0
        assert Event.objects.about(request).get().facts["mentors"] == 0


class TestLooksAgain:
    """What changed between reading and placing: nothing is done, and it comes around again."""

    def placed(self, request, found, change):
        seen = Request.objects.get(pk=request.pk)
        change()
        return placing._place(seen, found.plan.pairs[request.pk], found)

    def test_the_request(self, world, make):
        request = make.request(world.asker)
        found = candidates.standing([request], timezone.now())
        assert not self.placed(request, found, lambda: Request.objects.update(updated_at=timezone.now()))
        assert not self.placed(request, found, lambda: Request.objects.update(state="withdrawn", waiting_since=None))
        assert not Attempt.objects.exists()

    @pytest.mark.parametrize(
        "fields",
        [{"paused_at": timezone.now()}, {"stopped_at": timezone.now()}, {"version": 2}, {"week": [[]] * 7}],
        ids=["paused", "stopped", "changed", "closed"],
    )
    def test_the_mentor(self, world, make, fields):
        request = make.request(world.asker)
        found = candidates.standing([request], timezone.now())
        rows = type(world.rosalind).objects.filter(pk=world.rosalind.pk)
        assert not self.placed(request, found, lambda: rows.update(**fields))
        assert not Attempt.objects.exists()

    def test_the_place(self, world, make):
        request = make.request(world.asker)
        found = candidates.standing([request], timezone.now())
        assert not self.placed(request, found, lambda: [make.request(mentor=world.rosalind) for _ in range(3)])
        assert places.free_places(world.rosalind) == 0


class TestBreakdown:
    def test_everybody_who_mentors_is_in_it(self, world, make, django_assert_num_queries):
        make.mentor(stopped_at=timezone.now())
        paused = make.mentor(paused_at=timezone.now())
        make.request(mentor=world.wanjiru)
        made = make.request(world.asker, unit=world.retail, created_at=ago(days=3))
        request = Request.objects.select_related("unit").get(pk=made.pk)
        with django_assert_num_queries(6):
            rows = placing.breakdown(request)
        assert [row["candidate"] for row in rows] == [world.rosalind.pk, world.wanjiru.pk, paused.pk]
        assert [row["reason"] for row in rows] == ["", "", "is paused"]
        assert [row["chosen"] for row in rows] == [True, False, False]
        assert [(row["held"], row["capacity"]) for row in rows] == [(0, 3), (1, 3), (0, 3)]
        assert rows[0] == {
            "name": "Rosalind Franklin", "person": world.rosalind.person_id, "candidate": world.rosalind.pk,
            "reason": "", "chosen": True, "total": 1.05, "fit": 1.0, "unit": 0.5, "together": 0.0, "wanted": 0.0,
            "load": 0.0, "recent": 0.0, "levels": {"calibration": 3}, "held": 0, "capacity": 3,
        }  # fmt: skip


def test_the_task_does_all_three(world, make):
    late = make.request(mentor=world.rosalind, state="asked", urgency="today")
    late.attempts.update(due_at=ago(hours=1))
    soon = make.request(mentor=world.rosalind, state="asked")
    soon.attempts.update(remind_at=ago(hours=1))
    new = make.request(world.asker)
    tasks.route()
    assert [one.mentor for one in late.attempts.order_by("pk")] == [world.rosalind, world.wanjiru]
    assert only(soon).reminded_at is not None
    assert fresh(new).state == "asked"
