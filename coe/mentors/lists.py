"""The list of mentors: narrowed, sorted, one page of it, and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, Prefetch, Q, Value, When
from django.utils import timezone

from coe.accounts.models import BusinessUnit, Person
from coe.mentors import load
from coe.mentors.availability import Now, Standing, now_of, standing_of
from coe.mentors.calendars import calendar_of
from coe.mentors.languages import name_of
from coe.mentors.models import Level, Mentor, Skill
from coe.mentors.queries import MentorQuerySet
from coe.mentors.tags import tidy

SORTS = {"name": ["person__name"], "free": ["places", "person__name"], "since": ["created_at"]}
CSV = (
    *("id", "name", "email", "title", "unit", "skills", "serves", "languages", "time_zone", "capacity", "taken"),
    *("state", "until", "wanted", "unwanted", "since"),
)


@dataclass(frozen=True)
class Row:
    """A mentor as the list shows one. `skills` are tags by level, what the mentor can teach first."""

    mentor: Mentor
    skills: list[tuple[str, list[Skill]]]
    languages: list[str]
    standing: Standing
    now: Now


def narrowed(rows: MentorQuerySet, wanted: Mapping[str, Any]) -> MentorQuerySet:
    """Those that match each of q, skill, unit and language that is given."""
    for word in str(wanted.get("q") or "").replace("\0", "").split()[:8]:
        named = Q(person__name__icontains=word) | Q(person__title__icontains=word) | Q(about__icontains=word)
        rows = rows.filter(named | Q(pk__in=Skill.objects.filter(tag__icontains=word).values("mentor")))
    if wanted.get("skill"):
        tag = tidy(str(wanted["skill"]).replace("\0", ""))
        rows = rows.filter(pk__in=Skill.objects.filter(tag=tag).values("mentor"))
    if wanted.get("language"):
        rows = rows.filter(languages__contains=[wanted["language"]])
    unit = wanted.get("unit")
    return rows.filter(serving_unit(unit)) if isinstance(unit, BusinessUnit) else rows


def serving_unit(unit: BusinessUnit) -> Q:
    """The condition on mentors who serve the unit: it or a unit above it is among theirs, or they serve any."""
    through = Mentor.units.through.objects
    theirs = through.filter(businessunit__in=unit.lineage).values("mentor")
    return Q(pk__in=theirs) | ~Q(pk__in=through.values("mentor"))


def serving_slug(rows: MentorQuerySet, slug: str, viewer: Person) -> MentorQuerySet:
    """Those who serve the unit named so; none when there is no such unit that the viewer may know of."""
    unit = BusinessUnit.objects.visible_to(viewer).filter(slug=slug.replace("\0", "")).first()
    return rows.filter(serving_unit(unit)) if unit else rows.none()


def free_places(rows: MentorQuerySet, at: datetime) -> dict[int, int]:
    """By id how many requests could be given to each of the mentors now. Three queries, however many there are."""
    found = list(rows.order_by().select_related("person").prefetch_related("away"))
    held = load.held([mentor.pk for mentor in found])
    return {mentor.pk: standing_of(mentor, held[mentor.pk], at).free for mentor in found}


def with_places(rows: MentorQuerySet, at: datetime, *, only_free: bool) -> MentorQuerySet:
    """With `places`, how many could be given now, to sort by; `only_free`: those with at least one."""
    counted = free_places(rows, at)
    by_count: dict[int, list[int]] = {}
    for pk, count in counted.items():
        by_count.setdefault(count, []).append(pk)
    if only_free:
        by_count.pop(0, None)
        rows = rows.filter(pk__in=[pk for pks in by_count.values() for pk in pks])
    whens = [When(pk__in=pks, then=Value(count)) for count, pks in by_count.items() if count]
    places: Any = Case(*whens, default=Value(0), output_field=IntegerField()) if whens else Value(0)
    return rows.annotate(places=places)


def with_all(rows: MentorQuerySet) -> MentorQuerySet:
    """With what a row shows."""
    skills = Prefetch("skills", Skill.objects.order_by("-level", "tag"))
    return rows.with_serving().select_related("person__unit").prefetch_related(skills, "units", "away")


def shown(mentors: Iterable[Mentor], at: datetime | None = None) -> list[Row]:
    """The mentors (of `with_all`) as rows, at that moment."""
    at = at or timezone.now()
    found = list(mentors)
    held = load.held([mentor.pk for mentor in found])
    return [row_of(mentor, held[mentor.pk], at) for mentor in found]


def row_of(mentor: Mentor, held: int, at: datetime) -> Row:
    """The mentor as a row; `held` of the places are taken."""
    skills = list(mentor.skills.all())
    by_level = [
        (str(level.label), [skill for skill in skills if skill.level == level]) for level in sorted(Level, reverse=True)
    ]
    return Row(
        mentor=mentor,
        skills=[(label, some) for label, some in by_level if some],
        languages=[name_of(code) for code in mentor.languages],
        standing=standing_of(mentor, held, at),
        now=now_of(calendar_of(mentor), at),
    )


def csv_rows(mentors: Iterable[Mentor]) -> Iterator[list[Any]]:
    """The rows of the list as `CSV` names them."""
    for row in shown(mentors):
        mentor, person = row.mentor, row.mentor.person
        yield [
            *(person.pk, person.name, person.email, person.title, person.unit),
            "; ".join(f"{skill.tag} {skill.level}" for skill in mentor.skills.all()),
            "; ".join(unit.name for unit in mentor.units.all()),
            "; ".join(mentor.languages),
            *(mentor.zone or person.timezone, mentor.capacity, row.standing.held),
            *(row.standing.state, row.standing.until, "; ".join(mentor.wanted), "; ".join(mentor.unwanted)),
            mentor.created_at,
        ]
