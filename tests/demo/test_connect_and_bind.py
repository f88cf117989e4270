"""The two later phases against a real MLflow server, to which four of the group's teams have logged three months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import override_settings
from rest_framework.test import APIClient

from coe.core.models import Event
from demo.training.portfolio import SMALL, baseline_value, case
from demo.world import phases
from demo.world.clock import today
from demo.world.connecting import GROUP_SOURCE, PLANT_SOURCE
from demo.world.people import Cast
from kpis.measures.models import Binding, MetricName
from kpis.measures.queries import readings_as_of
from kpis.measures.readings import Reading, Reason
from projects.tracking import services
from projects.tracking.models import Experiment, Source, Sync
from tests.demo.conftest import CountingBar
from tests.independent.inside import Inside
from tests.independent.recompute import Portal, World, compare

pytestmark = [pytest.mark.mlflow, pytest.mark.django_db, pytest.mark.usefixtures("bound")]


def reading(project: str, kpi: str) -> Reading:
    binding = Binding.objects.get(project__slug=project, kpi__key=kpi)
    return readings_as_of([binding.pk], [today()])[binding.pk, today()]


def test_what_was_not_trained_is_told(bound: list[str]) -> None:
    assert not set(bound) & {*SMALL, "weld-seam-inspection"}
    assert len(bound) == 13


def test_a_trained_project_reads_what_its_newest_model_reached() -> None:
    found = reading("predictive-maintenance", "auc")
    assert found.reason is None
    assert found.value is not None
    assert found.index is not None
    assert found.baseline == baseline_value("predictive-maintenance").value
    assert found.target == case("predictive-maintenance").primary.target


def test_a_baseline_knows_the_data_that_it_was_measured_on() -> None:
    baseline = Binding.objects.get(project__slug="customer-churn", kpi__key="auc").baselines.get()
    assert baseline.dataset_digest == baseline_value("customer-churn").digest
    assert baseline.note == case("customer-churn").rule.note


def test_the_plant_was_read_and_does_not_answer_any_more() -> None:
    source = Source.objects.get(name=PLANT_SOURCE)
    assert source.last_good_sync_at is not None
    assert (today() - source.last_good_sync_at.date()).days >= 9
    assert reading("weld-seam-inspection", "auc").reason == Reason.SOURCE_FAILING
    with override_settings(PRIVATE_HOSTS_ALLOWED=["127.0.0.1"]):
        sync = services.request_sync(actor=Cast.now().centre, name=PLANT_SOURCE)
        failed = services.run_sync(sync_id=sync.pk)
    assert failed.state == Sync.State.FAILED
    assert "does not answer" in failed.error


def test_some_names_and_experiments_still_wait() -> None:
    names = MetricName.objects.filter(source__name=GROUP_SOURCE)
    assert names.get(key="auc").kpi is not None
    assert names.get(key="model_kb").is_ignored
    assert names.filter(key="brier", kpi=None, is_ignored=False).exists()
    unlinked = Experiment.objects.unlinked().filter(source__name=GROUP_SOURCE).values_list("name", flat=True)
    assert "maintenance playground" in unlinked


@pytest.mark.parametrize("days_ago", [0, 20, 45])
def test_an_independent_script_agrees_on_every_figure(api: Callable[..., APIClient], days_ago: int) -> None:
    portal = Portal("http://testserver", Inside(api(Cast.now().centre)))
    compared, differences = compare(portal, World(portal, "UTC"), today() - timedelta(days=days_ago))
    assert differences == []
    assert compared > 250


def test_a_second_call_changes_nothing(mlflow_server: str) -> None:
    before = Event.objects.count()
    with override_settings(PRIVATE_HOSTS_ALLOWED=["127.0.0.1"]):
        assert phases.connect_phase(mlflow_server, CountingBar()) == 0
        phases.bind_phase(CountingBar())
    assert Event.objects.count() == before


def test_the_server_is_followed_to_another_address(mlflow_server: str) -> None:
    moved = mlflow_server.replace("127.0.0.1", "localhost")
    with override_settings(PRIVATE_HOSTS_ALLOWED=["127.0.0.1", "localhost"]):
        assert phases.connect_phase(moved, CountingBar()) == 1
    assert Source.objects.get(name=GROUP_SOURCE).url == moved
