"""What a mentor's profile may say: each gives the value as it is kept, or raises `ValidationError` by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from coe.core.errors import invalid
from coe.mentors import holidays, languages, tags
from coe.mentors.models import MOST_CAPACITY, Level, Mentor

PARTS = ("about", "units", "languages", "zone", "country", "region", "capacity", "wanted", "unwanted")
MOST_SPANS = 6
MOST_UNITS = 40
LONGEST_AWAY = timedelta(days=366)
FAR = timedelta(days=3 * 366)
_MIDNIGHT = 24 * 60


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """The names of all time zones."""
    return frozenset(available_timezones())


def words(value: str, field: str, most: int, *, required: str = "") -> str:
    """The text without the space around it."""
    value = value.strip()
    if required and not value:
        raise invalid(field, required)
    if len(value) > most:
        raise invalid(field, f"may have at most {most:,} characters")
    if "\0" in value:
        raise invalid(field, "must not hold the character NUL")
    return value


def parts(given: Mapping[str, Any], mentor: Mentor) -> dict[str, Any]:
    """The given parts of the profile, with those of `mentor` where one depends on another.

    Raises `TypeError` for a part that profiles do not have.
    """
    unknown = set(given) - set(PARTS)
    if unknown:
        raise TypeError(f"a mentor has no {', '.join(sorted(unknown))}")
    found = dict(given)
    if "about" in found:
        found["about"] = words(found["about"], "about", 2000)
    if "languages" in found:
        found["languages"] = _languages(found["languages"])
    if found.get("zone") and found["zone"] not in zones():
        raise invalid("zone", "must be the name of a time zone, like Europe/Paris")
    if "capacity" in found and not 1 <= found["capacity"] <= MOST_CAPACITY:
        raise invalid("capacity", f"must be from 1 to {MOST_CAPACITY}")
    if "units" in found and len(found["units"]) > MOST_UNITS:
        raise invalid("units", f"may be at most {MOST_UNITS}")
    for field in ("wanted", "unwanted"):
        if field in found:
            found[field] = tags.clean(found[field], field)
    both = set(found.get("wanted", mentor.wanted)) & set(found.get("unwanted", mentor.unwanted))
    if both and ("wanted" in found or "unwanted" in found):
        raise invalid("unwanted", f"must not hold what is wanted too: {', '.join(sorted(both))}")
    if "country" in found or "region" in found:
        _check_country(found.get("country", mentor.country), found.get("region", mentor.region))
    return found


def _languages(codes: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(codes))
    if not found:
        raise invalid("languages", "must name at least one")
    for code in found:
        if code not in languages.NAMES:
            raise invalid("languages", f"must be codes of ISO 639-1, like en or de, not {code[:10]!r}")
    return found


def _check_country(country: str, region: str) -> None:
    if country and not holidays.is_known(country):
        raise invalid("country", "must be a code of ISO 3166 in capitals, like DE or KE")
    if region and not country:
        raise invalid("region", "must be empty where no country is named")
    if region and not holidays.is_known(country, region):
        offered = ", ".join(holidays.regions(country))
        raise invalid("region", f"must be one of {offered}" if offered else "must be empty for this country")


def skills(given: Mapping[str, int]) -> dict[str, int]:
    """Levels by tag, the tags as they are kept."""
    found: dict[str, int] = {}
    for word, level in given.items():
        for tag in tags.clean([word], "skills"):
            if tag in found:
                raise invalid("skills", f"must name each once: {tag}")
            if level not in Level.values:
                raise invalid("skills", f"must have levels from 1 to 3: {tag}")
            found[tag] = level
    tags.clean(found, "skills")
    return found


def week(given: Any) -> list[list[list[int]]]:
    """For each day from Monday on its spans, [start, end] in minutes after midnight, in order and apart."""
    if not isinstance(given, list | tuple) or len(given) != 7:
        raise invalid("week", "must have seven days, from Monday on")
    return [_day(day) for day in given]


def _day(given: Any) -> list[list[int]]:
    if not isinstance(given, list | tuple) or len(given) > MOST_SPANS:
        raise invalid("week", f"must have at most {MOST_SPANS} spans a day")
    ended = 0
    spans: list[list[int]] = []
    for span in given:
        pair = isinstance(span, list | tuple) and len(span) == 2
        if not pair or not all(isinstance(edge, int) and not isinstance(edge, bool) for edge in span):
            raise invalid("week", "must have spans of two whole numbers: minutes after midnight")
        start, end = span
        if not 0 <= start < end <= _MIDNIGHT:
            raise invalid("week", "must have spans that end after they begin, at midnight at the latest")
        if start < ended:
            raise invalid("week", "must have the spans of a day in order and not over each other")
        ended = end
        spans.append([start, end])
    return spans


def away(first: date, last: date, today: date) -> None:
    """Refuses days in the past, turned round, for longer than a year or beyond three years."""
    if last < first:
        raise invalid("last", "must not be before the first day")
    if last < today:
        raise invalid("last", "must not lie in the past")
    if last - first >= LONGEST_AWAY:
        raise invalid("last", "must be within a year of the first day; for longer, stop mentoring")
    if last - today > FAR:
        raise invalid("last", "must be within three years from now")


def pause(until: date | None, today: date) -> None:
    """Refuses an end that is not ahead, or more than a year away."""
    if until is not None and until <= today:
        raise invalid("until", "must be a day to come")
    if until is not None and until - today > LONGEST_AWAY:
        raise invalid("until", "must be within a year; for longer, stop mentoring")
