"""Where people stand, against counting by hand."""

from __future__ import annotations

import statistics
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from coe.accounts.models import BusinessUnit, Person
from coe.core.http import today
from coe.onboarding import cohorts
from coe.onboarding.models import Enrolment, Progress, Team
from coe.paths.models import Path
from tests.factories import Make

KEYS = ["a", "b", "c"]


@pytest.fixture
def admin(make: Make) -> Person:
    return make.person(roles=[("administrator", None)])


def scattered(make: Make, path: Path, units: list[BusinessUnit], seed: int) -> list[Enrolment]:
    """Some people, each some steps along the path, each step some days after the one before."""
    choice = Random(seed)
    made = []
    for _ in range(choice.randint(5, 14)):
        person, start = make.person(), date(2026, 3, 1) + timedelta(days=choice.randint(0, 60))
        reached = choice.randint(0, 3)
        state = "done" if reached == 3 else choice.choice(["active", "active", "left"])
        at = datetime(start.year, start.month, start.day, tzinfo=UTC)
        one = Enrolment.objects.create(
            path=path,
            edition=path.editions.get(),
            person=person,
            unit=choice.choice(units),
            started_on=start,
            state=state,
            next_key=KEYS[reached] if reached < 3 else "",
            next_since=at,
            next_due=today() + timedelta(days=choice.randint(-5, 5)) if state == "active" else None,
            ended_at=None if state == "active" else at,
            first_run_at=at + timedelta(days=choice.randint(1, 30)) if reached else None,
        )
        for key in KEYS[:reached]:
            at += timedelta(days=choice.randint(1, 20))
            Progress.objects.create(enrolment=one, path=path, step_key=key, state="done", first_at=at, at=at)
        made.append(one)
    return made


@pytest.mark.parametrize("seed", range(6))
def test_the_table_and_the_steps_agree_with_counting_by_hand(make: Make, admin: Person, seed: int) -> None:
    units = [make.unit(), make.unit()]
    path = make.path(steps=[{"key": key} for key in KEYS])
    made = scattered(make, path, units, seed)
    rows = cohorts.seen_by(admin)
    (row,) = cohorts.table(rows, by_unit=False)
    assert (row.began, row.active, row.done, row.left) == (
        len(made),
        *(sum(one.state == state for one in made) for state in ("active", "done", "left")),
    )
    assert row.late == sum(one.next_due is not None and one.next_due < today() for one in made)
    days = [(one.first_run_at.date() - one.started_on).days for one in made if one.first_run_at]
    assert row.days_to_run == (pytest.approx(statistics.median(days)) if len(days) >= 3 else None)
    assert sum(one.began for one in cohorts.table(rows, by_unit=True)) == len(made)
    took: dict[str, list[float]] = {key: [] for key in KEYS}
    for one in made:
        before = datetime(one.started_on.year, one.started_on.month, one.started_on.day, tzinfo=UTC)
        for step in one.progress.order_by("at"):
            took[step.step_key].append((step.at - before).days)
            before = step.at
    for place in cohorts.places(rows, path):
        standing = [one for one in made if one.state == "active" and one.next_key == place.step.key]
        assert place.standing == len(standing)
        assert place.late == sum(one.next_due is not None and one.next_due < today() for one in standing)
        mine = took[place.step.key]
        assert place.took == (pytest.approx(statistics.median(mine)) if len(mine) >= 3 else None)


def test_a_unit_counts_with_its_sub_units_and_for_those_who_lead_it_alone(make: Make) -> None:
    retail, health = make.unit("retail"), make.unit("health")
    stores = make.unit("stores", parent=retail)
    path = make.path()
    for unit in (retail, stores, health):
        Enrolment.objects.create(
            path=path, edition=path.editions.get(), person=make.person(), unit=unit, started_on=today()
        )
    lead = make.person(roles=[("unit_lead", retail)])
    executive = make.person(roles=[("executive", None)])
    assert cohorts.totals(cohorts.seen_by(lead)).active == 2
    assert cohorts.totals(cohorts.seen_by(executive)).active == 3
    assert cohorts.totals(cohorts.seen_by(executive, unit=retail)).active == 2
    assert cohorts.totals(cohorts.seen_by(make.person())).active == 0
    assert cohorts.totals(cohorts.seen_by(executive, since=today() + timedelta(days=1))).active == 0


def test_the_step_that_costs_most_days(make: Make, admin: Person) -> None:
    path = make.path(steps=[{"key": "a"}, {"key": "b"}])
    for _ in range(3):
        one = Enrolment.objects.create(
            path=path, edition=path.editions.get(), person=make.person(), started_on=date(2026, 3, 2)
        )
        for key, day in (("a", 4), ("b", 20)):
            at = datetime(2026, 3, day, tzinfo=UTC)
            Progress.objects.create(enrolment=one, path=path, step_key=key, state="verified", first_at=at, at=at)
    slowest = cohorts.slowest(cohorts.places(cohorts.seen_by(admin), path))
    assert slowest is not None
    assert (slowest.step.key, slowest.took) == ("b", pytest.approx(16))


def went(path: Path, person: Person, start: date, team: Team | None = None) -> Enrolment:
    return Enrolment.objects.create(path=path, edition=path.editions.get(), person=person, team=team, started_on=start)


def did(whose: Enrolment | Team, path: Path, key: str, at: datetime, state: str = "verified") -> None:
    of = {"team": whose} if isinstance(whose, Team) else {"enrolment": whose}
    Progress.objects.create(path=path, step_key=key, state=state, first_at=at, at=at, **of)


@pytest.mark.parametrize("seed", range(8))
def test_what_a_team_did_once_counts_once(make: Make, admin: Person, seed: int) -> None:
    choice = Random(seed)
    path = make.path(steps=[{"key": key} for key in KEYS])
    took: dict[str, list[float]] = {key: [] for key in KEYS}
    for _ in range(choice.randint(2, 6)):
        lead = make.person()
        team = Team.objects.create(name="Team", lead=lead)
        of_team = {key: day(choice.randint(-3, 40)) for key in choice.sample(KEYS, choice.randint(0, 2))}
        for key, at in of_team.items():
            did(team, path, key, at)
        gaps: dict[str, list[float]] = {key: [] for key in of_team}
        for person in (lead, *(make.person() for _ in range(choice.randint(0, 2)))):
            start = choice.randint(0, 10)
            one = went(path, person, day(start).date(), team)
            own = {key: day(choice.randint(0, 40)) for key in KEYS if key not in of_team and choice.random() < 0.6}
            for key, at in own.items():
                did(one, path, key, at)
            before = day(start)
            for key, at in sorted({**of_team, **own}.items(), key=lambda each: (each[1], each[0])):
                then = max(at, day(start))
                (gaps[key] if key in of_team else took[key]).append((then - before).days)
                before = then
        for key, days in gaps.items():
            took[key].append(statistics.mean(days))
    for place in cohorts.places(cohorts.seen_by(admin), path):
        mine = took[place.step.key]
        assert place.took == (pytest.approx(statistics.median(mine)) if len(mine) >= 3 else None)


def day(after: int) -> datetime:
    return datetime(2026, 3, 10, tzinfo=UTC) + timedelta(days=after)


def test_who_had_a_run_before_the_start_needed_no_days(make: Make, admin: Person) -> None:
    path = make.path()
    for before in (-30, -2, 4, None):
        one = went(path, make.person(), date(2026, 3, 10))
        one.first_run_at = None if before is None else day(before)
        one.save()
    (row,) = cohorts.table(cohorts.seen_by(admin), by_unit=False)
    assert row.days_to_run == 0
    assert cohorts.totals(cohorts.seen_by(admin)).days_to_run == 0
    assert row.days_to_production is None
