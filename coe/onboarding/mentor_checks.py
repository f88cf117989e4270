"""What Cairn can see of somebody who begins to mentor. Here, because paths and mentors do not know of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType

from coe.core.models import Event
from coe.mentors.models import Mentor
from coe.paths.checks import Check, Finding, Newcomer, Touched, register

LEAST_SKILLS = 3


def find_profile(newcomers: Sequence[Newcomer], params: Mapping[str, Any]) -> list[Finding]:
    """Whether one of the newcomer's people has a mentor's profile in use, with at least `skills` skills and hours on
    some day. Two queries. One who pauses still serves.
    """
    least = max(int(params.get("skills") or LEAST_SKILLS), 1)
    people = {pk for one in newcomers for pk in one.people}
    rows = Mentor.objects.filter(person__in=people).select_related("person").prefetch_related("skills").order_by("pk")
    found = {one.person_id: _judged(one, least) for one in rows}
    none = Finding(False, why="There is no mentor’s profile yet.")
    return [_best([found[pk] for pk in sorted(one.people) if pk in found], none) for one in newcomers]


def _best(findings: Sequence[Finding], none: Finding) -> Finding:
    return next((one for one in findings if one.is_so), findings[0] if findings else none)


def _judged(mentor: Mentor, least: int) -> Finding:
    skills = len(mentor.skills.all())
    if mentor.stopped_at is not None:
        return Finding(False, why=f"{mentor} has stopped to mentor.")
    if skills < least:
        return Finding(False, why=f"The profile names {skills} of {least} skills.")
    if not any(mentor.week):
        return Finding(False, why="The profile has no hours on any day.")
    return Finding(True, at=mentor.created_at, evidence=((f"{mentor} as a mentor", mentor.get_absolute_url()),))


def touched(events: Sequence[Event]) -> Touched:
    """The mentors themselves."""
    type_id = ContentType.objects.get_for_model(Mentor).pk
    ids = {event.subject_id for event in events if event.subject_type_id == type_id}
    people = Mentor.objects.filter(pk__in=ids).order_by().values_list("person_id", flat=True) if ids else ()
    return Touched(people=frozenset(people))


register(
    Check(
        key="mentor_profile",
        label="Mentor’s profile with skills and hours",
        not_yet="Cairn waits for a mentor’s profile with skills, hours and how many requests at a time.",
        verbs=frozenset(f"mentor.{did}" for did in ("began", "changed", "skills_set", "stopped", "returned")),
        find=find_profile,
        touched=touched,
        params={"skills": f"How many skills; {LEAST_SKILLS} unless it says so."},
    )
)
