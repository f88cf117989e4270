"""Who hears of aliases that were moved behind our back, and of orders that MLflow does not take."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from coe.core.models import Event
from projects.registry import drift, orders, services
from projects.registry.models import AliasOrder, ManagedAlias
from projects.tracking.mlflow import Fault, GatewayError
from tests.factories import Make
from tests.hearsay import heard, lines, threads

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make: Make) -> Any:
    retail = make.unit("retail")
    owner = make.person(name="Olga Owner")
    project = make.project("churn", unit=retail, owner=owner)
    model = make.model(make.source("tracker"), project=project, name="churn")
    return SimpleNamespace(
        owner=owner,
        project=project,
        model=model,
        approver=make.person(name="Oto Operator", roles=[("approver", retail)]),
        admin=make.person(name="Adam Admin", roles=[("administrator", None)]),
        other=make.person(name="Ole Other", roles=[("approver", make.unit("energy"))]),
        managed=ManagedAlias.objects.create(
            model=model, alias="production", wanted_version=2, applied_version=2, applied_at=timezone.now()
        ),
    )


def found_on(world: Any, version: int | None) -> Any:
    one = world.managed
    expected = drift.Expected(one.pk, world.model.pk, "churn", one.alias, one.applied_version, one.applied_at)
    return drift.judge(expected, version)


def test_who_decides_and_who_owns_it_hears_that_an_alias_moved(world: Any) -> None:
    found_on(world, 3)
    text = (
        "The alias production of churn stands on version 3 in MLflow, where nobody here put it. "
        "Record it or have it put back."
    )
    assert heard("alias.drifted") == dict.fromkeys(["Adam Admin", "Olga Owner", "Oto Operator"], text)
    assert threads("alias.drifted") == {("handoffs", f"model:{world.model.pk}")}
    assert {line.url for line in lines("alias.drifted")} == {f"{world.model.versions_url}#aliases"}


def test_of_a_model_without_a_project_the_centre_hears(world: Any) -> None:
    type(world.model).objects.update(project=None)
    found_on(world, None)
    assert list(heard("alias.drifted")) == ["Adam Admin"]


def test_the_owner_hears_what_was_decided(world: Any) -> None:
    services.record_drift(drift=found_on(world, 3), actor=world.approver, reason="It was agreed by phone")
    assert heard("alias.drift_recorded") == {
        "Olga Owner": "Oto Operator recorded that production of churn stands on version 3: It was agreed by phone."
    }
    world.managed.refresh_from_db()
    services.put_back(drift=found_on(world, 1), actor=world.approver, reason="A mistake")
    assert heard("alias.drift_put_back") == {
        "Olga Owner": "Oto Operator has production of churn put back to version 3: A mistake."
    }


# -- orders that are late -------------------------------------------------------------------------------------------
def ordered(world: Any, ago: timedelta) -> AliasOrder:
    with transaction.atomic():
        made = services.order_alias(
            model=world.model, alias="production", version=3, actor=world.approver, reason="accepted"
        )
    AliasOrder.objects.filter(pk=made.pk).update(asked_at=timezone.now() - ago)
    return made


def fails(world: Any) -> None:
    """One more try, which MLflow does not answer."""
    token = orders.take(world.managed.pk)
    assert token is not None
    orders._note_failure(world.managed, token, GatewayError(Fault.NO_ANSWER, "Tracker does not answer."))
    orders.release(world.managed.pk, token)


def delays() -> int:
    return Event.objects.filter(verb="alias.delayed").count()


def test_an_order_that_is_late_is_told_once(world: Any) -> None:
    made = ordered(world, timedelta(minutes=2))
    fails(world)
    assert delays() == 0
    # A quarter of an hour later, and again.
    AliasOrder.objects.filter(pk=made.pk).update(asked_at=timezone.now() - timedelta(minutes=16))
    AliasOrder.objects.filter(pk=made.pk).update(tried_at=timezone.now() - timedelta(minutes=5))
    fails(world)
    fails(world)
    assert delays() == 1
    assert list(heard("alias.delayed")) == ["Adam Admin", "Olga Owner", "Oto Operator"]


def test_one_that_was_not_tried_for_long_is_told_too(world: Any) -> None:
    ordered(world, timedelta(hours=3))
    fails(world)
    fails(world)
    assert delays() == 1
