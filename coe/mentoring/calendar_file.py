"""A meeting as a file that calendars take (iCalendar, RFC 5545): the same one by its UID, the newest by SEQUENCE."""

from __future__ import annotations

import unicodedata
from datetime import UTC, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText

from coe.accounts.models import Person
from coe.mentoring.models import Message

PRODUCT = "-//Cairn//Mentoring//EN"


def ics(message: Message) -> bytes:
    """The meeting, with those it is between; cancelled, where it has been called off.

    Raises `ValueError` for a message that proposes no meeting.
    """
    if message.starts_at is None or message.minutes is None:
        raise ValueError(f"{message} is no meeting")
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if message.cancelled_at else "REQUEST")
    calendar.add_component(_event(message))
    made: bytes = calendar.to_ical()
    return made


def _event(message: Message) -> Event:
    request = message.request
    starts = (message.starts_at or timezone.now()).astimezone(UTC)
    event = Event()
    event.add("uid", f"mentoring-{message.pk}@{_host()}")
    event.add("sequence", message.sequence)
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("dtstart", starts)
    event.add("dtend", starts + timedelta(minutes=message.minutes or 0))
    event.add("summary", _plain(f"Mentoring: {request.goal}"))
    event.add("status", "CANCELLED" if message.cancelled_at else "CONFIRMED")
    if message.place:
        event.add("location", _plain(message.place))
    if message.text:
        event.add("description", _plain(message.text))
    if settings.SITE_URL:
        event.add("url", settings.SITE_URL.rstrip("/") + request.get_absolute_url())
    event["organizer"] = _address(message.author)
    for person in _attendees(message):
        attendee = _address(person)
        attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
        attendee.params["RSVP"] = vText("TRUE")
        event.add("attendee", attendee, encode=False)
    return event


def _attendees(message: Message) -> list[Person]:
    """Everybody else in the conversation: those who asked, and who is asked or answers now."""
    request = message.request
    people = [request.requester, *request.team.order_by("name", "pk")]
    if request.mentor is not None:
        people.append(request.mentor.person)
    return [person for person in dict.fromkeys(people) if person.pk != message.author_id]


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    # A parameter cannot hold a quotation mark at all.
    address.params["CN"] = vText(" ".join(_plain(person.name).replace('"', "'").split()))
    return address


def _plain(text: str) -> str:
    """Without signs that control: a calendar refuses them. Line ends stay."""
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) != "Cc")


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "cairn"
