"""A pause and its end; the end of mentoring and the return."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from coe.core import events
from coe.core.errors import Refused
from coe.core.models import Event
from coe.mentors import services
from coe.mentors.models import Mentor
from tests.factories import Make

DAY = timedelta(days=1)


@pytest.fixture
def today() -> date:
    return timezone.now().date()


def said(mentor: Mentor) -> list[str]:
    return [events.say(event) for event in Event.objects.about(mentor).order_by("pk")]


def test_a_pause_with_an_end_another_without_and_the_way_back(make: Make, today: date, notified) -> None:
    mentor = make.mentor()
    until = today + 7 * DAY

    services.pause(mentor_id=mentor.pk, actor=mentor.person, until=until)
    mentor.refresh_from_db()
    assert (mentor.is_paused(today), mentor.is_paused(until)) == (True, False)
    services.pause(mentor_id=mentor.pk, actor=mentor.person, until=None)
    mentor.refresh_from_db()
    assert mentor.is_paused(until)
    assert not Mentor.objects.taking(today).exists()
    services.resume(mentor_id=mentor.pk, actor=mentor.person)

    assert list(Mentor.objects.taking(today)) == [mentor]
    told = [f"takes no requests until {until.isoformat()}", "takes no requests", "takes requests again"]
    assert said(mentor) == told
    assert notified() == 3
    with pytest.raises(Refused):
        services.resume(mentor_id=mentor.pk, actor=mentor.person)


@pytest.mark.parametrize("days", [0, -1, 400])
def test_an_end_that_is_not_ahead(make: Make, today: date, days: int) -> None:
    mentor = make.mentor()

    with pytest.raises(ValidationError) as refused:
        services.pause(mentor_id=mentor.pk, actor=mentor.person, until=today + days * DAY)

    assert list(refused.value.message_dict) == ["until"]


def test_who_stopped_is_asked_no_more_and_may_return(make: Make, today: date, notified) -> None:
    mentor = make.mentor(paused_at=timezone.now())

    services.stop(mentor_id=mentor.pk, actor=mentor.person, reason=" Another job ")
    mentor.refresh_from_db()
    assert mentor.stopped_at is not None
    assert not Mentor.objects.serving().exists()
    for verb in (
        lambda: services.stop(mentor_id=mentor.pk, actor=mentor.person, reason="Again"),
        lambda: services.pause(mentor_id=mentor.pk, actor=mentor.person, until=None),
        lambda: services.resume(mentor_id=mentor.pk, actor=mentor.person),
    ):
        with pytest.raises(Refused):
            verb()
    services.return_to_mentoring(mentor_id=mentor.pk, actor=mentor.person)

    # A pause does not outlast it.
    assert list(Mentor.objects.taking(today)) == [mentor]
    assert said(mentor) == ["stopped mentoring: Another job", "began mentoring again"]
    assert notified() == 2
    with pytest.raises(Refused):
        services.return_to_mentoring(mentor_id=mentor.pk, actor=mentor.person)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_the_end_needs_a_reason(make: Make, reason: str) -> None:
    mentor = make.mentor()

    with pytest.raises(ValidationError):
        services.stop(mentor_id=mentor.pk, actor=mentor.person, reason=reason)


def test_without_the_role_nobody_returns(make: Make) -> None:
    mentor = make.mentor(stopped_at=timezone.now())
    mentor.person.grants.all().delete()

    with pytest.raises(Refused):
        services.return_to_mentoring(mentor_id=mentor.pk, actor=mentor.person)


def test_the_centre_may_and_nobody_else(make: Make) -> None:
    mentor, stranger = make.mentor(), make.mentor().person
    centre = make.person(roles=[("administrator", None)])
    verbs = {
        "pause": lambda actor: services.pause(mentor_id=mentor.pk, actor=actor, until=None),
        "resume": lambda actor: services.resume(mentor_id=mentor.pk, actor=actor),
        "stop": lambda actor: services.stop(mentor_id=mentor.pk, actor=actor, reason="Done"),
        "return": lambda actor: services.return_to_mentoring(mentor_id=mentor.pk, actor=actor),
    }
    for verb in verbs.values():
        with pytest.raises(PermissionDenied):
            verb(stranger)
        verb(centre)


# -- the pages -----------------------------------------------------------------------------------------------------


def test_the_pages(make: Make, today: date, sign_in) -> None:
    mentor = make.mentor()
    client, path = sign_in(mentor.person), mentor.get_absolute_url()
    until = (today + 3 * DAY).isoformat()

    assert client.get(f"{path}pause/").status_code == 200
    assert client.post(f"{path}pause/", {"until": today.isoformat()}).status_code == 422
    assert client.post(f"{path}pause/", {"until": until})["Location"] == path
    page = client.get(path).content.decode()
    assert "Paused until" in page
    assert "Take requests again" in page
    assert f'value="{until}"' in client.get(f"{path}pause/").content.decode()
    assert client.post(f"{path}resume/")["Location"] == path
    assert client.post(f"{path}resume/").status_code == 409
    assert client.get(f"{path}resume/").status_code == 405
    assert client.get(f"{path}stop/").status_code == 200
    assert client.post(f"{path}stop/", {}).status_code == 422
    assert client.post(f"{path}stop/", {"reason": "Another job"})["Location"] == path
    assert "Mentor again" in client.get(path).content.decode()
    assert "Ask " not in sign_in(make.person()).get(path).content.decode()
    assert client.post(f"{path}return/")["Location"] == path
    assert client.post(f"{path}return/").status_code == 409
