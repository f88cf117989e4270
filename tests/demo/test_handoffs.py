"""The phase of the handoffs against a real MLflow server, to which four of the group's teams have logged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import override_settings
from mlflow import MlflowClient
from rest_framework.test import APIClient

from coe.core.models import Event, OutboxEntry
from demo.world import phases
from demo.world.clock import today
from demo.world.content.handovers import HANDED_OVER
from demo.world.people import Cast
from projects.catalog.models import Project, Stage, StageMove
from projects.handoffs import record
from projects.handoffs.models import Decision, Evidence, Handoff, State
from projects.registry.models import AliasOrder, Drift, Hook, ManagedAlias
from projects.tracking.models import AliasMove, ModelVersion, RegisteredModel
from tests.demo.conftest import CountingBar, sync_group, train_and_sync
from tests.independent.inside import Inside
from tests.independent.recompute import Portal, World, compare

pytestmark = [pytest.mark.mlflow, pytest.mark.django_db, pytest.mark.usefixtures("handed_over")]


@pytest.fixture(scope="module")
def handed_over(world: CountingBar, mlflow_server: str) -> Iterator[CountingBar]:
    """The year of handoffs told and the day's events happened, then one ordinary sync."""
    bar = CountingBar()
    with override_settings(PRIVATE_HOSTS_ALLOWED=["127.0.0.1"]):
        train_and_sync(mlflow_server)
        phases.bind_phase(CountingBar())
        phases.handoffs_phase(bar)
        sync_group()
        yield bar


def test_there_are_handoffs_in_every_state(handed_over: CountingBar) -> None:
    assert handed_over.done == handed_over.total
    assert set(Handoff.objects.values_list("state", flat=True)) == set(State.values)
    assert Handoff.objects.filter(state=State.ACCEPTED, round=2).exists()
    assert Handoff.objects.filter(state=State.ACCEPTED).count() >= 5


def test_production_stands_in_mlflow_where_the_last_acceptance_put_it(mlflow_server: str) -> None:
    client = MlflowClient(mlflow_server, registry_uri=mlflow_server)
    for managed in ManagedAlias.objects.select_related("model").exclude(drifts__state=Drift.State.OPEN):
        accepted = Handoff.objects.filter(model_version__model=managed.model, state=State.ACCEPTED)
        last = accepted.select_related("model_version").order_by("decided_at").last()
        assert last is not None
        there = client.get_model_version_by_alias(managed.model.name, managed.alias)
        assert int(there.version) == last.model_version.version == managed.applied_version
        assert managed.model.aliases[managed.alias] == managed.applied_version
        assert there.tags["gate"] == "passed"


def test_every_order_was_carried_out_at_its_time() -> None:
    assert set(AliasOrder.objects.values_list("state", flat=True)) == {AliasOrder.State.APPLIED}
    assert not OutboxEntry.objects.exclude(state="done").exists()
    for handoff in Handoff.objects.filter(state=State.ACCEPTED).select_related("order__managed"):
        assert handoff.order is not None
        assert handoff.decided_at is not None
        assert handoff.order.applied_at is not None
        assert timedelta() < handoff.order.applied_at - handoff.decided_at < timedelta(minutes=1)
        # Where the alias stood there already, it did not move.
        moves = AliasMove.objects.filter(model__versions=handoff.model_version_id, alias=handoff.order.managed.alias)
        assert moves.filter(at__lte=handoff.order.applied_at).latest("at").version == handoff.order.version


def test_aliases_have_a_past() -> None:
    moves = AliasMove.objects.filter(model__name="customer-churn", alias="production").order_by("at")
    assert moves.count() >= 2
    assert moves[0].at.date() < today() - timedelta(days=25)
    assert [move.at for move in moves] == sorted(move.at for move in moves)


def test_each_was_decided_in_the_face_of_the_versions_of_its_day() -> None:
    accepted = Decision.objects.filter(kind=Decision.Kind.ACCEPTED).select_related("handoff__model_version")
    for decision in accepted:
        version = decision.handoff.model_version
        assert version.created_at is not None
        assert version.created_at < decision.handoff.opened_at < decision.at
        assert decision.newest_version == version.version
        assert decision.sha256 == record.checksum(decision.record)
    assert not ModelVersion.objects.exclude(missing_since=None).exists()


def test_projects_came_into_production_on_the_day_of_their_first_acceptance() -> None:
    moves = StageMove.objects.filter(project__slug__in=HANDED_OVER, after=Stage.PRODUCTION)
    assert moves.count() == 4
    for move in moves.select_related("project"):
        assert not move.is_override
        first = Handoff.objects.filter(project=move.project, state=State.ACCEPTED).earliest("decided_at")
        assert first.decided_at is not None
        assert move.on == first.decided_at.date()


def test_projects_without_a_model_are_in_production_by_an_override() -> None:
    for project in Project.objects.filter(stage=Stage.PRODUCTION).exclude(slug__in=HANDED_OVER):
        assert project.moves.get(after=Stage.PRODUCTION).is_override


def test_one_is_stale_and_another_handoff_can_take_its_answers() -> None:
    stale = Handoff.objects.get(model_version__model__name="credit-default", state=State.IN_REVIEW)
    newest = stale.model_version.model.versions.order_by("-version")[0]
    assert newest.version > stale.model_version.version
    assert not newest.handoffs.exists()


def test_a_new_version_has_opened_a_draft_by_itself_and_the_team_has_begun() -> None:
    hook = Hook.objects.get(source__name="group-mlflow")
    assert hook.opens_on == Hook.OpensOn.VERSION
    draft = Handoff.objects.get(origin=Handoff.Origin.VERSION)
    assert (draft.state, draft.model_version.model.name) == (State.DRAFT, "customer-churn")
    states = Counter(draft.answers.values_list("state", flat=True))
    assert states["done"] > 0
    assert states["open"] > states["done"]
    assert draft.check_runs.filter(outcome="passed").count() >= 5


def test_the_sync_found_the_alias_that_was_moved_on_the_server() -> None:
    drift = Drift.objects.get(state=Drift.State.OPEN)
    model = drift.managed.model
    assert model.name == "solar-yield"
    assert drift.found_version == model.aliases["production"] != drift.expected_version


def test_evidence_is_of_every_kind() -> None:
    kinds = Counter(Evidence.objects.values_list("kind", flat=True))
    assert set(kinds) == set(Evidence.Kind.values)
    types = set(Evidence.objects.filter(file__isnull=False).values_list("file__media_type", flat=True))
    assert types == {"image/png", "text/plain"}
    assert not Evidence.objects.filter(text__contains="{").exists()


@pytest.mark.parametrize("days_ago", [0, 20, 45])
def test_an_independent_script_agrees_on_every_figure(api: Callable[..., APIClient], days_ago: int) -> None:
    portal = Portal("http://testserver", Inside(api(Cast.now().centre)))
    compared, differences = compare(portal, World(portal, "UTC"), today() - timedelta(days=days_ago))
    assert differences == []
    assert compared > 250


def test_a_second_call_changes_nothing() -> None:
    before = (Event.objects.count(), Handoff.objects.count(), RegisteredModel.objects.count())
    assert phases.handoffs_phase(CountingBar()) == 0
    assert (Event.objects.count(), Handoff.objects.count(), RegisteredModel.objects.count()) == before
