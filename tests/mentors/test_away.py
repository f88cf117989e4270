from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from coe.core.errors import Refused
from coe.core.models import Event
from coe.mentors import services
from coe.mentors.models import Away
from tests.factories import Make

DAY = timedelta(days=1)


@pytest.fixture
def today() -> date:
    return timezone.now().date()


def test_days_are_added_and_removed(make: Make, today: date, notified) -> None:
    mentor = make.mentor()

    away = services.add_away(mentor_id=mentor.pk, actor=mentor.person, first=today, last=today + 3 * DAY, note=" Ski ")
    assert (away.first, away.last, away.note) == (today, today + 3 * DAY, "Ski")
    services.remove_away(away_id=away.pk, actor=mentor.person)

    assert not mentor.away.exists()
    verbs = list(Event.objects.about(mentor).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["mentor.away_added", "mentor.away_removed"]
    # The note is the mentor's own: the stream is read by others too.
    assert "Ski" not in str(Event.objects.about(mentor).order_by("pk").first().facts)
    assert notified() == 2
    with pytest.raises(Away.DoesNotExist):
        services.remove_away(away_id=away.pk, actor=mentor.person)


@pytest.mark.parametrize(
    ("first", "last", "note", "field"),
    [
        (3, 2, "", "last"),
        (-3, -1, "", "last"),
        (0, 366, "", "last"),
        (1200, 1201, "", "last"),
        (1, 2, "x" * 121, "note"),
    ],
)
def test_what_is_not_valid(make: Make, today: date, first: int, last: int, note: str, field: str) -> None:
    mentor = make.mentor()

    with pytest.raises(ValidationError) as refused:
        services.add_away(
            mentor_id=mentor.pk, actor=mentor.person, first=today + first * DAY, last=today + last * DAY, note=note
        )

    assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize(("first", "last"), [(date.min, date.max), (date.max, date.max), (date.min, date.min)])
def test_the_ends_of_the_calendar(make: Make, first: date, last: date) -> None:
    mentor = make.mentor()

    with pytest.raises(ValidationError):
        services.add_away(mentor_id=mentor.pk, actor=mentor.person, first=first, last=last)


def test_days_that_are_given_already(make: Make, today: date) -> None:
    mentor = make.mentor()
    services.add_away(mentor_id=mentor.pk, actor=mentor.person, first=today, last=today + 5 * DAY)

    with pytest.raises(Refused):
        services.add_away(mentor_id=mentor.pk, actor=mentor.person, first=today + DAY, last=today + 2 * DAY)
    services.add_away(mentor_id=mentor.pk, actor=mentor.person, first=today + DAY, last=today + 6 * DAY)


def test_there_is_an_end_to_them(make: Make, today: date) -> None:
    mentor = make.mentor()
    Away.objects.bulk_create(
        Away(mentor=mentor, first=today + 2 * n * DAY, last=today + 2 * n * DAY) for n in range(services.MOST_AWAY)
    )

    with pytest.raises(Refused):
        services.add_away(mentor_id=mentor.pk, actor=mentor.person, first=today + DAY, last=today + DAY)


def test_the_centre_may_and_nobody_else(make: Make, today: date) -> None:
    mentor, stranger = make.mentor(), make.mentor().person
    centre = make.person(roles=[("administrator", None)])
    away = services.add_away(mentor_id=mentor.pk, actor=centre, first=today, last=today)

    with pytest.raises(PermissionDenied):
        services.add_away(mentor_id=mentor.pk, actor=stranger, first=today, last=today - DAY)
    with pytest.raises(PermissionDenied):
        services.remove_away(away_id=away.pk, actor=stranger)


# -- the page ------------------------------------------------------------------------------------------------------


def test_the_page_lists_what_is_to_come_and_adds(make: Make, today: date, sign_in) -> None:
    mentor = make.mentor()
    Away.objects.create(mentor=mentor, first=today - 9 * DAY, last=today - 8 * DAY, note="Past")
    client, path = sign_in(mentor.person), f"/mentors/{mentor.person_id}/away/"
    assert "No days away are noted." in client.get(path).content.decode()

    answer = client.post(path, {"first": (today + DAY).isoformat(), "note": "Dentist"})

    assert answer["Location"] == path
    away = mentor.away.last()
    assert (away.first, away.last) == (today + DAY, today + DAY)
    shown = client.get(path).content.decode()
    assert "Dentist" in shown
    assert "Past" not in shown
    assert client.post(f"{path}{away.pk}/remove/")["Location"] == path
    assert mentor.away.count() == 1


def test_what_is_wrong_is_told(make: Make, today: date, sign_in) -> None:
    mentor, other = make.mentor(), make.mentor()
    client, path = sign_in(mentor.person), f"/mentors/{mentor.person_id}/away/"

    assert client.post(path, {}).status_code == 422
    assert client.post(path, {"first": "never"}).status_code == 422
    assert client.post(path, {"first": today.isoformat(), "last": (today - DAY).isoformat()}).status_code == 422
    # Of another mentor, at this one's address.
    theirs = Away.objects.create(mentor=other, first=today, last=today)
    assert client.post(f"{path}{theirs.pk}/remove/").status_code == 404
    assert client.post(f"/mentors/{other.person_id}/away/{theirs.pk}/remove/").status_code == 403


def test_the_note_is_for_the_mentor_and_the_centre(make: Make, today: date, sign_in) -> None:
    mentor = make.mentor()
    Away.objects.create(mentor=mentor, first=today, last=today, note="Dentist")
    path = mentor.get_absolute_url()

    assert "Dentist" in sign_in(mentor.person).get(path).content.decode()
    assert "Dentist" in sign_in(make.person(roles=[("administrator", None)])).get(path).content.decode()
    assert "Dentist" not in sign_in(make.person()).get(path).content.decode()
