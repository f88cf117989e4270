"""Coming onto paths, alone, in a team, as a unit; leaving; days away."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coe.core.errors import Refused
from coe.core.http import today
from coe.onboarding import services
from coe.onboarding.models import Enrolment, Team
from coe.onboarding.way import way_of
from coe.paths.models import Path
from tests.factories import Make
from tests.races import failures, together


@pytest.fixture
def path(make: Make) -> Path:
    return make.path(steps=[{"key": "a", "due_days": 5}, {"key": "b", "due_days": 10}])


def test_one_begins_a_path(make: Make, path: Path) -> None:
    person = make.person(unit=make.unit("retail"))
    one = services.enrol(actor=person, path=path.slug, started_on=date(2026, 11, 2))
    assert (one.person, one.unit, one.edition.number, one.next_key) == (person, person.unit, 1, "a")
    assert one.next_due == date(2026, 11, 9)
    with pytest.raises(Refused, match="on this path already"):
        services.enrol(actor=person, path=path.slug)


def test_nobody_else_is_put_on_one_but_by_who_leads(make: Make, path: Path) -> None:
    retail, health = make.unit("retail"), make.unit("health")
    lead, person = make.person(roles=[("unit_lead", retail)]), make.person(unit=retail)
    with pytest.raises(PermissionDenied):
        services.enrol(actor=make.person(), path=path.slug, person_id=person.pk)
    assert services.enrol(actor=lead, path=path.slug, person_id=person.pk).enrolled_by == lead
    with pytest.raises(PermissionDenied):
        services.enrol(actor=lead, path=path.slug, person_id=make.person(unit=health).pk)


def test_drafts_and_paths_put_away_cannot_be_begun(make: Make) -> None:
    owner = make.person()
    draft = make.path(published=False, owner=owner)
    with pytest.raises(Refused, match="a draft"):
        services.enrol(actor=owner, path=draft.slug)
    with pytest.raises(Path.DoesNotExist):
        services.enrol(actor=make.person(), path=draft.slug)
    away = make.path(is_archived=True)
    with pytest.raises(Refused, match="put away"):
        services.enrol(actor=owner, path=away.slug)


@pytest.mark.parametrize(
    "given", [{"experience": "wizard"}, {"started_on": today() - timedelta(days=400)}], ids=["experience", "start"]
)
def test_what_makes_no_sense_is_refused(make: Make, path: Path, given: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        services.enrol(actor=make.person(), path=path.slug, **given)  # type: ignore[arg-type]
    assert set(refused.value.message_dict) == set(given)


def test_a_team_comes_as_a_whole_and_nobody_twice(make: Make, path: Path) -> None:
    lead, other = make.person(), make.person()
    team = services.make_team(actor=lead, name="Churn", members=[other.pk])
    services.enrol(actor=other, path=path.slug)
    made = services.enrol_team(actor=lead, path=path.slug, team_id=team.pk)
    assert [one.person for one in made] == [lead]
    with pytest.raises(Team.DoesNotExist):
        services.enrol_team(actor=make.person(), path=path.slug, team_id=team.pk)


def test_a_team_is_people_with_open_accounts(make: Make) -> None:
    lead = make.person()
    closed = make.person(is_active=False)
    with pytest.raises(ValidationError):
        services.make_team(actor=lead, name="Churn", members=[closed.pk])
    with pytest.raises(ValidationError):
        services.make_team(actor=lead, name=" ")
    with pytest.raises(ValidationError):
        services.make_team(actor=lead, name="Churn", subject=(1, 10**9))
    team = services.make_team(actor=lead, name="Churn")
    other = make.person()
    services.change_team(team_id=team.pk, actor=lead, name="Churn two", members=[other.pk])
    assert set(team.members.all()) == {lead, other}
    with pytest.raises(PermissionDenied):
        services.change_team(team_id=team.pk, actor=other, name="Mine", members=[])


def test_a_unit_comes_as_a_whole_but_for_who_was_there(make: Make, path: Path) -> None:
    retail = make.unit("retail")
    stores = make.unit("stores", parent=retail)
    lead = make.person(roles=[("unit_lead", retail)])
    people = [make.person(unit=retail), make.person(unit=stores), make.person(unit=stores, is_active=False)]
    services.enrol(actor=people[0], path=path.slug)
    made = services.enrol_unit(actor=lead, path=path.slug, unit=retail)
    assert [(one.person, one.unit) for one in made] == [(people[1], retail)]
    with pytest.raises(Refused, match="Everybody"):
        services.enrol_unit(actor=lead, path=path.slug, unit=retail)
    with pytest.raises(PermissionDenied):
        services.enrol_unit(actor=people[0], path=path.slug, unit=retail)


def test_who_left_can_begin_anew(make: Make, path: Path) -> None:
    person = make.person()
    one = services.enrol(actor=person, path=path.slug)
    services.finish_step(enrolment_id=one.pk, key="a", actor=person)
    with pytest.raises(ValidationError):
        services.leave_path(enrolment_id=one.pk, actor=person, why="")
    services.leave_path(enrolment_id=one.pk, actor=person, why="Moved to another team.")
    with pytest.raises(Refused):
        services.leave_path(enrolment_id=one.pk, actor=person, why="Again")
    again = services.enrol(actor=person, path=path.slug)
    assert again.done_steps == 0
    assert one.progress.count() == 1


def test_days_away_move_the_dates_by_working_days(make: Make, path: Path) -> None:
    person = make.person()
    one = services.enrol(actor=person, path=path.slug, started_on=date(2026, 11, 2))
    services.shift_dates(
        enrolment_id=one.pk, actor=person, first=date(2026, 11, 5), last=date(2026, 11, 10), why="Holidays"
    )
    one.refresh_from_db()
    # Thursday, Friday, Monday, Tuesday.
    assert (one.shifted_days, one.next_due) == (4, date(2026, 11, 13))
    for first, last in ((date(2026, 11, 5), date(2026, 11, 4)), (date(2026, 10, 1), date(2026, 10, 5))):
        with pytest.raises(ValidationError):
            services.shift_dates(enrolment_id=one.pk, actor=person, first=first, last=last, why="Holidays")


def test_a_mentor_is_named_by_who_guides(make: Make, path: Path) -> None:
    admin, mentor = make.person(roles=[("administrator", None)]), make.mentor()
    one = services.enrol(actor=make.person(), path=path.slug)
    assert services.set_mentor(enrolment_id=one.pk, actor=admin, mentor_id=mentor.pk).mentor == mentor
    assert services.set_mentor(enrolment_id=one.pk, actor=admin, mentor_id=None).mentor is None
    with pytest.raises(PermissionDenied):
        services.set_mentor(enrolment_id=one.pk, actor=one.person, mentor_id=mentor.pk)
    with pytest.raises(ValidationError):
        services.set_mentor(enrolment_id=one.pk, actor=admin, mentor_id=10**9)


def test_roles_and_experience_decide_what_is_on_the_way(make: Make) -> None:
    path = make.path(
        steps=[
            {"key": "all"},
            {"key": "leads", "roles": ["unit_lead"]},
            {"key": "new", "experience": ["new"], "needs": ["leads"]},
        ]
    )
    one = services.enrol(actor=make.person(), path=path.slug)
    assert [step.key for step in way_of(one).mine] == ["all", "new"]
    other = services.enrol(actor=make.person(), path=path.slug, experience="experienced")
    assert [step.key for step in way_of(other).mine] == ["all"]


@pytest.mark.django_db(transaction=True)
def test_two_clicks_begin_it_once(make: Make) -> None:
    """The database's own constraint decides; without it there would be two, which the verb alone does not see."""
    person, path = make.person(), make.path()
    results = together(*[lambda: services.enrol(actor=person, path=path.slug) for _ in range(2)])
    assert failures(results, Refused) == 1
    assert Enrolment.objects.count() == 1
