"""Reads what the centre's page shows. So many queries, however many requests there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Sum

from coe.accounts.models import BusinessUnit
from coe.mentoring import candidates, why
from coe.mentoring import centre_figures as f
from coe.mentoring.centre_figures import Asked, Gap, Group, Share, Try, Work
from coe.mentoring.models import Attempt, Message, Request, Served, State
from coe.mentors.availability import Standing, standing_of
from coe.mentors.models import Mentor

CSV = (
    *("part", "name", "asked", "waiting", "withdrawn", "answered", "first_answer_median_days", "first_answer_p90_days"),
    *("resolved", "resolution_median_days", "resolution_p90_days", "accepted", "declined", "silent", "places_taken"),
    *("places", "meeting_hours", "rating"),
)


@dataclass(frozen=True)
class MentorRow:
    """A mentor who serves, with what there was to do, and how it is with the places now."""

    mentor: Mentor
    work: Work
    standing: Standing


@dataclass(frozen=True)
class GapRow:
    gap: Gap
    mentor: Mentor | None


@dataclass(frozen=True)
class Figures:
    """All that the page shows of requests asked since a day, but the waiting list."""

    total: Group
    months: list[tuple[str, Group]]
    units: list[tuple[str, Group]]
    mentors: list[MentorRow]
    share: Share
    gaps: list[GapRow]
    served: dict[str, int]
    rating: float | None
    rated: int

    @property
    def served_count(self) -> int:
        return sum(self.served.values())

    @property
    def served_percent(self) -> float | None:
        """How many of those who came for an answer had one without a request."""
        came = self.served_count + self.total.asked
        return 100 * self.served_count / came if came else None

    @property
    def unheld(self) -> list[GapRow]:
        return [one for one in self.gaps if one.mentor is None]

    @property
    def held_by_one(self) -> list[GapRow]:
        return [one for one in self.gaps if one.mentor is not None]


def read(since: datetime, now: datetime, found: candidates.Standing) -> Figures:
    """The figures of what was asked since. `found` has everybody who mentors now. Five queries."""
    names = {unit.pk: unit for unit in BusinessUnit.objects.only("pk", "name", "lineage")}
    rows = _asked(since, names)
    tries = [Try(*one) for one in Attempt.objects.filter(asked_at__gte=since).order_by().values_list("mentor", "state")]
    minutes = Message.objects.filter(starts_at__gte=since, starts_at__lte=now, cancelled_at=None).order_by()
    by_mentor = minutes.values("request__mentor").annotate(n=Sum("minutes")).values_list("request__mentor", "n")
    works = f.work(found.mentors, tries, rows, {pk: n for pk, n in by_mentor if pk})
    holders: dict[str, set[int]] = {}
    for one in found.candidates.values():
        for tag in one.levels:
            holders.setdefault(tag, set()).add(one.id)
    ratings = [row.rating for row in rows if row.rating is not None]
    return Figures(
        total=f.group("all", rows),
        months=_months(rows),
        units=_units(rows, names),
        mentors=[_mentor_row(one, found, now) for one in works],
        share=f.share(works),
        gaps=[GapRow(gap, found.mentors.get(gap.holder or 0)) for gap in f.gaps(rows, holders)],
        served=_served(since),
        rating=sum(ratings) / len(ratings) if ratings else None,
        rated=len(ratings),
    )


def _asked(since: datetime, units: dict[int, BusinessUnit]) -> list[Asked]:
    columns = ("created_at", "first_answer_at", "resolved_at", "state", "unit", "topic", "skills", "mentor", "rating")
    found = Request.objects.filter(created_at__gte=since).order_by("created_at", "pk").values_list(*columns)
    return [
        Asked(
            created, first, resolved, state, units[unit].lineage[0] if unit else None, frozenset({topic, *skills}),
            mentor, rating,
        )
        for created, first, resolved, state, unit, topic, skills, mentor, rating in found
    ]  # fmt: skip


def _mentor_row(work: Work, found: candidates.Standing, now: datetime) -> MentorRow:
    mentor = found.mentors[work.mentor]
    return MentorRow(mentor, work, standing_of(mentor, found.candidates[work.mentor].load, now))


def _months(rows: list[Asked]) -> list[tuple[str, Group]]:
    found = f.groups(rows, f.month_of(settings.TIME_ZONE))
    return [(f"{datetime(*key, 1):%B %Y}", one) for key, one in sorted(found.items(), reverse=True)]


def _units(rows: list[Asked], names: dict[int, BusinessUnit]) -> list[tuple[str, Group]]:
    found = f.groups(rows, lambda row: row.unit)
    named = [(names[key].name if key else "No unit", one) for key, one in found.items()]
    return sorted(named, key=lambda pair: (-pair[1].asked, pair[0]))


def _served(since: datetime) -> dict[str, int]:
    counted = Served.objects.filter(at__gte=since).aggregate(guides=Count("document"), threads=Count("thread"))
    return {"guides": counted["guides"], "threads": counted["threads"]}


@dataclass(frozen=True)
class Waits:
    """A request of the waiting list, and why nobody has it."""

    request: Request
    why: str


def waiting() -> list[Request]:
    """Every request that waits, the oldest first. One query."""
    rows = Request.objects.filter(state=State.WAITING).select_related("requester", "unit")
    return list(rows.order_by("waiting_since", "pk"))


def with_why(rows: Iterable[Request], found: candidates.Standing) -> list[Waits]:
    """The requests, which are among those of `found`, each with why it waits."""
    names = {pk: mentor.person.name for pk, mentor in found.mentors.items()}
    return [Waits(one, why.nobody(found.plan, one, names)) for one in rows]


def csv_rows(shown: Figures) -> Iterator[list[Any]]:
    """The tables of the page below each other, as `CSV` names their columns."""
    for part, some in (("all", [("", shown.total)]), ("month", shown.months), ("unit", shown.units)):
        for name, one in some:
            yield [
                *(part, name, one.asked, one.waiting, one.withdrawn, one.first.count, one.first.median, one.first.p90),
                *(one.resolution.count, one.resolution.median, one.resolution.p90, *[None] * 7),
            ]
    for row in shown.mentors:
        work, standing = row.work, row.standing
        yield [
            *("mentor", row.mentor.person.name, work.asked, *[None] * 5, work.resolved, None, None, work.accepted),
            *(work.declined, work.silent, standing.held, standing.capacity, work.hours, work.rating),
        ]
    for gap in shown.gaps:
        yield [f"skill held by {'one' if gap.mentor else 'nobody'}", gap.gap.tag, gap.gap.asked, *[None] * 15]
