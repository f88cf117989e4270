"""The mentors of the group: their profiles, their calendars, the days on which they are away."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from coe.accounts import services as accounts
from coe.accounts.models import Person, Role
from coe.mentors import services
from coe.mentors.models import Mentor
from demo.world.clock import Story, moment, today
from demo.world.content.mentoring.mentors import MENTORS, MentorPlan, Spans
from demo.world.people import Cast


def add_mentors(story: Story, cast: Cast) -> None:
    """Those profiles that are missing, and the days on which they are away."""
    there = set(Mentor.objects.values_list("person_id", flat=True))
    for plan in MENTORS:
        if cast.people[plan.key].pk not in there:
            story.add(moment(plan.began, f"mentor {plan.key}"), partial(_begin, story, cast, plan))


def _begin(story: Story, cast: Cast, plan: MentorPlan) -> None:
    person = cast.people[plan.key]
    if not person.grants.filter(role=Role.MENTOR).exists():
        accounts.grant_role(person_id=person.pk, role=Role.MENTOR, unit=None, actor=cast.centre)
    actor = Person.objects.get(pk=person.pk)
    mentor = services.begin_mentoring(actor=actor, person_id=person.pk)
    services.change_profile(
        mentor_id=mentor.pk, actor=actor, about=plan.about, languages=list(plan.languages), capacity=plan.capacity,
        country=plan.country, region=plan.region, units=[cast.units[unit] for unit in plan.units],
        wanted=list(plan.wanted), unwanted=list(plan.unwanted),
    )  # fmt: skip
    services.set_skills(mentor_id=mentor.pk, actor=actor, skills=plan.skills)
    services.set_week(mentor_id=mentor.pk, actor=actor, week=[_day(spans) for spans in plan.week])
    for first, last, note in plan.away:
        # Said a while before, and no longer ago than yesterday.
        said = moment(max(12 - first, 1), f"away {plan.key} {first}")
        story.add(said, partial(_away, mentor, actor, first, last, note))
    if plan.paused:
        until = today() + timedelta(days=plan.paused)
        pause = partial(services.pause, mentor_id=mentor.pk, actor=actor, until=until)
        story.add(moment(6, f"pause {plan.key}"), pause)


def _away(mentor: Mentor, actor: Person, first: int, last: int, note: str) -> None:
    begin, end = today() + timedelta(days=first), today() + timedelta(days=last)
    services.add_away(mentor_id=mentor.pk, actor=actor, first=begin, last=end, note=note)


def _day(spans: Spans) -> list[list[int]]:
    return [[_minutes(start), _minutes(end)] for start, end in spans]


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    return 60 * int(hour) + int(minute)
