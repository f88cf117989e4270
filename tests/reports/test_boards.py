"""Kept figures are those that computing from nothing gives, whatever changed; and nobody is shown another's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from coe.accounts.models import BusinessUnit, Grant
from coe.core import changes
from coe.core.http import today
from kpis.measures.models import Binding, Observation, Target
from kpis.reports import boards
from kpis.reports.audiences import EVERYTHING, Audience, audience_of
from kpis.reports.days import end_of, month_ends, trend_days
from kpis.reports.models import Board
from projects.catalog.models import Project, StageMove
from projects.tracking.models import Source
from projects.tracking.services import change_source
from tests.reports.conftest import World, moment

pytestmark = pytest.mark.django_db(transaction=True)


def shown(audience: Audience = EVERYTHING) -> dict[date, boards.Cells]:
    units = list(BusinessUnit.objects.values_list("pk", flat=True))
    return boards.cells_for(audience, trend_days(today()), units)


def from_nothing(audience: Audience = EVERYTHING) -> dict[date, boards.Cells]:
    """The same, computed with nothing kept, and kept nowhere."""
    with transaction.atomic():
        Board.objects.all().delete()
        found = shown(audience)
        transaction.set_rollback(True)
    return found


def changed(affects_from: datetime, act: Callable[[], object]) -> None:
    """What a verb does: the change and its note in one transaction."""
    with transaction.atomic():
        act()
        changes.note(affects_from=affects_from, what="test")


def observation_today(world: World) -> datetime:
    at = timezone.now()
    Observation.objects.create(binding=world.bindings["churn", "auc"], observed_at=at, value=0.9)
    return at


def correction_in_the_past(world: World) -> datetime:
    day = month_ends(today())[4]
    old = Observation.objects.filter(binding=world.bindings["churn", "auc"], observed_at__lt=end_of(day)).latest(
        "observed_at"
    )
    Observation.objects.filter(pk=old.pk).update(superseded_at=timezone.now())
    Observation.objects.create(binding=old.binding, observed_at=old.observed_at, value=0.88)
    return old.observed_at


def baseline_set(world: World) -> datetime:
    day = month_ends(today())[6]
    world.bindings["churn", "auc"].baselines.create(value=0.5, effective_from=day, note="better known")
    return end_of(day - timedelta(days=1))


def target_set(world: World) -> datetime:
    day = today() - timedelta(days=3)
    Target.objects.create(binding=world.bindings["meter", "auc"], value=0.9, effective_from=day)
    return end_of(day - timedelta(days=1))


def binding_created(world: World) -> datetime:
    binding = world.make.binding(world.meter, world.saving, baseline=0, target=10)
    world.make.observation(binding, 4, today().isoformat())
    return changes.EVER


def binding_removed(world: World) -> datetime:
    world.bindings["churn", "auc"].delete()
    return changes.EVER


def retired(world: World) -> datetime:
    day = month_ends(today())[8]
    world.churn.moves.create(
        before="production", after="retired", on=day, reason="Replaced", actor=world.executive, owner=world.executive
    )
    Project.objects.filter(pk=world.churn.pk).update(stage="retired")
    return moment(day, 0)


def unit_moved(world: World) -> datetime:
    BusinessUnit.objects.filter(pk=world.online.pk).update(
        parent=world.energy, lineage=[world.energy.pk, world.online.pk]
    )
    return changes.EVER


def project_moved(world: World) -> datetime:
    Project.objects.filter(pk=world.churn.pk).update(unit=world.energy)
    return changes.EVER


def redefined(world: World) -> datetime:
    day = month_ends(today())[10]
    version = world.auc.versions.get()
    version.pk, version.effective_from, version.roll_up, version.category = None, day, "worst", "reliability"
    version.save()
    return end_of(day - timedelta(days=1))


CHANGES = [
    observation_today,
    correction_in_the_past,
    baseline_set,
    target_set,
    binding_created,
    binding_removed,
    retired,
    unit_moved,
    project_moved,
    redefined,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_after_a_change_the_figures_are_those_of_computing_from_nothing(world: World, change) -> None:
    before = shown()
    assert shown() == before
    with transaction.atomic():
        changes.note(affects_from=change(world), what="test")
    after = shown()
    assert after == from_nothing()
    assert after != before


def test_a_change_of_today_recomputes_only_today(world: World) -> None:
    shown()
    computed = dict(Board.objects.values_list("as_of", "computed_at"))
    changed(timezone.now(), lambda: observation_today(world))
    shown()
    again = dict(Board.objects.values_list("as_of", "computed_at"))
    assert {day for day in computed if computed[day] != again[day]} == {today()}


def test_what_another_transaction_has_not_committed_yet_is_not_missed(world: World) -> None:
    """It began, and noted its change, before the board was computed; it commits afterwards."""
    noted, computed = threading.Event(), threading.Event()

    def writer() -> None:
        try:
            with transaction.atomic():
                changes.note(affects_from=observation_today(world), what="test")
                noted.set()
                computed.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=writer)
    thread.start()
    assert noted.wait(10)
    before = shown()
    computed.set()
    thread.join()
    assert shown() != before
    assert shown() == from_nothing()


def test_a_source_begins_to_fail_by_time_alone(world: World, monkeypatch) -> None:
    noon = moment(today())
    monkeypatch.setattr(timezone, "now", lambda: noon)
    source = world.make.source(interval_minutes=1, last_good_sync_at=noon)
    binding = world.make.binding(
        world.meter, world.make.kpi("f1"), experiment=world.make.experiment(source), baseline=0.1, target=0.9
    )
    world.make.observation(binding, 0.5, today().isoformat())
    before = shown()
    monkeypatch.setattr(timezone, "now", lambda: noon + timedelta(minutes=4))
    after = shown()
    key = (world.energy.pk, binding.kpi_id, "")
    assert before[today()][key].reason is None
    assert after[today()][key].reason == "source_failing"
    assert after[today()][key].since == Source.objects.get(pk=source.pk).last_good_sync_at
    assert after == from_nothing()


@pytest.mark.parametrize(("before", "after"), [(15, 60), (60, 15)])
def test_another_interval_of_a_source_shifts_when_it_fails(world: World, before: int, after: int) -> None:
    """An hour and a half without a good sync: too long for one read every quarter of an hour, not for an hourly one."""
    source = world.make.source(
        "slow", interval_minutes=before, last_good_sync_at=timezone.now() - timedelta(minutes=90)
    )
    binding = world.make.binding(
        world.meter, world.make.kpi("f2"), experiment=world.make.experiment(source), baseline=0.1, target=0.9
    )
    world.make.observation(binding, 0.5, today().isoformat())
    key = world.energy.pk, binding.kpi_id, ""
    reasons = {15: "source_failing", 60: None}
    assert shown()[today()][key].reason == reasons[before]
    administrator = world.make.person(roles=[("administrator", None)])
    change_source(actor=administrator, name="slow", try_connection=False, interval_minutes=after)
    assert shown()[today()][key].reason == reasons[after]
    assert shown() == from_nothing()


def test_audiences_share_nothing_that_one_may_not_see(world: World) -> None:
    everybody, stranger = audience_of(world.executive), audience_of(world.stranger)
    assert everybody == EVERYTHING
    assert stranger.hidden == {world.secret.pk}
    assert stranger.withheld == {world.bindings["churn", "saving"].pk}
    assert shown(everybody)[today()][world.energy.pk, world.auc.pk, ""].expected == 2
    key = world.retail.pk, world.saving.pk, ""
    assert shown(everybody)[today()][key].value == 900_000
    assert shown(stranger)[today()][key].value == 100_000
    assert shown(stranger)[today()][world.energy.pk, world.auc.pk, ""].expected == 1
    assert shown(stranger) == from_nothing(stranger)


def test_a_role_that_was_given_or_taken_counts_at_once(world: World) -> None:
    grant = Grant.objects.create(person=world.stranger, role="executive")
    assert audience_of(world.stranger) == EVERYTHING
    grant.delete()
    del world.stranger.__dict__["_standing"]
    assert audience_of(world.stranger).hidden == {world.secret.pk}


def test_a_project_that_was_hidden_leaves_the_figures_of_strangers(world: World) -> None:
    before = audience_of(world.stranger)
    Project.objects.filter(pk=world.meter.pk).update(visibility="members")
    after = audience_of(world.stranger)
    assert after.key != before.key
    assert (world.energy.pk, world.auc.pk, "") not in shown(after)[today()]


def test_two_at_once_keep_one_board_of_each_day(world: World) -> None:
    found: list[dict[date, boards.Cells]] = []
    start = threading.Barrier(2)

    def compute() -> None:
        try:
            start.wait(10)
            found.append(shown())
        finally:
            connection.close()

    threads = [threading.Thread(target=compute) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1] == from_nothing()
    assert Board.objects.count() == 13


def test_warming_keeps_what_is_true_and_confirms_it(world: World) -> None:
    assert boards.warm() == 13
    snapshots = set(Board.objects.values_list("snapshot", flat=True))
    changed(timezone.now(), lambda: observation_today(world))
    assert boards.warm() == 1
    assert boards.warm() == 0
    assert not snapshots & set(Board.objects.values_list("snapshot", flat=True))
    assert shown() == from_nothing()


def test_old_boards_and_notes_go_together(world: World) -> None:
    shown(audience_of(world.stranger))
    Board.objects.update(checked_at=timezone.now() - boards.BOARD_AGE - timedelta(minutes=1))
    assert boards.prune() == 13
    assert not Board.objects.exists()


def test_a_retired_project_counts_from_the_day_of_its_move(world: World) -> None:
    days = trend_days(today())
    StageMove.objects.create(
        project=world.churn, before="production", after="retired", on=days[6], reason="Replaced",
        actor=world.executive, owner=world.executive,
    )  # fmt: skip
    found = shown()
    key = world.retail.pk, world.auc.pk, ""
    assert [found[day][key].expected for day in days] == [2] * 6 + [1] * 7


def test_the_category_shows_the_kpi_that_most_projects_use(world: World) -> None:
    other = world.make.kpi("f1", position=0)
    world.make.binding(world.churn, other, baseline=0.1, target=0.9)
    cell = shown()[today()][world.retail.pk, None, "model_quality"]
    assert cell.shown_kpi_id == world.auc.pk
    assert (cell.reporting, cell.expected) == (2, 2)
    assert cell.index == pytest.approx((80 + 10) / 2)
    assert Binding.objects.filter(kpi=other).exists()
