"""What Cairn can see of people themselves: that their profile is complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType

from coe.accounts.models import Person
from coe.core.models import Event
from coe.paths.checks import Check, Finding, Newcomer, Touched, register

_ASKED = {"timezone": "time zone", "unit": "unit"}


def find_profile(newcomers: Sequence[Newcomer], params: Mapping[str, Any]) -> list[Finding]:
    """Whether each of the newcomer's people has a time zone and a unit. One query. When it became so is not kept."""
    asked = {name: word for name, word in _ASKED.items() if str(params.get(name, "yes")) != "no"}
    people = {pk for one in newcomers for pk in one.people}
    found = {one.pk: one for one in Person.objects.filter(pk__in=people)}
    return [_judged([found[pk] for pk in sorted(one.people) if pk in found], asked) for one in newcomers]


def _judged(people: Sequence[Person], asked: Mapping[str, str]) -> Finding:
    for person in people:
        has = {"timezone": bool(person.timezone), "unit": person.unit_id is not None}
        lacking = [word for name, word in asked.items() if not has[name]]
        if lacking:
            return Finding(False, why=f"{person.name} has no {' and no '.join(lacking)} yet.")
    if not people:
        return Finding(False, why="There is nobody to look at.")
    return Finding(True, evidence=tuple((one.name, one.get_absolute_url()) for one in people))


def touched(events: Sequence[Event]) -> Touched:
    type_id = ContentType.objects.get_for_model(Person).pk
    return Touched(people=frozenset(event.subject_id for event in events if event.subject_type_id == type_id))


register(
    Check(
        key="profile_complete",
        label="Profile with time zone and unit",
        not_yet="Cairn waits for your time zone (your own page) and your unit (the centre sets it).",
        verbs=frozenset({"person.changed"}),
        find=find_profile,
        touched=touched,
        params={name: f"“no” does without the {word}." for name, word in _ASKED.items()},
    )
)
