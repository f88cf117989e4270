"""Meetings: proposed, moved, called off; the file that calendars take, read back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.utils import timezone

from coe.core.errors import Refused
from coe.core.models import Event
from coe.mentoring import services
from coe.mentoring.calendar_file import ics
from coe.mentoring.models import Message
from tests.mentoring.company import build, fresh

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def world(make):
    return build(make)


@pytest.fixture
def request_(world, make):
    return make.request(world.asker, mentor=world.rosalind, team=[world.mate], goal="Why churn drifts, again")


def propose(request, person, **said):
    said = {"starts_at": timezone.now() + HOUR, "minutes": 30, "place": "Room 4", **said}
    return services.propose_meeting(request_id=request.pk, actor=person, **said)


def change(meeting, person, **said):
    there = {name: getattr(meeting, name) for name in ("starts_at", "minutes", "place", "text")}
    return services.change_meeting(message_id=meeting.pk, actor=person, **{**there, **said})


class TestPropose:
    def test_those_in_the_conversation(self, world, request_):
        for person in (world.asker, world.mate, world.rosalind.person, world.admin):
            made = propose(request_, person, text="With *plots*")
            assert (made.author, made.is_meeting, made.sequence) == (person, True, 0)
            assert made.html == "<p>With <em>plots</em></p>"
        for person in (world.stranger, world.wanjiru.person):
            with pytest.raises(ObjectDoesNotExist):
                propose(request_, person)
        told = Event.objects.about(request_).first()
        assert told.verb == "mentoring.meeting_proposed"
        assert set(told.facts) == {"message", "starts_at", "minutes", "place"}

    @pytest.mark.parametrize(
        ("field", "said"),
        [
            ("starts_at", {"starts_at": datetime(2020, 1, 1, tzinfo=UTC)}),
            ("starts_at", {"starts_at": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)}),
            ("minutes", {"minutes": 9}),
            ("minutes", {"minutes": 241}),
            ("place", {"place": "x" * 301}),
            ("text", {"text": "a\0"}),
        ],
    )
    def test_bad_input_is_named(self, world, request_, field, said):
        with pytest.raises(ValidationError) as refused:
            propose(request_, world.asker, **said)
        assert list(refused.value.message_dict) == [field]

    def test_somebody_must_be_there_to_meet(self, world, make):
        with pytest.raises(Refused, match="nobody to meet"):
            propose(make.request(world.asker), world.asker)
        with pytest.raises(Refused):
            propose(make.request(world.asker, mentor=world.rosalind, state="resolved"), world.asker)

    def test_a_mentor_who_proposes_has_answered(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind, state="asked")
        propose(request, world.rosalind.person)
        assert fresh(request).first_answer_at is not None


class TestChange:
    def test_each_change_counts(self, world, request_):
        made = propose(request_, world.rosalind.person)
        later = made.starts_at + HOUR
        moved = change(made, world.mate, starts_at=later)
        assert (moved.starts_at, moved.sequence) == (later, 1)
        assert change(moved, world.asker, place="Room 5").sequence == 2
        assert change(Message.objects.get(pk=made.pk), world.asker).sequence == 2
        assert Event.objects.filter(verb="mentoring.meeting_changed").count() == 2

    def test_others_do_not(self, world, make):
        request = make.request(world.asker, mentor=world.rosalind)
        made = propose(request, world.asker)
        with pytest.raises(ObjectDoesNotExist):
            change(made, world.stranger)
        services.resolve_request(request_id=request.pk, actor=world.asker)
        with pytest.raises(PermissionDenied):
            change(made, world.stranger, minutes=0)
        with pytest.raises(Refused):
            change(made, world.asker, minutes=40)

    def test_what_is_no_meeting_is_none(self, world, request_):
        written = services.write_message(request_id=request_.pk, actor=world.asker, text="Hello")
        for verb in (change, lambda one, person: services.cancel_meeting(message_id=one.pk, actor=person)):
            with pytest.raises(ObjectDoesNotExist):
                verb(written, world.asker)

    def test_what_has_begun_is_neither_moved_nor_called_off(self, world, request_):
        made = propose(request_, world.asker)
        Message.objects.filter(pk=made.pk).update(starts_at=timezone.now() - HOUR)
        with pytest.raises(Refused):
            change(made, world.asker)
        with pytest.raises(Refused):
            services.cancel_meeting(message_id=made.pk, actor=world.asker)


class TestCancel:
    def test_called_off_once_also_after_it_is_resolved(self, world, request_):
        made = propose(request_, world.asker)
        services.resolve_request(request_id=request_.pk, actor=world.asker)
        off = services.cancel_meeting(message_id=made.pk, actor=world.rosalind.person)
        assert (off.cancelled_at is not None, off.sequence) == (True, 1)
        with pytest.raises(Refused, match="called off already"):
            services.cancel_meeting(message_id=made.pk, actor=world.asker)
        assert Event.objects.filter(verb="mentoring.meeting_cancelled").count() == 1

    def test_others_do_not(self, world, request_):
        made = propose(request_, world.asker)
        with pytest.raises(ObjectDoesNotExist):
            services.cancel_meeting(message_id=made.pk, actor=world.stranger)


def read(meeting):
    """The calendar, and the one event in it."""
    calendar = icalendar.Calendar.from_ical(ics(meeting))
    (event,) = calendar.walk("VEVENT")
    return calendar, event


class TestFile:
    def test_read_back(self, world, request_, settings):
        settings.SITE_URL = "https://cairn.example:8443/"
        starts = datetime(2031, 7, 1, 9, 30, tzinfo=ZoneInfo("Europe/Oslo"))
        made = Message.objects.create(
            request=request_, author=world.rosalind.person, starts_at=starts, minutes=45, place="Room 4; left",
            text="Bring *plots*,\nand questions", sequence=3,
        )  # fmt: skip
        calendar, event = read(made)
        assert calendar["METHOD"] == "REQUEST"
        assert calendar["VERSION"] == "2.0"
        assert event["UID"] == f"mentoring-{made.pk}@cairn.example"
        assert event["SEQUENCE"] == 3
        assert event["DTSTART"].dt == datetime(2031, 7, 1, 7, 30, tzinfo=UTC)
        assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=45)
        assert b"DTSTART:20310701T073000Z" in ics(made)
        assert event["SUMMARY"] == "Mentoring: Why churn drifts, again"
        assert event["LOCATION"] == "Room 4; left"
        assert event["DESCRIPTION"] == "Bring *plots*,\nand questions"
        assert event["STATUS"] == "CONFIRMED"
        assert event["URL"] == f"https://cairn.example:8443{request_.get_absolute_url()}"
        assert event["ORGANIZER"] == "mailto:rosalind@example.com"
        assert event["ORGANIZER"].params["CN"] == "Rosalind Franklin"
        attendees = event["ATTENDEE"]
        assert attendees == ["mailto:bjorn@example.com", "mailto:tove@example.com"]
        assert attendees[0].params["CN"] == "Björn Strøm"
        assert attendees[0].params["RSVP"] == "TRUE"

    def test_moved_and_called_off_it_is_the_same_one(self, world, request_):
        made = propose(request_, world.asker)
        first = read(made)[1]["UID"]
        moved = read(change(made, world.asker, minutes=60))[1]
        assert (moved["UID"], moved["SEQUENCE"]) == (first, 1)
        services.cancel_meeting(message_id=made.pk, actor=world.asker)
        calendar, off = read(Message.objects.get(pk=made.pk))
        assert (calendar["METHOD"], off["STATUS"], off["SEQUENCE"], off["UID"]) == ("CANCEL", "CANCELLED", 2, first)

    def test_without_an_address_of_the_site(self, world, request_, settings):
        settings.SITE_URL = ""
        event = read(propose(request_, world.asker))[1]
        assert event["UID"].endswith("@cairn")
        assert "URL" not in event

    def test_nothing_that_people_type_breaks_out(self, world, request_, make):
        evil = make.mentor(make.person(name='A "B"; C:D, \r\nATTENDEE:mailto:x@example.com'))
        request_.goal, request_.mentor = "x\r\nBEGIN:VALARM\x07", evil
        request_.save()
        made = propose(request_, world.asker, place="a\\nb;c,d\x1b", text="END:VEVENT\r\nEND:VCALENDAR\x00"[:-1])
        calendar, event = read(Message.objects.get(pk=made.pk))
        assert [one.name for one in calendar.walk()] == ["VCALENDAR", "VEVENT"]
        assert event["LOCATION"] == "a\\nb;c,d"
        assert event["DESCRIPTION"] == "END:VEVENT\nEND:VCALENDAR"
        assert len(event["ATTENDEE"]) == 2
        assert all(len(line) <= 75 for line in ics(made).splitlines())

    def test_a_message_is_no_meeting(self, world, request_):
        with pytest.raises(ValueError, match="no meeting"):
            ics(services.write_message(request_id=request_.pk, actor=world.asker, text="Hello"))
