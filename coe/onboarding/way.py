"""A person's way along a path: each step with what became of it, what holds it up and when it is due.

Read for many enrolments at once in a fixed number of queries; everything else here is arithmetic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Literal

from django.db.models import Q

from coe.accounts.models import Grant
from coe.core.http import today
from coe.mentors import calendars, hours
from coe.mentors.models import Mentor
from coe.onboarding.models import Enrolment, Progress
from coe.paths import dates, order
from coe.paths.models import Step

# A step that regressed is open again; everything else that is written down of it counts as done.
COUNTS = frozenset({Progress.State.DONE, Progress.State.VERIFIED, Progress.State.TESTED_OUT, Progress.State.WAIVED})
Standing = Literal["done", "next", "open", "held"]


@dataclass(frozen=True)
class Line:
    """One step of the way. `held_by` are the steps that come first."""

    step: Step
    standing: Standing
    progress: Progress | None
    held_by: tuple[Step, ...]
    due: date | None
    late: int

    @property
    def is_done(self) -> bool:
        return self.standing == "done"


@dataclass
class Way:
    """An enrolment with the steps of its edition that are meant for the person, and what became of them."""

    enrolment: Enrolment
    steps: Sequence[Step]
    roles: frozenset[str]
    progress: dict[str, Progress]
    is_free: dates.IsFree

    def applies(self, step: Step) -> bool:
        """Whether the step is meant for this person."""
        return order.applies(step, self.roles, self.enrolment.experience)

    @cached_property
    def done(self) -> frozenset[str]:
        """The keys of all steps that count as done, also those that are no longer on the path."""
        return frozenset(key for key, one in self.progress.items() if one.state in COUNTS)

    @cached_property
    def mine(self) -> list[Step]:
        """The steps that are meant for this person, in their order."""
        return [step for step in self.steps if self.applies(step)]

    @cached_property
    def open(self) -> frozenset[str]:
        return frozenset(order.open_steps(self.steps, self.done, self.applies))

    @cached_property
    def next(self) -> Step | None:
        return order.next_step(self.steps, self.done, self.applies)

    def forget(self) -> None:
        """Work out anew what is done, open and next: something was written down."""
        for name in ("done", "open", "next"):
            self.__dict__.pop(name, None)

    @property
    def is_finished(self) -> bool:
        return order.finished(self.steps, self.done, self.applies)

    @property
    def counted(self) -> tuple[int, int]:
        """How many of the steps that are not optional are done, and how many there are."""
        required = [step for step in self.mine if not step.is_optional]
        return sum(step.key in self.done for step in required), len(required)

    def due(self, step: Step) -> date | None:
        """The day by which it should be done; None for a step without a date."""
        if step.due_days is None:
            return None
        start, moved = self.enrolment.started_on, self.enrolment.shifted_days
        try:
            return dates.due(start, step.due_days, self.is_free, shifted=moved)
        except ValueError:  # away for more than a year: then the weekends alone are left out
            return dates.due(start, step.due_days, dates.is_weekend, shifted=moved)

    def lines(self, on: date | None = None) -> list[Line]:
        """Each of the person's steps, as it stands on a day (today by default)."""
        day = on or today()
        return [self._line(step, day) for step in self.mine]

    def line(self, key: str, on: date | None = None) -> Line | None:
        """The line of one step; None for one that is not on this person's way."""
        step = next((one for one in self.mine if one.key == key), None)
        return self._line(step, on or today()) if step else None

    def _line(self, step: Step, day: date) -> Line:
        if step.key in self.done:
            return Line(step, "done", self.progress[step.key], (), self.due(step), 0)
        held = tuple(order.holding(self.steps, step, self.done, self.applies))
        standing: Standing = "held" if held else "next" if self.next and step.key == self.next.key else "open"
        due = self.due(step)
        late = dates.days_late(due, day, self.is_free) if due and due < day else 0
        return Line(step, standing, self.progress.get(step.key), held, due, late)


def ways(enrolments: Iterable[Enrolment]) -> dict[int, Way]:
    """The ways of these enrolments, by their ids: five queries, however many."""
    found = list(enrolments)
    steps: dict[int, list[Step]] = defaultdict(list)
    editions = {one.edition_id for one in found}
    for step in Step.objects.filter(edition__in=editions).select_related("document").order_by("position"):
        steps[step.edition_id].append(step)
    own, teams = _progress(found)
    people = {one.person_id for one in found}
    roles: dict[int, set[str]] = defaultdict(set)
    for person_id, role in Grant.objects.filter(person__in=people).values_list("person_id", "role"):
        roles[person_id].add(role)
    free = free_days(people)
    return {
        one.pk: Way(
            enrolment=one,
            steps=steps[one.edition_id],
            roles=frozenset(roles[one.person_id]),
            progress=_merged(one, own, teams, steps[one.edition_id]),
            is_free=free.get(one.person_id, dates.is_weekend),
        )
        for one in found
    }


def way_of(enrolment: Enrolment) -> Way:
    """The way of one enrolment."""
    return ways([enrolment])[enrolment.pk]


def free_days(people: Iterable[int]) -> dict[int, dates.IsFree]:
    """For the people whose calendar is known (they keep one as mentors): which days are free. For all others it is the
    weekend.
    """
    mentors = Mentor.objects.filter(person__in=people).select_related("person").prefetch_related("away")
    known = {one.person_id: calendars.calendar_of(one) for one in mentors}
    return {pk: partial(_is_free, calendar) for pk, calendar in known.items()}


def _is_free(calendar: hours.Calendar, day: date) -> bool:
    return hours.is_free(calendar, day)


Own = dict[int, dict[str, Progress]]
OfTeams = dict[tuple[int, int], dict[str, Progress]]


def _progress(enrolments: Sequence[Enrolment]) -> tuple[Own, OfTeams]:
    own: Own = defaultdict(dict)
    teams: OfTeams = defaultdict(dict)
    wanted = Q(enrolment__in=[one.pk for one in enrolments]) | Q(
        team__in={one.team_id for one in enrolments if one.team_id}
    )
    for row in Progress.objects.filter(wanted).select_related("by"):
        if row.enrolment_id:
            own[row.enrolment_id][row.step_key] = row
        elif row.team_id:
            teams[row.team_id, row.path_id][row.step_key] = row
    return own, teams


def _merged(enrolment: Enrolment, own: Own, teams: OfTeams, steps: Sequence[Step]) -> dict[str, Progress]:
    """A person's own progress with the team's: of a team step the team's counts, before what is one's own."""
    mine = dict(own.get(enrolment.pk, {}))
    if enrolment.team_id:
        shared = teams.get((enrolment.team_id, enrolment.path_id), {})
        of_person = {step.key for step in steps if step.scope == Step.Scope.PERSON}
        mine |= {key: row for key, row in shared.items() if key not in of_person or key not in mine}
    return mine
