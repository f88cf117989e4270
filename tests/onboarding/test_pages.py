"""The pages of who is on a path, as the newcomer, whoever guides, and a stranger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from coe.accounts.models import Person
from coe.onboarding import services
from coe.onboarding.models import Enrolment, Progress
from tests.factories import Make
from tests.onboarding.sight import Sight

QUESTIONS = [{"text": "What is a baseline?", "options": ["What there was", "A wish"], "right": [0], "why": "It was."}]
STEPS = [
    {"key": "read", "kind": "read", "html": "<p>Read this.</p>", "due_days": 0},
    {"key": "task", "evidence": "words", "needs": ["read"]},
    {"key": "quiz", "kind": "quiz", "questions": QUESTIONS, "pass_mark": 100, "tries_a_day": 2},
    {"key": "seen", "kind": "verified", "check_key": "run", "needs": ["task"]},
]


@dataclass
class World:
    lead: Person
    person: Person
    stranger: Person
    one: Enrolment
    sight: Sight

    def at(self, key: str = "", act: str = "") -> str:
        """An address of the newcomer's path, of a step of it, of an act on that step."""
        step = f"steps/{key}/" if key else ""
        return f"/onboarding/{self.one.pk}/{step}{act}"


@pytest.fixture
def world(make: Make, seeing: Sight) -> World:
    seeing.check("run")
    unit = make.unit("retail")
    lead, person = make.person(roles=[("unit_lead", unit)]), make.person(unit=unit, name="Nia Newcomer")
    one = services.enrol(actor=person, path=make.path("ways", steps=STEPS).slug)
    return World(lead, person, make.person(), one, seeing)


@pytest.fixture
def newcomer(world: World, sign_in: Callable[[Person], Client]) -> Client:
    return sign_in(world.person)


def test_the_next_step_stands_first(world: World, newcomer: Client) -> None:
    page = newcomer.get(world.at()).content.decode()
    assert page.index("Read this.") < page.index("Task")
    assert "0 of 4 steps done" in page
    assert "After “Read”" in page


def test_strangers_find_nothing(world: World, sign_in: Callable[[Person], Client]) -> None:
    client = sign_in(world.stranger)
    assert client.get(world.at()).status_code == 404
    assert client.get(world.at("read")).status_code == 404
    assert client.post(world.at("read", "finish/")).status_code == 404
    assert "Nia Newcomer" not in client.get("/onboarding/").content.decode()
    assert client.get("/onboarding/cohorts/").status_code == 403


def test_a_step_is_finished_and_taken_back(world: World, newcomer: Client) -> None:
    response = newcomer.post(world.at("read", "finish/"), follow=True)
    assert "“Read” is done." in response.content.decode()
    newcomer.post(world.at("read", "undo/"))
    assert not Progress.objects.exists()


def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(world: World, newcomer: Client) -> None:
    newcomer.post(world.at("read", "finish/"))
    response = newcomer.post(world.at("task", "finish/"), {"note": ""})
    assert response.status_code == 422
    assert newcomer.post(world.at("task", "finish/"), {"note": "x" * 4001}).status_code == 422
    newcomer.post(world.at("task", "finish/"), {"note": "We agreed on 0.71."})
    assert "We agreed on 0.71." in newcomer.get(world.at("task")).content.decode()


def test_a_quiz_says_how_it_went(world: World, newcomer: Client) -> None:
    response = newcomer.post(world.at("quiz", "quiz/"), {"q0": "1"})
    assert "0 of 1 right" in response.content.decode()
    response = newcomer.post(world.at("quiz", "quiz/"), {"q0": ["0", "nonsense", "99"]}, follow=True)
    page = response.content.decode()
    assert "Passed: 1 of 1 right." in page
    assert "It was." in page


def test_a_quiz_tried_too_often_says_so(world: World, newcomer: Client) -> None:
    for _ in range(2):
        newcomer.post(world.at("quiz", "quiz/"), {"q0": "1"})
    response = newcomer.post(world.at("quiz", "quiz/"), {"q0": "0"})
    assert response.status_code == 422
    assert "tomorrow" in response.content.decode()


def test_a_page_that_waits_is_told_only_of_changes(world: World, newcomer: Client) -> None:
    newcomer.post(world.at("read", "finish/"))
    newcomer.post(world.at("task", "finish/"), {"note": "Done"})
    newcomer.post(world.at("quiz", "quiz/"), {"q0": "0"})
    page = newcomer.get(world.at()).content.decode()
    seen = page.split("part/?seen=")[1].split('"')[0]
    assert newcomer.get(world.at("", f"part/?seen={seen}")).status_code == 204
    world.sight.seen["run"].add(world.person.pk)
    world.sight.hear(world.sight.tell(world.person))
    response = newcomer.get(world.at("", f"part/?seen={seen}"))
    assert response.headers["HX-Refresh"] == "true"
    assert "The end of the path" in newcomer.get(world.at()).content.decode()


def test_whoever_guides_waives_names_a_mentor_and_moves_dates(
    world: World, make: Make, sign_in: Callable[[Person], Client]
) -> None:
    client, mentor = sign_in(world.lead), make.mentor()
    assert "Not needed for Nia Newcomer" in client.get(world.at()).content.decode()
    client.post(world.at("read", "waive/"), {"why": "Wrote it."})
    assert Progress.objects.get().state == "waived"
    client.post(world.at("", "mentor/"), {"mentor": mentor.pk})
    day = timezone.localdate() + timedelta(days=7)
    client.post(world.at("", "shift/"), {"first": day, "last": day + timedelta(days=6), "why": "Holidays"})
    world.one.refresh_from_db()
    assert (world.one.mentor, world.one.shifted_days) == (mentor, 5)
    assert client.post(world.at("read", "finish/")).status_code == 403


def test_one_begins_and_leaves_a_path(make: Make, sign_in: Callable[[Person], Client]) -> None:
    person, path = make.person(), make.path("begun", steps=[{"key": "a"}])
    client = sign_in(person)
    assert path.title in client.get("/onboarding/enrol/?path=begun").content.decode()
    response = client.post("/onboarding/enrol/", {"path": "begun", "experience": "some"}, follow=True)
    assert response.redirect_chain[-1][0] == f"/onboarding/{Enrolment.objects.get().pk}/"
    response = client.post("/onboarding/enrol/", {"path": "begun", "experience": "some"})
    assert "on this path already" in response.content.decode()
    client.post(f"/onboarding/{Enrolment.objects.get().pk}/leave/", {"why": "Another team"})
    assert Enrolment.objects.get().state == "left"


def test_a_team_is_begun_put_on_a_path_and_changed(make: Make, sign_in: Callable[[Person], Client]) -> None:
    lead, other = make.person(), make.person(name="Otto Other")
    make.path("begun", steps=[{"key": "a"}])
    client = sign_in(lead)
    response = client.post("/onboarding/teams/new/", {"name": "Churn", "members": [other.pk]}, follow=True)
    where = response.redirect_chain[-1][0]
    assert "Otto Other" in response.content.decode()
    team = where.rstrip("/").rpartition("/")[2]
    client.post("/onboarding/enrol/", {"path": "begun", "experience": "new", "team": team})
    assert Enrolment.objects.count() == 2
    client.post(where + "edit/", {"name": "Churn two", "members": []})
    page = client.get(where).content.decode()
    assert "Churn two" in page


def test_a_lead_puts_a_unit_on_a_path_and_sees_where_it_stands(
    world: World, make: Make, sign_in: Callable[[Person], Client]
) -> None:
    client = sign_in(world.lead)
    make.person(unit=world.person.unit)
    response = client.post("/onboarding/enrol/", {"path": "ways", "experience": "new", "unit": "retail"}, follow=True)
    assert "on the path now" in response.content.decode()
    page = client.get("/onboarding/cohorts/?by=unit").content.decode()
    assert "Ways" in page
    assert "Retail" in page
    page = client.get("/onboarding/cohorts/ways/").content.decode()
    assert "Nia Newcomer" in page
    assert "Waiting" in page
    assert "Nia Newcomer" in client.get("/onboarding/cohorts/ways/?at=read").content.decode()
    assert "Nia Newcomer" not in client.get("/onboarding/cohorts/ways/?at=task").content.decode()
    assert "Nia Newcomer" not in client.get("/onboarding/cohorts/ways/?state=done").content.decode()


def test_cohorts_as_files(world: World, sign_in: Callable[[Person], Client]) -> None:
    client = sign_in(world.lead)
    lines = b"".join(client.get("/onboarding/cohorts/?format=csv")).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("path,unit,began")
    assert lines[1].startswith("ways,,1,1,0,0,0")
    lines = b"".join(client.get("/onboarding/cohorts/ways/?format=csv")).decode("utf-8-sig").splitlines()
    assert world.person.email in lines[1]


def test_home_says_what_comes_next(world: World, newcomer: Client) -> None:
    page = newcomer.get("/").content.decode()
    assert "Your path" in page
    assert f'href="/onboarding/{world.one.pk}/steps/read/stuck/"' in page
