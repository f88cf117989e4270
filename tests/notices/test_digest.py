"""The digest: one mail a day, at the hour that was chosen, where the person is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.core import mail
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from coe.accounts.services import change_person
from coe.core import outbox
from coe.core.models import OutboxEntry
from coe.notices import digests, hearing, letters, services
from coe.notices.digests import next_digest
from coe.notices.models import Letter
from tests.factories import Make, at
from tests.notices.conftest import Notices

ZONES = sorted(available_timezones())
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("now", "zone", "hour", "due"),
    [
        ("2026-03-01 07:59", "UTC", 8, "2026-03-01 08:00"),
        ("2026-03-01 08:00", "UTC", 8, "2026-03-02 08:00"),
        ("2026-03-01 12:00", "Asia/Tokyo", 8, "2026-03-01 23:00"),
        ("2026-03-01 12:00", "America/Los_Angeles", 8, "2026-03-01 16:00"),
        ("2026-03-01 12:00", "Asia/Kathmandu", 0, "2026-03-01 18:15"),
        # The clock goes forward at 01:00 UTC: eight o'clock in Paris comes an hour earlier.
        ("2026-03-28 12:00", "Europe/Paris", 8, "2026-03-29 06:00"),
        ("2026-03-27 12:00", "Europe/Paris", 8, "2026-03-28 07:00"),
        # Two o'clock is skipped that night: the moment at which it would have begun.
        ("2026-03-28 12:00", "Europe/Paris", 2, "2026-03-29 01:00"),
        # Two o'clock is there twice: the first one, and no second one.
        ("2026-10-24 12:00", "Europe/Paris", 2, "2026-10-25 00:00"),
        ("2026-10-25 00:00", "Europe/Paris", 2, "2026-10-26 01:00"),
    ],
)
def test_when_it_is_due(now: str, zone: str, hour: int, due: str) -> None:
    assert next_digest(at(now), ZoneInfo(zone), hour) == at(due)


def test_not_on_a_day_that_had_one() -> None:
    paris = ZoneInfo("Europe/Paris")
    assert next_digest(at("2026-03-02 12:00"), paris, 20, last=at("2026-03-02 07:00")) == at("2026-03-03 19:00")
    assert next_digest(at("2026-03-02 12:00"), paris, 20, last=at("2026-03-01 07:00")) == at("2026-03-02 19:00")


def plain(now: datetime, zone: ZoneInfo, hour: int) -> datetime:
    """The oracle: walks in quarters of an hour until the clock there shows the hour, or has just jumped over it."""
    moment = now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)
    before = moment.astimezone(zone).replace(tzinfo=None)
    seen = set()
    # Where now is in the second of two such hours, its day has had it.
    for back in range(1, 16):
        past = (moment - back * QUARTER).astimezone(zone)
        seen |= {past.date()} if (past.hour, past.minute) == (hour, 0) else set()
    if (before.hour, before.minute) == (hour, 0):
        seen.add(before.date())
    while True:
        moment += QUARTER
        clock = moment.astimezone(zone).replace(tzinfo=None)
        wanted = clock.replace(hour=hour, minute=0)
        if (before < wanted <= clock or clock == wanted) and clock.date() not in seen:
            return moment
        before = clock


@given(
    st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(ZONES),
    st.integers(0, 23),
)
@settings(max_examples=300, deadline=None)
def test_it_is_as_the_slow_clock_says(now: datetime, zone: str, hour: int) -> None:
    due = next_digest(now, ZoneInfo(zone), hour)
    assert due > now
    assert due == plain(now, ZoneInfo(zone), hour)


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
@pytest.mark.parametrize("hour", [0, 2, 8, 23])
def test_a_year_has_one_for_each_day(zone: str, hour: int) -> None:
    moment = at("2026-01-01")
    days = []
    while moment < at("2027-01-01"):
        moment = next_digest(moment, ZoneInfo(zone), hour, moment)
        days.append(moment.astimezone(ZoneInfo(zone)).date())
    assert len(days) == len(set(days))
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`clock("2026-03-01 12:00")` sets the time that it is for Cairn."""

    def set_to(text: str) -> None:
        for module in (digests, hearing, letters, outbox):
            monkeypatch.setattr(module.timezone, "now", lambda: at(text))

    return set_to


@pytest.fixture
def reader(make: Make) -> Any:
    return make.person("reader@example.com", timezone="Europe/Paris")


@pytest.fixture
def project(make: Make) -> Any:
    return make.project("churn", name="Churn")


def go_on() -> int:
    letters.post_letters()
    # An entry is due by the clock of this machine.
    OutboxEntry.objects.update(due_at=timezone.now())
    outbox.sweep()
    return len(mail.outbox)


def test_one_mail_a_day_by_topic(notices: Notices, reader: Any, project: Any, clock: Any) -> None:
    services.choose(actor=reader, topic="handoffs", channel="email", when="daily")
    clock("2026-03-01 12:00")
    notices.tell(project, reader, text="At risk", topic="projects", thread="project:1")
    notices.tell(project, reader, text="Accepted", topic="handoffs")
    notices.tell(project, reader, text="On track", topic="projects", thread="project:2")
    letter = Letter.objects.get()
    assert (letter.is_digest, letter.due_at) == (True, at("2026-03-02 07:00"))
    clock("2026-03-02 06:59")
    assert go_on() == 0
    clock("2026-03-02 07:00")
    assert go_on() == 1
    (sent,) = mail.outbox
    assert sent.subject == "[Cairn] Your digest: 3 notices"
    order = [sent.body.index(word) for word in ("HANDOFFS", "Accepted", "PROJECTS", "At risk", "On track")]
    assert order == sorted(order)
    assert "References" not in sent.extra_headers
    # Nothing new: none the day after.
    clock("2026-03-03 07:00")
    assert go_on() == 1
    notices.tell(project, reader, text="Off track", topic="projects")
    assert Letter.objects.get(state="open").due_at == at("2026-03-04 07:00")


def test_the_hour_is_chosen_and_a_digest_that_waits_moves(
    notices: Notices, reader: Any, project: Any, clock: Any
) -> None:
    clock("2026-03-01 12:00")
    notices.tell(project, reader, topic="projects")
    services.set_digest_hour(actor=reader, hour=18)
    assert Letter.objects.get().due_at == at("2026-03-01 17:00")
    clock("2026-03-01 17:00")
    assert go_on() == 1
    # Later the same day at another hour: the day has had its digest.
    notices.tell(project, reader, topic="projects")
    services.set_digest_hour(actor=reader, hour=22)
    assert Letter.objects.get(state="open").due_at == at("2026-03-02 21:00")


def test_who_moves_takes_the_hour_along(notices: Notices, reader: Any, project: Any, clock: Any) -> None:
    clock("2026-03-01 12:00")
    notices.tell(project, reader, topic="projects")
    change_person(person_id=reader.pk, actor=reader, timezone_name="Asia/Tokyo")
    notices.hear()
    assert Letter.objects.get().due_at == at("2026-03-01 23:00")


def test_one_that_is_due_already_does_not_move(notices: Notices, reader: Any, project: Any, clock: Any) -> None:
    clock("2026-03-01 12:00")
    notices.tell(project, reader, topic="projects")
    clock("2026-03-02 07:00")
    services.set_digest_hour(actor=reader, hour=20)
    assert Letter.objects.get().due_at == at("2026-03-02 07:00")
    assert go_on() == 1


def test_a_zone_that_is_unknown_is_the_companys(notices: Notices, make: Make, project: Any, clock: Any) -> None:
    clock("2026-03-01 12:00")
    notices.tell(project, make.person(timezone="Atlantis/Harbour"), topic="projects")
    assert Letter.objects.get().due_at == at("2026-03-02 08:00")


def test_a_worker_that_was_away_sends_it_late_and_once(notices: Notices, reader: Any, project: Any, clock: Any) -> None:
    clock("2026-03-01 12:00")
    notices.tell(project, reader, topic="projects")
    clock("2026-03-02 20:00")
    assert go_on() == 1
    notices.tell(project, reader, topic="projects")
    assert Letter.objects.get(state="open").due_at == at("2026-03-03 07:00")
    assert timezone.now() == at("2026-03-02 20:00")
