"""A person's way as the newcomer's page shows it: the next step first, then all of them, then who else is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coe.accounts.models import Person
from coe.core import helpdesk
from coe.onboarding.models import Enrolment, Progress, QuizTry, Stuck
from coe.onboarding.way import Line, Way, way_of
from coe.paths import checks
from coe.paths.checks import Check

MOST_OTHERS = 8


@dataclass(frozen=True)
class Question:
    """What was asked of a mentor at a step, and what became of it."""

    stuck: Stuck
    standing: helpdesk.Standing | None

    @property
    def words(self) -> str:
        said = {
            "waiting": "waits for a mentor",
            "asked": "a mentor is asked",
            "open": "a mentor answers",
            "resolved": "answered",
            "withdrawn": "taken back",
        }
        return said.get(self.standing.state, "asked") if self.standing else "asked"


@dataclass(frozen=True)
class Shown:
    """A step on the page: its line, the check behind it, the last try of a quiz, what was asked about it."""

    line: Line
    check: Check | None
    tried: QuizTry | None
    questions: tuple[Question, ...]

    @property
    def progress(self) -> Progress | None:
        return self.line.progress

    @property
    def regressed(self) -> bool:
        """Whether it was done and is no longer so."""
        return self.progress is not None and self.progress.state == Progress.State.REGRESSED


@dataclass(frozen=True)
class Journey:
    """All that the page shows of one enrolment."""

    way: Way
    steps: tuple[Shown, ...]
    others: tuple[Enrolment, ...]
    others_count: int

    @property
    def next(self) -> Shown | None:
        return next((one for one in self.steps if one.line.standing == "next"), None)

    @property
    def done(self) -> list[Shown]:
        return [one for one in self.steps if one.line.is_done]

    @property
    def counted(self) -> tuple[int, int]:
        return self.way.counted

    @property
    def percent(self) -> int:
        done, of = self.counted
        return round(100 * done / of) if of else 100

    @property
    def fingerprint(self) -> str:
        """Changes when a step does: what a page that waits asks for."""
        return "-".join(f"{one.progress.pk}.{one.progress.at:%s%f}" for one in self.steps if one.progress)[-400:]

    def step(self, key: str) -> Shown | None:
        return next((one for one in self.steps if one.line.step.key == key), None)


def journey_of(enrolment: Enrolment, reader: Person) -> Journey:
    """The enrolment as `reader` may see it: a fixed number of queries."""
    way = way_of(enrolment)
    tried: dict[str, QuizTry] = {}
    for one in enrolment.tries.order_by("at"):
        tried[one.step_key] = one
    asked = _asked(enrolment)
    steps = tuple(
        Shown(line, checks.get(line.step.check_key), tried.get(line.step.key), tuple(asked.get(line.step.key, ())))
        for line in way.lines()
    )
    others = _others(enrolment, reader)
    return Journey(way, steps, tuple(others[:MOST_OTHERS]), len(others))


def _asked(enrolment: Enrolment) -> dict[str, list[Question]]:
    rows = list(enrolment.stuck.all())
    known = helpdesk.standings({row.request_id for row in rows})
    found: dict[str, list[Question]] = {}
    for row in rows:
        found.setdefault(row.step_key, []).append(Question(row, known.get(row.request_id)))
    return found


def _others(enrolment: Enrolment, reader: Person) -> Sequence[Enrolment]:
    """Who else is on this path now, those who are farthest first; of other people only what everybody may know: that
    they are on it.
    """
    rows = Enrolment.objects.active().filter(path=enrolment.path_id, person__is_active=True)
    rows = rows.exclude(person__in={enrolment.person_id, reader.pk}).select_related("person", "person__unit")
    return list(rows.order_by("-done_steps", "pk")[:50])
