"""Teams and people on paths: as many as are planned, what they did at its times, and nobody stuck for nothing."""

from __future__ import annotations

import pytest

from coe.onboarding.models import Enrolment, Progress, QuizTry, Team
from coe.onboarding.way import ways
from coe.paths.content import PATHS
from demo.world import phases
from demo.world.content.learning import ALONE, TEAMS
from demo.world.content.staff import STAFF
from tests.demo.conftest import CountingBar

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(world: CountingBar) -> CountingBar:
    bar = CountingBar()
    phases.onboarding_phase(bar)
    return bar


def test_the_plan_names_people_and_paths_that_there_are() -> None:
    assert {one.person for one in ALONE} <= {one.key for one in STAFF} | {"marguerite.delacroix"}
    assert {one.path for one in ALONE} <= {path.slug for path in PATHS}
    assert len({(one.person, one.path) for one in ALONE}) == len(ALONE)
    assert len({one.project for one in TEAMS}) == len(TEAMS)


def test_everybody_went_as_far_as_planned(told: CountingBar) -> None:
    assert told.done == told.total
    assert Team.objects.count() == len(TEAMS)
    alone = Enrolment.objects.filter(team=None)
    assert alone.count() == len(ALONE)
    # Who went all the way came to the end, where nothing waits for what Cairn has to see.
    assert alone.filter(path__slug="business-stakeholder", state="done").count() >= 5
    assert QuizTry.objects.filter(passed=False).exists()
    assert set(Progress.objects.values_list("state", flat=True)) >= {"done", "verified", "waived"}


def test_everybody_has_a_next_step_or_is_done(told: CountingBar) -> None:
    for way in ways(Enrolment.objects.active().select_related("path", "edition", "person", "team")).values():
        assert way.next is not None


def test_again_changes_nothing(told: CountingBar) -> None:
    before = Progress.objects.count()
    bar = CountingBar()
    assert phases.onboarding_phase(bar) == 0
    assert Progress.objects.count() == before
