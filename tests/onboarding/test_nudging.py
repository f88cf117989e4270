"""Reminders that grow politely, each once; and who hears what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from coe.core import telling
from coe.core.models import Event
from coe.onboarding import nudging, services
from coe.onboarding.models import Enrolment, Nudge
from tests.factories import Make

START = date(2026, 11, 2)


@pytest.fixture
def one(make: Make) -> Enrolment:
    unit = make.unit("retail")
    make.person("lead@example.com", roles=[("unit_lead", unit)])
    path = make.path(steps=[{"key": "a", "due_days": 1}, {"key": "b", "due_days": 2}])
    return services.enrol(actor=make.person("new@example.com", unit=unit), path=path.slug, started_on=START)


def levels() -> list[int]:
    return list(Nudge.objects.order_by("pk").values_list("level", flat=True))


def test_the_first_comes_a_working_day_late_and_the_next_ones_grow(one: Enrolment) -> None:
    assert nudging.nudge_all(date(2026, 11, 3)) == 0
    assert nudging.nudge_all(date(2026, 11, 4)) == 1
    assert nudging.nudge_all(date(2026, 11, 4)) == 0
    for day in range(5, 13):
        nudging.nudge_all(date(2026, 11, day))
    assert levels() == [1, 2]
    for day in range(13, 30):
        nudging.nudge_all(date(2026, 11, day))
    assert levels() == [1, 2, 3]


def test_whoever_hears_nothing_for_long_is_not_sent_three_at_once(one: Enrolment) -> None:
    assert nudging.nudge_all(date(2026, 12, 15)) == 1
    assert levels() == [1]


def test_the_person_hears_first_then_the_mentor_then_the_lead(one: Enrolment, make: Make) -> None:
    mentor = make.mentor()
    Enrolment.objects.update(mentor=mentor)
    heard: list[set[str]] = []
    for n in range(3):
        nudging.nudge_all(date(2026, 12, 1) + timedelta(days=n))
        event = Event.objects.filter(verb="onboarding.nudged").latest("id")
        people = {pk for news in telling.news_of(event) for pk in news.to}
        heard.append(
            {"person" if pk == one.person_id else "mentor" if pk == mentor.person_id else "lead" for pk in people}
        )
    assert heard == [{"person"}, {"person", "mentor"}, {"person", "mentor", "lead"}]


def test_a_next_step_begins_anew_and_who_is_done_hears_nothing(one: Enrolment) -> None:
    nudging.nudge_all(date(2026, 11, 6))
    services.finish_step(enrolment_id=one.pk, key="a", actor=one.person)
    assert nudging.nudge_all(date(2026, 11, 9)) == 1
    services.finish_step(enrolment_id=one.pk, key="b", actor=one.person)
    assert nudging.nudge_all(date(2026, 12, 9)) == 0


@pytest.mark.django_db
def test_who_left_hears_nothing(one: Enrolment) -> None:
    services.leave_path(enrolment_id=one.pk, actor=one.person, why="Another team")
    assert nudging.nudge_all(date(2026, 12, 1)) == 0
