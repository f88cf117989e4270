"""Writing down what became of steps, and keeping with each enrolment what lists of many people need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from coe.accounts.models import Person
from coe.core import events
from coe.onboarding.models import Enrolment, Progress, Team
from coe.onboarding.way import Way, ways
from coe.paths.models import Step

_KEPT = (
    "next_key", "next_since", "next_due", "done_steps", "all_steps", "first_run_at", "first_production_at", "state",
    "ended_at",
)  # fmt: skip
_MARKED = ("state", "at", "why", "by", "evidence", "note")
# The checks whose steps are milestones, and where an enrolment keeps when they were reached.
MILESTONES = {"first_run": "first_run_at", "in_production": "first_production_at"}
_VERBS = {
    Progress.State.DONE: "onboarding.step_done",
    Progress.State.TESTED_OUT: "onboarding.step_done",
    Progress.State.VERIFIED: "onboarding.step_verified",
    Progress.State.WAIVED: "onboarding.step_waived",
    Progress.State.REGRESSED: "onboarding.step_regressed",
}


@dataclass(frozen=True)
class Mark:
    """What becomes of a step. `at` is since when it is so."""

    step: Step
    state: str
    at: datetime
    evidence: tuple[tuple[str, str], ...] = ()
    note: str = ""
    why: str = ""
    by: Person | None = None


def lock(enrolments: Iterable[Enrolment]) -> list[Enrolment]:
    """The enrolments under their rows' locks, and those of everybody in their teams: teams first, each by id, so that
    no two wait for each other. Must be called in a transaction.
    """
    found = list(enrolments)
    teams = {one.team_id for one in found if one.team_id}
    if teams:
        list(Team.objects.select_for_update(no_key=True).filter(pk__in=teams).order_by("pk"))
    wanted = Enrolment.objects.filter(pk__in=[one.pk for one in found])
    if teams:
        wanted = wanted | Enrolment.objects.filter(team__in=teams, state=Enrolment.State.ACTIVE)
    ids = list(wanted.order_by().values_list("pk", flat=True))
    held = Enrolment.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk")
    return list(held.select_related("path", "edition", "person", "team", "unit"))


@dataclass
class Ledger:
    """What is to be written down: rows and events of many enrolments, written together."""

    new: list[Progress] = field(default_factory=list)
    changed: dict[int, Progress] = field(default_factory=dict)
    facts: list[events.Fact] = field(default_factory=list)

    def write(self) -> None:
        """Write all of it, in the caller's transaction."""
        Progress.objects.bulk_create(self.new, batch_size=1000)
        _rewrite(Progress, list(self.changed.values()), _MARKED)
        events.record_many(self.facts)
        self.new, self.changed, self.facts = [], {}, []


def _rewrite(model: type[Enrolment | Progress], rows: Sequence[Any], fields: Sequence[str]) -> None:
    """Write these fields of rows that the caller holds locked: `bulk_update` builds an expression for each value, which
    takes ten times as long as a row that is there already and is met again.
    """
    model._default_manager.bulk_create(
        rows, batch_size=1000, update_conflicts=True, unique_fields=["id"], update_fields=fields
    )


def mark(way: Way, marks: Sequence[Mark], ledger: Ledger | None = None) -> list[Progress]:
    """Write down what became of steps of an enrolment that the caller holds locked, and tell each as an event.

    With a `ledger` they are only noted there, and the caller writes it.
    """
    book = ledger or Ledger()
    rows = [_mark(way, one, book) for one in marks]
    way.forget()
    if ledger is None:
        book.write()
    return rows


def _mark(way: Way, one: Mark, book: Ledger) -> Progress:
    row = way.progress.get(one.step.key)
    if row is None:
        row = _new(way, one.step)
        row.first_at = one.at
        book.new.append(row)
    elif row.pk is not None:
        book.changed[row.pk] = row
    row.state, row.at, row.why, row.by = one.state, one.at, one.why, one.by
    row.evidence, row.note = [list(each) for each in one.evidence], one.note
    way.progress[one.step.key] = row
    book.facts.append(_fact(way, one))
    return row


def unmark(way: Way, step: Step) -> None:
    """Take back what was written down of a step; the caller records why."""
    row = way.progress.pop(step.key, None)
    if row is not None:
        row.delete()
    way.forget()


def refresh(enrolments: Iterable[Enrolment], *, known: dict[int, Way] | None = None) -> int:
    """Keep with each enrolment what comes next, since when and until when, and whether it has come to its end.

    Returns how many changed. The caller holds the rows locked.
    """
    found = list(enrolments)
    all_ways = known if known is not None and all(one.pk in known for one in found) else ways(found)
    changed = [one for one in found if _keep(one, all_ways[one.pk])]
    _rewrite(Enrolment, changed, _KEPT)
    done = [one for one in changed if one.__dict__.pop("_completed", False)]
    events.record_many(
        [
            events.Fact(None, "onboarding.completed", one, {"path": one.path.title, "person": one.person_id})
            for one in done
        ]
    )
    return len(changed)


def _keep(one: Enrolment, way: Way) -> bool:
    before = tuple(getattr(one, name) for name in _KEPT)
    step = way.next
    key = step.key if step else ""
    if key != one.next_key:
        one.next_key, one.next_since = key, timezone.now() if key else None
    one.next_due = way.due(step) if step else None
    one.done_steps, one.all_steps = way.counted
    for each in way.steps:
        kept = MILESTONES.get(each.check_key)
        row = way.progress.get(each.key)
        # What was reached once was reached, also when it is no longer so; what was waived was not.
        if kept and row is not None and row.state == Progress.State.VERIFIED and getattr(one, kept) is None:
            setattr(one, kept, row.first_at)
    if one.state == Enrolment.State.ACTIVE and way.is_finished:
        one.state, one.ended_at = Enrolment.State.DONE, timezone.now()
        one.__dict__["_completed"] = True
    return before != tuple(getattr(one, name) for name in _KEPT)


def _new(way: Way, step: Step) -> Progress:
    enrolment = way.enrolment
    row = Progress(path_id=enrolment.path_id, step_key=step.key)
    if step.scope == Step.Scope.TEAM and enrolment.team_id:
        row.team_id = enrolment.team_id
    else:
        row.enrolment = enrolment
    return row


def _fact(way: Way, one: Mark) -> events.Fact:
    facts: dict[str, Any] = {"step": one.step.title, "key": one.step.key, "person": way.enrolment.person_id}
    if one.why:
        facts["why"] = one.why
    if one.evidence:
        facts["evidence"] = [list(each) for each in one.evidence[:3]]
    return events.Fact(one.by, _VERBS[Progress.State(one.state)], way.enrolment, facts)
