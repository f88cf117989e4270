"""The first phase on an empty database: entered by the verbs, twice the same, and in itself sound."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from django.apps import apps

from coe.accounts.models import BusinessUnit, Person
from coe.core.models import Event
from demo.world import phases
from demo.world.clock import month_end, today
from demo.world.sign_in import SIGN_IN
from kpis.measures.models import Binding, Kpi, Observation
from kpis.measures.queries import readings_as_of
from kpis.measures.readings import Reason
from projects.catalog.models import Project, Stage, StageMove
from tests.demo.conftest import CountingBar

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def rows() -> dict[str, int]:
    """How many rows each table of the portal has."""
    labels = ("core", "accounts", "catalog", "tracking", "measures")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    return {model._meta.label: model._default_manager.count() for model in models}


def test_it_did_all_its_steps(world: CountingBar) -> None:
    assert world.done == world.total
    assert Person.objects.count() == 60
    assert BusinessUnit.objects.filter(parent=None).count() == 6
    assert Project.objects.count() == 46


def test_a_second_call_changes_nothing() -> None:
    before = rows()
    assert phases.people_phase(CountingBar()) == 0
    assert rows() == before


def test_everyone_on_the_sign_in_page_is_there() -> None:
    assert Person.objects.filter(email__in=[email for email, _ in SIGN_IN], is_active=True).count() == len(SIGN_IN)


def test_there_are_projects_at_every_stage_and_each_move_follows_the_one_before() -> None:
    assert set(Project.objects.values_list("stage", flat=True)) == set(Stage.values)
    for project in Project.objects.prefetch_related("moves"):
        moves = list(project.moves.all())
        assert [move.before for move in moves] == ["", *(move.after for move in moves[:-1])]
        assert [move.on for move in moves] == sorted(move.on for move in moves)
        assert moves[-1].after == project.stage
        assert moves[0].on >= today() - timedelta(days=2 * 366 + 30)


def test_everything_happened_at_its_time_and_in_its_order() -> None:
    events = Event.objects.order_by("id").values_list("at", flat=True)
    assert list(events) == sorted(events)
    assert events[0].date() < today() - timedelta(days=700)
    assert len({at.date() for at in events}) > 200


def test_every_change_has_its_event() -> None:
    verbs = Counter(Event.objects.values_list("verb", flat=True))
    assert verbs["project.created"] == 46
    assert verbs["project.moved"] == StageMove.objects.exclude(before="").count()
    assert verbs["observation.entered"] == Observation.objects.count()
    assert verbs["binding.created"] == Binding.objects.count()
    assert verbs["kpi.defined"] == Kpi.objects.count()


def test_targets_are_better_than_baselines_on_every_day_of_the_year() -> None:
    bindings = Binding.objects.select_related("kpi")
    directions = {binding.pk: binding.kpi.versions.get().direction for binding in bindings}
    days = [today() - timedelta(days=ago) for ago in range(0, 366, 15)]
    for (pk, _), reading in readings_as_of(Binding.objects.all(), days).items():
        if reading.baseline is not None and reading.target is not None:
            assert (reading.target > reading.baseline) == (directions[pk] == "higher")


@pytest.mark.parametrize("months_ago", [0, 1, 4, 8, 11])
def test_each_vertical_has_figures(months_ago: int) -> None:
    day = today() if months_ago == 0 else month_end(today(), months_ago)
    readings = readings_as_of(Binding.objects.all(), [day])
    units = dict(Binding.objects.values_list("pk", "project__unit__lineage"))
    told = {units[pk][0] for (pk, _), reading in readings.items() if reading.index is not None}
    assert told == set(BusinessUnit.objects.filter(parent=None).values_list("pk", flat=True))


def test_the_awkward_shows() -> None:
    readings = readings_as_of(Binding.objects.all(), [today()])
    reasons = {reading.reason for reading in readings.values()}
    assert {Reason.STALE, Reason.NO_BASELINE, Reason.NO_TARGET, None} <= reasons
    assert Binding.objects.filter(is_withheld=True).count() == 1
    assert [binding.baselines.count() for binding in Binding.objects.all()].count(2) == 1
    assert any(binding.targets.count() == 2 for binding in Binding.objects.all())


def test_a_month_that_is_missing_at_the_end_is_entered() -> None:
    newest = month_end(today(), 1)
    lasting = Binding.objects.get(project__slug="customer-churn", kpi__key="adoption")
    lost = lasting.observations.filter(observed_at__date=newest)
    assert lost.count() == 1
    value = lost.get().value
    lost.delete()
    assert phases.people_phase(CountingBar()) == 1
    assert lasting.observations.get(observed_at__date=newest).value == value


def test_dates_are_of_this_world() -> None:
    assert not StageMove.objects.filter(on__gt=today()).exists()
    assert not Observation.objects.filter(observed_at__date__gt=today()).exists()
    assert min(Observation.objects.values_list("observed_at", flat=True)).date() >= date(today().year - 2, 1, 1)
