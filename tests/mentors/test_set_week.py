from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coe.core.models import Event
from coe.mentors import services
from tests.factories import Make

NIGHT = [[0, 60], [60, 120], [1380, 1440]]


def week_of(day: object) -> list:
    return [day, [], [], [], [], [], []]


def test_the_mentor_sets_it(make: Make, notified) -> None:
    mentor = make.mentor()

    services.set_week(mentor_id=mentor.pk, actor=mentor.person, week=week_of(NIGHT))

    mentor.refresh_from_db()
    assert mentor.week == week_of(NIGHT)
    assert Event.objects.about(mentor).get().facts["fields"] == ["working_hours"]
    assert notified() == 1
    services.set_week(mentor_id=mentor.pk, actor=mentor.person, week=week_of(NIGHT))
    assert notified() == 1


@pytest.mark.parametrize(
    "week",
    [
        [],
        [[]] * 6,
        [[]] * 8,
        "nine to five",
        None,
        week_of("all day"),
        week_of([[540]]),
        week_of([[540, 600, 660]]),
        week_of([[540, 540]]),
        week_of([[600, 540]]),
        week_of([[-1, 540]]),
        week_of([[1320, 1500]]),
        week_of([[540, 600.5]]),
        week_of([["540", "600"]]),
        week_of([[False, True]]),
        week_of([[540, 720], [700, 800]]),
        week_of([[780, 1020], [540, 720]]),
        week_of([[n * 10, n * 10 + 5] for n in range(7)]),
    ],
)
def test_what_is_no_week(make: Make, week: object) -> None:
    mentor = make.mentor()

    with pytest.raises(ValidationError) as refused:
        services.set_week(mentor_id=mentor.pk, actor=mentor.person, week=week)

    assert list(refused.value.message_dict) == ["week"]


def test_the_centre_may_and_nobody_else(make: Make) -> None:
    mentor = make.mentor()

    services.set_week(mentor_id=mentor.pk, actor=make.person(roles=[("administrator", None)]), week=[[]] * 7)
    with pytest.raises(PermissionDenied):
        services.set_week(mentor_id=mentor.pk, actor=make.person(), week=[])


# -- the page ------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(make: Make, sign_in):
    mentor = make.mentor(week=week_of([[540, 720]]))
    client, path = sign_in(mentor.person), f"/mentors/{mentor.person_id}/hours/"

    def post(**typed: object):
        answer = client.post(path, typed)
        mentor.refresh_from_db()
        return answer, mentor.week

    assert 'value="09:00"' in client.get(path).content.decode()
    return post


def test_two_spans_a_day_and_midnight(page) -> None:
    monday = {"d0_0_from": "08:00", "d0_0_to": "12:00", "d0_1_from": "20:00", "d0_1_to": "00:00"}
    answer, week = page(**monday, d6_1_from="10:00", d6_1_to="11:00")

    assert answer.status_code == 302
    assert week == [[[480, 720], [1200, 1440]], [], [], [], [], [], [[600, 660]]]


def test_tuesday_to_friday_like_monday(page) -> None:
    answer, week = page(d0_0_from="08:00", d0_0_to="12:00", d2_0_from="13:00", d2_0_to="12:00", like_monday="on")

    assert answer.status_code == 302
    assert week == [[[480, 720]]] * 5 + [[], []]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"d0_0_from": "09:00"}, "d0_0_to"),
        ({"d0_0_to": "09:00"}, "d0_0_from"),
        ({"d0_0_from": "09:00", "d0_0_to": "08:00"}, "d0_0_to"),
        ({"d0_0_from": "09:00", "d0_0_to": "09:00"}, "d0_0_to"),
        ({"d0_0_from": "nine", "d0_0_to": "17:00"}, "d0_0_from"),
        ({"d3_0_from": "09:00", "d3_0_to": "12:00", "d3_1_from": "11:00", "d3_1_to": "13:00"}, "d3_1_from"),
    ],
)
def test_what_is_wrong_is_told_beside_the_time(page, typed: dict[str, str], wrong: str) -> None:
    answer, week = page(**typed)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]
    assert week == week_of([[540, 720]])


def test_a_week_with_more_spans_shows_them_all(make: Make, sign_in) -> None:
    mentor = make.mentor(week=week_of(NIGHT))

    answer = sign_in(mentor.person).get(f"/mentors/{mentor.person_id}/hours/")

    assert [len(spans) for _, spans in answer.context["days"]] == [3] * 7
