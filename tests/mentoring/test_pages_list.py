"""The page of all that concerns a person, and the panel on the home page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.mentoring.company import build

pytestmark = pytest.mark.django_db
HOME = "/mentoring/"


@pytest.fixture
def world(make):
    return build(make)


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def rows(answer):
    return [row.request.pk for row in answer.context["rows"]]


class TestMentor:
    def test_what_waits_comes_first_with_its_deadline_and_why(self, world, make, sign_in):
        asked = make.request(world.asker, mentor=world.rosalind, state="asked", about=world.churn, unit=world.retail)
        asked.attempts.update(
            why={"top": [{"candidate": world.rosalind.pk, "chosen": True, "levels": {"calibration": 3}, "unit": 0.5,
                          "together": 0, "wanted": 0}]},
        )  # fmt: skip
        page = text(sign_in(world.rosalind.person).get(HOME))
        assert "1 request waits for your answer" in page
        assert "You can teach calibration." in page
        assert "Answer until <time" in page
        assert f'action="/mentoring/{asked.pk}/accept/"' in page
        assert f'action="/mentoring/{asked.pk}/decline/"' in page
        assert 'About <a href="/projects/churn/">' in page
        assert "You have taken 1 of 3 places" in page

    def test_what_is_closed_is_not_named(self, world, make, sign_in):
        make.request(world.asker, mentor=world.rosalind, state="asked", about=world.secret)
        assert "secret" not in text(sign_in(world.rosalind.person).get(HOME)).lower()

    def test_the_mentor_sees_first_what_goes_on(self, world, make, sign_in):
        mine = make.request(world.asker, mentor=world.rosalind)
        answer = sign_in(world.rosalind.person).get(HOME)
        assert (answer.context["tab"], rows(answer)) == ("answering", [mine.pk])
        assert "You are on it" in text(answer)

    def test_a_pause_is_said(self, world, sign_in):
        world.rosalind.paused_at = timezone.now()
        world.rosalind.save()
        assert "take no requests" in text(sign_in(world.rosalind.person).get(HOME))


class TestAsker:
    def test_ones_own_and_the_teams_with_how_they_stand(self, world, make, sign_in):
        mine = make.request(world.asker, mentor=world.rosalind, state="asked", team=[world.mate])
        for person in (world.asker, world.mate):
            answer = sign_in(person).get(HOME)
            assert (answer.context["tab"], rows(answer)) == ("asked", [mine.pk])
            assert "Rosalind Franklin is asked and has until" in text(answer)

    def test_who_never_asked_sees_what_was_answered(self, world, make, sign_in):
        solved = make.request(
            world.asker, mentor=world.rosalind, state="resolved", resolution_html="<p>Use isotonic.</p>"
        )
        make.request(world.asker, mentor=world.rosalind, state="resolved", is_shared=False)
        make.request(world.asker, mentor=world.rosalind, state="resolved", about=world.secret)
        make.request(world.asker, mentor=world.rosalind)
        answer = sign_in(world.stranger).get(HOME)
        assert (answer.context["tab"], rows(answer)) == ("answered", [solved.pk])
        assert "Use isotonic." in text(answer)

    def test_empty_lists_say_what_next(self, world, sign_in):
        client = sign_in(world.stranger)
        assert "No question was answered yet" in text(client.get(HOME))
        assert "You have not asked yet" in text(client.get(HOME + "?tab=asked"))
        assert "Nothing matches" in text(client.get(HOME + "?tab=answered&q=nothing"))
        assert "You answer nothing at present" in text(sign_in(world.rosalind.person).get(HOME + "?tab=answering"))


class TestNarrowed:
    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("", 3),
            ("q=drift", 1),
            ("q=nothing", 0),
            ("topic=nlp", 1),
            ("topic=Calibration", 2),
            ("state=waiting", 2),
            ("state=nonsense", 3),
            ("urgency=today", 1),
            ("unit=retail", 1),
            ("unit=none", 3),
            ("sort=urgency", 3),
            ("sort=-state&page=99", 3),
        ],
    )
    def test_by_the_address(self, world, make, sign_in, query, count):
        make.request(goal="See the drift", topic="nlp", urgency="today")
        make.request(unit=world.retail, goal="One")
        make.request(mentor=world.rosalind, state="resolved", goal="Two")
        answer = sign_in(world.admin).get(f"{HOME}?tab=all&{query}")
        assert (answer.status_code, answer.context["count"]) == (200, count)

    def test_all_is_for_the_centre(self, world, make, sign_in):
        make.request()
        answer = sign_in(world.stranger).get(HOME + "?tab=all")
        assert (answer.context["tab"], answer.context["count"]) == ("answered", 0)

    def test_csv_runs_no_formula_and_tells_ratings_to_those_inside(self, world, make, sign_in):
        make.request(
            world.asker, mentor=world.rosalind, state="resolved", goal="=1+1", rating=4, rated_at=timezone.now()
        )
        for person, rated in ((world.admin, True), (world.asker, True), (world.stranger, False)):
            answer = sign_in(person).get(HOME + "?tab=answered&format=csv")
            body = b"".join(answer.streaming_content).decode()
            assert "'=1+1" in body
            assert (",4," in body) is rated


class TestHomePage:
    def test_the_mentor_accepts_from_there(self, world, make, sign_in):
        asked = make.request(world.asker, mentor=world.rosalind, state="asked")
        page = text(sign_in(world.rosalind.person).get("/"))
        assert "Requests that wait for your answer" in page
        assert f'action="/mentoring/{asked.pk}/accept/"' in page

    def test_who_asked_sees_how_it_stands(self, world, make, sign_in):
        make.request(world.asker, team=[world.mate])
        for person in (world.asker, world.mate):
            page = text(sign_in(person).get("/"))
            assert "What you asked mentors" in page
            assert "Waits for a mentor" in page

    def test_nothing_for_who_has_nothing(self, world, make, sign_in):
        make.request(world.asker, mentor=world.rosalind)
        for person in (world.stranger, world.rosalind.person):
            page = text(sign_in(person).get("/"))
            assert "What you asked mentors" not in page
            assert "wait for your answer" not in page

    def test_what_is_over_is_said(self, world, make, sign_in):
        asked = make.request(world.asker, mentor=world.rosalind, state="asked")
        asked.attempts.update(due_at=timezone.now() - timedelta(minutes=1))
        assert "The time to answer is over" in text(sign_in(world.rosalind.person).get(HOME))
