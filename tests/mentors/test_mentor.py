"""One mentor's page: claims beside evidence, the week in two time zones, what the reader may do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from coe.mentors import lists, load, profile
from coe.mentors.models import Away, Mentor
from tests.factories import Make, at

WEDNESDAY = at("2026-05-06 10:00")
OFFICE = [[540, 720], [780, 1020]]


def page_of(mentor: Mentor, reader, zone: str = "UTC", moment=WEDNESDAY) -> profile.Profile:
    found = lists.with_all(Mentor.objects.all()).get(pk=mentor.pk)
    with timezone.override(zone):
        return profile.of(found, reader, moment)


def test_a_reader_sees_claims_with_their_evidence(make: Make, sign_in) -> None:
    mentor = make.mentor(make.person(name="Ros Okafor"), skills={"churn": 3, "sql": 1})
    for n in range(5):
        make.project(f"churn-{n}", owner=mentor.person, domains=["churn"])
    make.project("closed", owner=mentor.person, domains=["sql"], visibility="members")

    answer = sign_in(make.person()).get(mentor.get_absolute_url())

    page = answer.content.decode()
    claims = [(one.skill.tag, len(one.proofs), len(one.further)) for one in answer.context["page"].claims]
    assert claims == [("churn", 3, 2), ("sql", 0, 0)]
    assert 'href="/projects/churn-0/"' in page
    assert "2 more" in page
    assert "/projects/closed/" not in page
    assert f'href="/mentoring/ask/?mentor={mentor.pk}">Ask Ros' in page
    assert "What happened" not in page
    assert "/edit/" not in page


def test_whoever_keeps_the_profile_finds_the_way(make: Make, sign_in) -> None:
    mentor = make.mentor()
    path = mentor.get_absolute_url()

    own = sign_in(mentor.person).get(path).content.decode()
    centre = sign_in(make.person(roles=[("administrator", None)])).get(path).content.decode()

    for page in (own, centre):
        assert all(f"{path}{name}/" in page for name in ("edit", "skills", "hours", "away", "pause", "stop"))
    assert "/mentoring/ask/?mentor=" not in own
    assert "Requests come once you have said what you know." in own
    assert "/mentoring/ask/?mentor=" in centre


def test_who_is_not_there(make: Make, sign_in) -> None:
    person = make.person()
    client = sign_in(person)

    assert client.get(f"/mentors/{person.pk}/").status_code == 404
    assert client.get("/mentors/99999999999999999999/").status_code == 404
    for name in ("edit", "skills", "hours", "away", "pause", "stop"):
        assert client.get(f"/mentors/{person.pk}/{name}/").status_code == 404
        assert client.get(f"{make.mentor().get_absolute_url()}{name}/").status_code == 403


@pytest.mark.parametrize(
    ("fields", "held", "words"),
    [
        ({}, 3, "All 3 places are taken."),
        ({"paused_at": WEDNESDAY}, 0, "You can still ask; the answer may come late."),
        ({}, 0, ""),
    ],
)
def test_who_is_full_or_paused_can_still_be_asked(
    make: Make, sign_in, monkeypatch: pytest.MonkeyPatch, fields: dict, held: int, words: str
) -> None:
    mentor = make.mentor(**fields)
    monkeypatch.setattr(load, "_count", [lambda ids: dict.fromkeys(ids, held)])

    page = sign_in(make.person()).get(mentor.get_absolute_url()).content.decode()

    assert words in page
    assert ("You can still ask" in page) is bool(words)
    assert f"/mentoring/ask/?mentor={mentor.pk}" in page


def test_the_week_is_told_in_both_time_zones(make: Make) -> None:
    mentor = make.mentor(zone="Asia/Tokyo", week=[OFFICE] * 5 + [[[1200, 1440]], []])

    page = page_of(mentor, make.person(), "America/New_York")

    assert (page.there, page.here) == ("Tokyo", "New York")
    week = {day.day: (day.theirs, day.yours, day.free) for day in page.week}
    assert list(week) == [date(2026, 5, 6) + timedelta(n) for n in range(7)]
    assert week[date(2026, 5, 7)] == (["09:00–12:00", "13:00–17:00"], ["Wed 20:00–23:00", "00:00–04:00"], "")
    assert week[date(2026, 5, 9)] == (["20:00–24:00"], ["07:00–11:00"], "")
    assert week[date(2026, 5, 10)] == ([], [], "")


def test_hours_over_the_readers_midnight_name_both_days(make: Make) -> None:
    mentor = make.mentor(zone="UTC", week=[[[1080, 1440]]] * 7)

    page = page_of(mentor, make.person(), "Europe/Berlin")

    assert page.week[0].yours == ["20:00–Thu 02:00"]
    assert page_of(mentor, make.person(), "America/New_York").week[0].yours == ["14:00–20:00"]
    assert page_of(mentor, make.person(), "Europe/London").week[0].yours == ["19:00–Thu 01:00"]


def test_in_one_time_zone_it_is_told_once(make: Make) -> None:
    assert page_of(make.mentor(zone="Europe/Berlin"), make.person(), "Europe/Paris").here == ""


def test_days_away_and_holidays_are_told(make: Make) -> None:
    mentor = make.mentor(zone="Europe/Berlin", country="DE", region="BE")
    Away.objects.create(mentor=mentor, first=date(2026, 5, 8), last=date(2026, 5, 8))
    Away.objects.create(mentor=mentor, first=date(2026, 1, 8), last=date(2026, 1, 8))

    page = page_of(mentor, make.person(), moment=at("2026-05-08 10:00"))

    assert [day.free for day in page.week] == ["away", "", "", "", "", "", "Ascension Day"]
    assert page.holidays == [(date(2026, 5, 14), "Ascension Day"), (date(2026, 5, 25), "Pentecost Monday")]
    assert [one.first for one in page.away] == [date(2026, 5, 8)]


@pytest.mark.parametrize("path", ["", "skills/", "edit/", "hours/", "away/", "pause/"])
def test_no_page_of_a_mentor_makes_more_than_fifteen_queries(
    make: Make, sign_in, django_assert_max_num_queries, path: str
) -> None:
    mentor = make.mentor(skills={"churn": 3, "sql": 1}, units=[make.unit(), make.unit()])
    for n in range(5):
        Away.objects.create(mentor=mentor, first=date(2030, 1, n + 1), last=date(2030, 1, n + 1))
        make.project(owner=mentor.person, domains=["churn"])
    client = sign_in(mentor.person)

    with django_assert_max_num_queries(15):
        assert client.get(mentor.get_absolute_url() + path).status_code == 200
