"""Who hears of requests: who is asked, who waits, who is in the conversation, the centre."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from coe.core import events
from coe.mentoring import places, placing, services
from coe.mentoring.models import Attempt, Request
from coe.mentors import services as mentors
from coe.mentors.models import Mentor
from tests.factories import Make
from tests.hearsay import heard, lines, threads, who_heard
from tests.mentoring.company import build, fresh

pytestmark = pytest.mark.django_db
GOAL = "Find out why scores drift"
SAID = f"“{GOAL}”"


@pytest.fixture
def world(make: Make) -> Any:
    return build(make)


@pytest.fixture(autouse=True)
def nobody_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_nudge", lambda: None)


def asked(world: Any, **fields: Any) -> Request:
    """Björn and Tove ask; Rosalind is found."""
    request = services.ask_for_help(
        actor=world.asker, goal=GOAL, topic="calibration", urgency="week", team=[world.mate.pk], **fields
    )
    placing.route()
    return fresh(request)


def taken(world: Any) -> Request:
    request = asked(world)
    services.accept_request(request_id=request.pk, actor=world.rosalind.person)
    return fresh(request)


def at(moment: datetime, zone: str = "UTC") -> str:
    return f"{moment:%H:%M} on {moment:%a} {moment.day} {moment:%b} ({zone})"


# -- asking ---------------------------------------------------------------------------------------------------------
def test_the_team_hears_that_it_is_asked_for_them_too(world: Any) -> None:
    services.ask_for_help(actor=world.asker, goal=f"{GOAL}?", topic="calibration", urgency="week", team=[world.mate.pk])
    text = f"Björn Strøm asked for a mentor, also for you: “{GOAL}?”"
    assert heard("mentoring.requested") == {"Tove Lindqvist": text}


def test_the_mentor_hears_what_why_and_until_when(world: Any) -> None:
    request = asked(world)
    due = request.attempts.get().due_at
    assert due is not None
    assert heard("mentoring.asked") == {
        "Rosalind Franklin": f"Björn Strøm asks for your help: {SAID}. You can teach calibration. "
        f"You have until {at(due)}."
    }
    assert threads("mentoring.asked") == {("mentoring", f"mentoring:{request.pk}")}
    assert [line.url for line in lines("mentoring.asked")] == [request.get_absolute_url()]


def test_the_deadline_is_told_where_the_mentor_is(world: Any) -> None:
    Mentor.objects.filter(pk=world.rosalind.pk).update(zone="Africa/Lagos")
    due = asked(world).attempts.get().due_at
    assert due is not None
    lagos = due + timedelta(hours=1)
    assert heard("mentoring.asked")["Rosalind Franklin"].endswith(f"You have until {at(lagos, 'Lagos')}.")


def test_who_is_asked_by_name_while_full_hears_that_too(world: Any, make: Make) -> None:
    for _ in range(world.rosalind.capacity):
        make.request(mentor=world.rosalind)
    services.ask_for_help(
        actor=world.asker, goal=GOAL, topic="calibration", urgency="today", wanted_id=world.rosalind.pk
    )
    told = heard("mentoring.asked")["Rosalind Franklin"]
    assert told.startswith(f"Björn Strøm is stuck and asks for your help today: {SAID}. Björn Strøm asked for you by")
    assert "You have no free place at present." in told


def test_what_the_centre_places_by_hand_those_who_ask_hear_too(world: Any) -> None:
    request = asked(world)
    placing.place_by_hand(request_id=request.pk, mentor_id=world.wanjiru.pk, actor=world.admin)
    told = heard("mentoring.asked")
    assert list(told) == ["Björn Strøm", "Tove Lindqvist", "Wanjiru Kamau"]
    assert told["Tove Lindqvist"] == f"Ada Lovelace asked Wanjiru Kamau to help with {SAID}."
    assert "Ada Lovelace gave it to you." in told["Wanjiru Kamau"]


def test_a_reminder_says_when_it_moves_on(world: Any) -> None:
    request = asked(world)
    request.attempts.update(remind_at=timezone.now())
    placing.remind()
    due = request.attempts.get().due_at
    assert due is not None
    text = f"Björn Strøm still waits for your answer: {SAID}. At {at(due)} it moves on to somebody else."
    assert heard("mentoring.reminded") == {"Rosalind Franklin": text}


def test_nobody_is_reminded_of_what_is_answered(world: Any) -> None:
    request = asked(world)
    request.attempts.update(remind_at=timezone.now())
    placing.remind()
    services.accept_request(request_id=request.pk, actor=world.rosalind.person)
    assert who_heard("mentoring.reminded") == []


def test_where_nobody_can_take_it_those_who_ask_and_the_centre_hear(world: Any) -> None:
    for mentor in (world.rosalind, world.wanjiru):
        Mentor.objects.filter(pk=mentor.pk).update(paused_at=timezone.now())
    request = asked(world)
    told = heard("mentoring.waits")
    assert list(told) == ["Ada Lovelace", "Björn Strøm", "Tove Lindqvist"]
    assert told["Ada Lovelace"] == f"Nobody can take on {SAID}, which Björn Strøm asked: 2 are paused."
    own = f"No mentor is free for {SAID} at present. It stays in the queue, and the centre knows."
    assert told["Björn Strøm"] == told["Tove Lindqvist"] == own
    assert threads("mentoring.waits") == {("mentoring", f"mentoring:{request.pk}")}


def test_who_is_asked_hears_that_the_question_changed(world: Any) -> None:
    request = asked(world)
    services.change_request(
        request_id=request.pk, actor=world.mate, goal=GOAL, details="Since May", topic="drift", skills=[],
        urgency="week", team=[world.mate.pk], is_shared=True,
    )  # fmt: skip
    assert heard("mentoring.changed") == {"Rosalind Franklin": f"Tove Lindqvist changed {SAID}: details and topic."}


# -- answers --------------------------------------------------------------------------------------------------------
def test_those_who_ask_hear_who_took_it_on(world: Any) -> None:
    taken(world)
    assert heard("mentoring.accepted") == dict.fromkeys(
        ["Björn Strøm", "Tove Lindqvist"], f"Rosalind Franklin took on {SAID}."
    )


@pytest.mark.parametrize(("reason", "said"), [("", "."), ("I am at a fair", ": I am at a fair.")])
def test_and_who_did_not(world: Any, reason: str, said: str) -> None:
    request = asked(world)
    services.decline_request(request_id=request.pk, actor=world.rosalind.person, reason=reason)
    text = f"Rosalind Franklin cannot take on {SAID}{said} Cairn looks for somebody else."
    assert heard("mentoring.declined") == dict.fromkeys(["Björn Strøm", "Tove Lindqvist"], text)


def test_and_who_was_silent(world: Any) -> None:
    request = asked(world)
    request.attempts.update(due_at=timezone.now())
    placing.expire()
    text = f"Rosalind Franklin did not answer in time: {SAID}. Cairn looks for somebody else."
    assert heard("mentoring.silent") == dict.fromkeys(["Björn Strøm", "Tove Lindqvist"], text)


def test_and_who_mentors_no_more(world: Any) -> None:
    asked(world)
    mentors.stop(mentor_id=world.rosalind.pk, actor=world.rosalind.person, reason="A new task.")
    placing.release()
    text = f"Rosalind Franklin no longer mentors: {SAID}. Cairn looks for somebody else."
    assert heard("mentoring.released") == dict.fromkeys(["Björn Strøm", "Tove Lindqvist"], text)


def test_what_is_handed_over_both_sides_hear_once(world: Any) -> None:
    request = taken(world)
    services.hand_over(
        request_id=request.pk, actor=world.rosalind.person, mentor_id=world.wanjiru.pk, reason="She knows trees"
    )
    text = f"Rosalind Franklin handed {SAID} over to Wanjiru Kamau: She knows trees."
    assert heard("mentoring.handed_over") == dict.fromkeys(["Björn Strøm", "Tove Lindqvist"], text)
    assert list(heard("mentoring.asked")) == ["Wanjiru Kamau"]
    assert "Rosalind Franklin handed it over to you." in heard("mentoring.asked")["Wanjiru Kamau"]


# -- the conversation -----------------------------------------------------------------------------------------------
def test_everybody_else_hears_what_somebody_writes(world: Any) -> None:
    request = taken(world)
    services.write_message(request_id=request.pk, actor=world.mate, text="Since **May**, &\nonly at *night*")
    text = f"Tove Lindqvist wrote about {SAID}: “Since May, & only at night”."
    assert heard("mentoring.written") == dict.fromkeys(["Björn Strøm", "Rosalind Franklin"], text)
    services.write_message(request_id=request.pk, actor=world.admin, text="The clock changed.")
    services.write_message(request_id=request.pk, actor=world.rosalind.person, text="", files=[("a.txt", b"a")])
    told = heard("mentoring.written")
    assert list(told) == ["Ada Lovelace", "Björn Strøm", "Tove Lindqvist"]
    assert told["Ada Lovelace"] == f"Rosalind Franklin wrote about {SAID}: a file."
    assert threads("mentoring.written") == {("mentoring", f"mentoring:{request.pk}")}


def test_a_meeting_is_told_in_the_time_of_each(world: Any) -> None:
    request = taken(world)
    world.mate.timezone = "Asia/Tokyo"
    world.mate.save()
    year = timezone.now().year + 1
    # Within a year from now, whenever that is.
    starts = min(datetime(year, 3, 4, 20, 30, tzinfo=UTC), timezone.now() + timedelta(days=30))
    mentor = world.rosalind.person
    made = services.propose_meeting(request_id=request.pk, actor=mentor, starts_at=starts, minutes=45, place="Room Åse")
    told = heard("mentoring.meeting_proposed")
    assert told["Björn Strøm"] == f"Rosalind Franklin proposes to meet at {at(starts)}, Room Åse: {SAID}."
    tokyo = at(starts + timedelta(hours=9), "Tokyo")
    assert told["Tove Lindqvist"] == f"Rosalind Franklin proposes to meet at {tokyo}, Room Åse: {SAID}."
    later = starts + timedelta(days=1)
    services.change_meeting(message_id=made.pk, actor=world.asker, starts_at=later, minutes=45)
    told = heard("mentoring.meeting_changed")
    assert list(told) == ["Rosalind Franklin", "Tove Lindqvist"]
    assert told["Rosalind Franklin"] == f"Björn Strøm changed the meeting, which is at {at(later)}: {SAID}."
    services.cancel_meeting(message_id=made.pk, actor=mentor)
    told = heard("mentoring.meeting_cancelled")
    assert told["Björn Strøm"] == f"Rosalind Franklin called off the meeting at {at(later)}: {SAID}."


# -- its end --------------------------------------------------------------------------------------------------------
def test_a_resolution_asks_those_who_asked_how_much_it_helped(world: Any) -> None:
    request = taken(world)
    services.resolve_request(request_id=request.pk, actor=world.asker, resolution="The clock was wrong")
    text = f"Björn Strøm resolved {SAID}: “The clock was wrong”."
    assert heard("mentoring.resolved") == {
        "Rosalind Franklin": text,
        "Tove Lindqvist": f"{text} How much did it help? One click says so.",
    }
    services.rate_help(request_id=request.pk, actor=world.asker, rating=4)
    assert heard("mentoring.rated") == {"Rosalind Franklin": f"Björn Strøm rated your help 4 of 5: {SAID}."}
    mentor = world.rosalind.person
    services.make_guide(request_id=request.pk, actor=mentor, title="When scores drift at night")
    text = "Rosalind Franklin began a guide out of your conversation, with the names taken out: “When scores drift at "
    assert heard("mentoring.guide_made") == dict.fromkeys(["Björn Strøm", "Tove Lindqvist"], f"{text}night”.")
    services.reopen_request(request_id=request.pk, actor=world.mate, reason="It drifts again")
    text = f"Tove Lindqvist opened {SAID} again: It drifts again."
    assert heard("mentoring.reopened") == {"Björn Strøm": text}
    assert "You answered it before, and it is open again." in heard("mentoring.asked")["Rosalind Franklin"]


def test_who_is_on_it_hears_that_it_is_withdrawn(world: Any) -> None:
    request = taken(world)
    services.withdraw_request(request_id=request.pk, actor=world.asker, reason="We found it")
    text = f"Björn Strøm withdrew {SAID}: We found it."
    assert heard("mentoring.withdrawn") == dict.fromkeys(["Rosalind Franklin", "Tove Lindqvist"], text)


def test_an_answer_that_was_there_is_nobodys_news(world: Any, make: Make) -> None:
    guide = make.document("calibration")
    services.note_served(actor=world.asker, document_id=guide.pk)
    assert who_heard("mentoring.served") == []


def test_an_event_without_its_attempt_tells_nothing(world: Any) -> None:
    request = asked(world)
    with transaction.atomic():
        Attempt.objects.all().delete()
        facts = {"mentor": "Rosalind Franklin", "mentor_id": world.rosalind.pk, "how": "x", "due_at": "2026-01-01"}
        events.record(actor=None, verb="mentoring.asked", subject=request, facts=facts)
    assert who_heard("mentoring.asked") == []
