"""Whether a mentor takes a request, and when work goes on: in words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from coe.core.access import AlreadyRegistered
from coe.mentors import load
from coe.mentors.availability import Availability, now_of, standing_of
from coe.mentors.hours import Calendar
from coe.mentors.models import Away, Mentor
from tests.factories import Make, at

NOW = at("2026-05-06 10:00")
DAY = timedelta(days=1)
OFFICE = ((540, 720), (780, 1020))
WEEK = (OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, (), ())


@pytest.mark.parametrize(
    ("held", "state", "free"),
    [(0, "free", 3), (2, "free", 1), (3, "full", 0), (4, "full", 0)],
)
def test_places_decide(make: Make, held: int, state: str, free: int) -> None:
    found = standing_of(make.mentor(), held, NOW)

    assert (found.state, found.free) == (state, free)


@pytest.mark.parametrize(("held", "words"), [(0, "Free now"), (2, "1 of 3 places free"), (3, "Full: 3 of 3")])
def test_places_in_words(make: Make, held: int, words: str) -> None:
    assert standing_of(make.mentor(), held, NOW).words == words


@pytest.mark.parametrize(
    ("until", "state"),
    [(None, "paused"), (date(2026, 5, 7), "paused"), (date(2026, 5, 6), "free"), (date(2026, 5, 1), "free")],
)
def test_a_pause_ends_with_its_day(make: Make, until: date | None, state: str) -> None:
    found = standing_of(make.mentor(paused_at=at("2026-04-01"), paused_until=until), 0, NOW)

    assert (found.state, found.until) == (state, until if state == "paused" else None)


def test_days_away_without_a_gap_are_one_time_away(make: Make) -> None:
    mentor = make.mentor(zone="Pacific/Auckland")
    spans = [("2026-05-08", "2026-05-08"), ("2026-05-01", "2026-05-07"), ("2026-05-10", "2026-05-12")]
    for first, last in [*spans, ("2026-01-01", "2026-05-05")]:
        Away.objects.create(mentor=mentor, first=date.fromisoformat(first), last=date.fromisoformat(last))

    found = standing_of(mentor, 0, NOW)

    assert (found.state, found.until, found.free) == ("away", date(2026, 5, 8), 0)
    assert found.words == "Away until 8 May"
    # The ninth is none of them, and begins there while it is still the eighth in UTC.
    assert standing_of(mentor, 0, at("2026-05-08 13:00")).state == "free"
    assert standing_of(mentor, 0, at("2026-05-08 11:00")).state == "away"


@pytest.mark.parametrize("how", ["stopped", "closed", "role"])
def test_who_stopped_takes_none(make: Make, how: str) -> None:
    mentor = make.mentor(paused_at=NOW)
    if how == "stopped":
        mentor.stopped_at = NOW
    elif how == "closed":
        mentor.person.is_active = False
        mentor.person.save()
    else:
        mentor.person.grants.all().delete()
    mentor.save()
    found = Mentor.objects.with_serving().select_related("person").get()

    assert standing_of(found, 0, NOW).state == Availability.STOPPED
    assert not Mentor.objects.serving().exists()
    assert not Mentor.objects.taking(NOW.date()).exists()


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-05-06 08:00", "At work until 12:00"),
        ("2026-05-06 10:30", "Back at 13:00"),
        ("2026-05-08 15:30", "Back Mon 09:00"),
        ("2026-05-06 03:00", "Back at 09:00"),
        ("2026-05-08 22:30", "Back Mon 09:00"),
    ],
)
def test_the_next_hours_in_the_readers_time(moment: str, words: str) -> None:
    with timezone.override("Europe/Berlin"):
        assert now_of(Calendar("Europe/Berlin", WEEK), at(moment)).words == words


def test_hours_elsewhere_are_told_in_the_readers_time() -> None:
    calendar = Calendar("America/New_York", WEEK, away=((date(2026, 5, 7), date(2026, 5, 20)),))
    with timezone.override("Europe/Berlin"):
        now = now_of(calendar, at("2026-05-06 22:00"))

        assert (now.clock, now.place, now.words) == ("18:00", "New York", "Back Thu 21 May, 15:00")
        assert now_of(calendar, at("2026-05-06 19:00")).words == "At work until 23:00"


@pytest.mark.parametrize(
    ("week", "words"), [(((),) * 7, "No working hours in sight"), ((((0, 1440),),) * 7, "At work")]
)
def test_never_and_always(week: tuple, words: str) -> None:
    assert now_of(Calendar("UTC", week), NOW).words == words


def test_without_a_room_above_nobody_holds_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "_count", [])
    assert load.held([1, 2]) == {1: 0, 2: 0}

    def count(ids: object) -> dict[int, int]:
        return {2: 1}

    load.register(count)
    load.register(count)
    assert load.held([1, 2]) == {1: 0, 2: 1}
    assert load.held([]) == {}
    with pytest.raises(AlreadyRegistered):
        load.register(lambda ids: {})
