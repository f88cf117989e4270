"""A mentor's page: claims with their evidence, the coming week in two time zones, holidays and days away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.utils import timezone

from coe.accounts.models import Person
from coe.mentors import evidence, holidays, hours, lists, load
from coe.mentors.availability import place_of
from coe.mentors.calendars import calendar_of
from coe.mentors.evidence import Proof
from coe.mentors.hours import Calendar
from coe.mentors.languages import name_of
from coe.mentors.lists import Row
from coe.mentors.models import Away, Mentor, Skill

# Holidays are told so far ahead, and so many of them.
_AHEAD = timedelta(days=120)
_MOST_HOLIDAYS = 4
# So many proofs of one skill are shown; the others are folded away.
FIRST_PROOFS = 3


@dataclass(frozen=True)
class Claim:
    """A skill with what shows it, as far as the reader may know of it."""

    skill: Skill
    proofs: list[Proof]
    further: list[Proof]


@dataclass(frozen=True)
class Day:
    """One of the coming days. `theirs` and `yours` are the spans in each time zone; `free` says why nothing is done."""

    day: date
    theirs: list[str]
    yours: list[str]
    free: str


@dataclass(frozen=True)
class Profile:
    """All that the page shows. `there` and `here` name the two time zones; `here` is empty where they agree."""

    row: Row
    claims: list[Claim]
    week: list[Day]
    there: str
    here: str
    holidays: list[tuple[date, str]]
    away: list[Away]


def of(mentor: Mentor, viewer: Person, at: datetime) -> Profile:
    """The page of the mentor (of `lists.with_all`) as the viewer sees it at that moment, in the current time zone."""
    calendar = calendar_of(mentor)
    there = ZoneInfo(calendar.zone)
    here = timezone.get_current_timezone()
    today = at.astimezone(there).date()
    days = [_day(calendar, today + timedelta(n), here) for n in range(7)]
    ahead = hours.free_days(calendar, today, today + _AHEAD) if calendar.country else {}
    return Profile(
        row=lists.row_of(mentor, load.held([mentor.pk])[mentor.pk], at),
        claims=claims(mentor, evidence.of(viewer, mentor)),
        week=days,
        there=place_of(calendar.zone),
        here="" if all(day.theirs == day.yours for day in days) else place_of(str(here)),
        holidays=sorted(ahead.items())[:_MOST_HOLIDAYS],
        away=sorted((one for one in mentor.away.all() if one.last >= today), key=lambda one: one.first),
    )


def claims(mentor: Mentor, shown: dict[str, list[Proof]]) -> list[Claim]:
    """The mentor's skills, each with its evidence out of `shown` (by tag)."""
    found = [(skill, shown.get(skill.tag, [])) for skill in mentor.skills.all()]
    return [Claim(skill, proofs[:FIRST_PROOFS], proofs[FIRST_PROOFS:]) for skill, proofs in found]


def unclaimed(mentor: Mentor, shown: dict[str, list[Proof]]) -> list[str]:
    """Tags of the mentor's work that are not among the skills yet, the ones with most evidence first."""
    known = {skill.tag for skill in mentor.skills.all()}
    return sorted((tag for tag in shown if tag not in known), key=lambda tag: (-len(shown[tag]), tag))[:12]


def words_of(mentor: Mentor) -> dict[str, str]:
    """The parts of the profile as text, to show beside another version of them."""
    regions = holidays.region_names(mentor.country)
    return {
        "capacity": str(mentor.capacity),
        "about": mentor.about.replace("\r\n", "\n"),
        "languages": ", ".join(map(name_of, mentor.languages)),
        "units": ", ".join(unit.name for unit in mentor.units.all()),
        "wanted": ", ".join(mentor.wanted),
        "unwanted": ", ".join(mentor.unwanted),
        "zone": mentor.zone,
        "country": holidays.countries().get(mentor.country, ""),
        "region": regions.get(mentor.region, ""),
    }


def _day(calendar: Calendar, day: date, here: tzinfo) -> Day:
    spans = calendar.week[day.weekday()]
    edges = [(_moment(calendar, day, start), _moment(calendar, day, end)) for start, end in spans]
    away = any(first <= day <= last for first, last in calendar.away)
    free = "away" if away else hours.free_days(calendar, day, day).get(day, "") if calendar.country else ""
    return Day(
        day=day,
        theirs=[f"{_clock(start)}–{_clock(end)}" for start, end in spans],
        yours=[_span(start.astimezone(here), end.astimezone(here), day) for start, end in edges],
        free=free,
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _moment(calendar: Calendar, day: date, minutes: int) -> datetime:
    at = datetime.combine(day, time.min) + timedelta(minutes=minutes)
    return at.replace(tzinfo=ZoneInfo(calendar.zone))


def _span(start: datetime, end: datetime, day: date) -> str:
    """ "08:00–11:00", with the day of the week where it is another day for the reader."""
    midnight = end.time() == time.min and end.date() - start.date() == timedelta(days=1)
    last = "24:00" if midnight else f"{end:%H:%M}"
    first = f"{start:%H:%M}" if start.date() == day else f"{start:%a %H:%M}"
    return f"{first}–{last}" if midnight or end.date() == start.date() else f"{first}–{end:%a} {last}"
