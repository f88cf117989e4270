from __future__ import annotations

from datetime import date, timedelta

import pytest

from coe.mentors import calendars, holidays, hours
from coe.mentors.models import Away
from tests.factories import Make, at


@pytest.mark.parametrize(
    ("own", "person", "expected"),
    [
        ("Asia/Tokyo", "Europe/Rome", "Asia/Tokyo"),
        ("", "Europe/Rome", "Europe/Rome"),
        ("", "", "UTC"),
        ("Mars/Base", "", "UTC"),
        ("../etc/passwd", "", "UTC"),
    ],
)
def test_the_zone_is_the_profiles_the_persons_or_the_companys(
    make: Make, settings: object, own: str, person: str, expected: str
) -> None:
    mentor = make.mentor(make.person(timezone=person), zone=own)

    assert calendars.zone_of(mentor) == expected
    assert calendars.calendar_of(mentor).zone == expected


def test_the_calendar_has_the_hours_the_holidays_and_the_days_away(make: Make, django_assert_num_queries) -> None:
    mentor = make.mentor(zone="Europe/Berlin", country="DE", region="BE")
    Away.objects.create(mentor=mentor, first=date(2026, 5, 4), last=date(2026, 5, 5))

    calendar = calendars.calendar_of(mentor)

    assert calendar.week[0] == ((540, 720), (780, 1020))
    assert calendar.week[6] == ()
    assert hours.worked(calendar, at("2026-05-04"), at("2026-05-07")) == timedelta(hours=7)
    assert hours.is_free(calendar, date(2026, 5, 1))
    fetched = type(mentor).objects.select_related("person").prefetch_related("away").get()
    with django_assert_num_queries(0):
        assert calendars.calendar_of(fetched) == calendar


def test_today_is_the_date_on_the_mentors_wall(make: Make) -> None:
    mentor = make.mentor(zone="Pacific/Auckland")

    assert calendars.today_of(mentor, at("2026-05-04 13:00")) == date(2026, 5, 5)
    assert calendars.today_of(mentor, at("2026-05-04 11:00")) == date(2026, 5, 4)


def test_holidays_are_those_of_the_country_and_its_part() -> None:
    assert holidays.holidays_of("DE", "BY", 2026)[date(2026, 6, 4)] == "Corpus Christi"
    assert date(2026, 6, 4) not in holidays.holidays_of("DE", "BE", 2026)
    # One that is kept on the day before the year begins belongs to the year before.
    assert date(2021, 12, 31) in holidays.holidays_of("US", "", 2021)
    assert all(day.year == 2022 for day in holidays.holidays_of("US", "", 2022))


@pytest.mark.parametrize(
    ("country", "region"), [("", ""), ("ZZ", ""), ("DE", "ZZ"), ("de", ""), ("", "BY"), ("DEU", "")]
)
def test_what_is_not_known_has_no_holidays(country: str, region: str) -> None:
    assert not holidays.holidays_of(country, region, 2026)
    assert not holidays.is_known(country, region)


def test_every_country_that_is_offered_has_holidays_or_none_at_all() -> None:
    for country in holidays.countries():
        assert isinstance(len(holidays.holidays_of(country, "", 2026)), int)
        assert set(holidays.region_names(country)) == set(holidays.regions(country))
    assert holidays.region_names("DE")["BY"] == "Bayern"
    assert not holidays.region_names("nowhere")
