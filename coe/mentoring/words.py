"""Times and states of requests in plain words: pure functions, in the reader's time zone."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils import timezone

from coe.accounts.models import Person
from coe.mentoring.models import Attempt, Request, State
from coe.mentors.availability import place_of


def moment(at: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """ "14:30 today", "09:00 tomorrow", "14:30 on Thu 3 Dec"; the year only where it is another one."""
    there, today = at.astimezone(zone or timezone.get_current_timezone()), now.astimezone(zone or _here())
    days = (there.date() - today.date()).days
    if days in (-1, 0, 1):
        return f"{there:%H:%M} " + {-1: "yesterday", 0: "today", 1: "tomorrow"}[days]
    year = "" if there.year == today.year else f" {there.year}"
    return f"{there:%H:%M} on {there:%a} {there.day} {there:%b}{year}"


def left(at: datetime, now: datetime) -> str:
    """ "in 3 hours", "in 20 minutes", "in 2 days", "now"; "over" for what has passed."""
    if at <= now:
        return "over"
    minutes = (at - now) // timedelta(minutes=1)
    for size, name in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if count := minutes // size:
            return f"in {count} {name}" + ("" if count == 1 else "s")
    return "now"


def span(days: float | None) -> str:
    """A time that passed: "40 minutes", "3.5 hours", "2.1 days"; a dash where there is none."""
    if days is None:
        return "–"
    if days < 1 / 24:
        return _count(round(days * 24 * 60), "minute")
    return _count(round(days * 24, 1), "hour") if days < 2 else _count(round(days, 1), "day")


def standing(request: Request, due_at: datetime | None, now: datetime, viewer: Person | None = None) -> str:
    """How it stands with a request, in one sentence without its full stop; "you" for the viewer."""
    name = _name(request, viewer)
    if request.state == State.ASKED:
        verb, has = ("are", "have") if name == "You" else ("is", "has")
        until = f" and {has} until {moment(due_at, now)}" if due_at and due_at > now else ""
        return f"{name} {verb} asked{until}"
    if request.state == State.OPEN:
        return "You are on it" if name == "You" else f"{name} is on it"
    if request.state == State.WAITING:
        since = f" since {moment(request.waiting_since, now)}" if request.waiting_since else ""
        told = ". No mentor is free for it yet; the centre knows" if request.coordinator_told_at else ""
        return f"Waits for a mentor{since}{told}"
    if request.state == State.RESOLVED:
        on = f", {moment(request.resolved_at, now)}" if request.resolved_at else ""
        return f"Resolved{f' with {name}' if name and name != 'You' else ''}{on}"
    return "Withdrawn"


def came_of(attempt: Attempt, now: datetime) -> str:
    """What came of asking a mentor, after the mentor's name: "accepted 14:30 today", "did not answer in time"."""
    kinds = Attempt.State
    when = attempt.answered_at or attempt.ended_at
    at = f", {moment(when, now)}" if when else ""
    if attempt.state == kinds.PENDING:
        return f"has until {moment(attempt.due_at, now)}" if attempt.due_at else "is asked"
    said = {
        kinds.ACCEPTED: "accepted",
        kinds.DECLINED: "declined",
        kinds.SILENT: "did not answer in time",
        kinds.HANDED_OVER: "handed it over",
        kinds.DONE: "helped until it was resolved",
        kinds.ENDED: "was asked when it ended",
    }[kinds(attempt.state)]
    reason = f": {attempt.reason}" if attempt.reason and attempt.state != kinds.ACCEPTED else ""
    return f"{said}{at}{reason}"


def elsewhere(at: datetime, person: Person, zone: str = "") -> str:
    """The time for somebody in another zone, "18:30 on Thu 3 Dec for Wanjiru (Nairobi)"; empty where clocks agree."""
    name = zone or person.timezone or settings.TIME_ZONE
    try:
        there = at.astimezone(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError):
        return ""
    if there.utcoffset() == at.astimezone(_here()).utcoffset():
        return ""
    return f"{there:%H:%M} on {there:%a} {there.day} {there:%b} for {person.name} ({place_of(name)})"


def _name(request: Request, viewer: Person | None) -> str:
    if request.mentor is None:
        return ""
    return "You" if viewer is not None and request.mentor.person_id == viewer.pk else request.mentor.person.name


def _count(number: float, one: str) -> str:
    shown = f"{number:g}"
    return f"{shown} {one}" + ("" if shown == "1" else "s")


def _here() -> tzinfo:
    return timezone.get_current_timezone()
