"""Two workers at once on one alias, each stopped where it hurts most; and the same without the lease."""

from __future__ import annotations

import threading
import uuid

import pytest

from coe.core.models import Event
from projects.registry import orders
from projects.registry.models import AliasOrder
from tests import races
from tests.registry.conftest import Registry
from tests.tracking.lying import Asked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.mlflow]


def race(registry: Registry) -> list[object]:
    """One worker is about to set the older wish when a newer one is decided, and a second worker carries that out.

    Whoever sends the older wish waits until the other worker has come to its end (for a second, if it is not let in).
    """
    first = registry.order(2)
    begun, over = threading.Event(), threading.Event()

    def hold_the_older_back(asked: Asked) -> None:
        if asked.method == "POST" and b'"2"' in asked.body:
            begun.set()
            over.wait(10)

    registry.liar.lies["registered-models/alias"] = hold_the_older_back

    def slow() -> object:
        return orders.carry_out({"order": first.pk})

    def quick() -> object:
        begun.wait(10)
        second = registry.order(3)
        try:
            return orders.carry_out({"order": second.pk})
        finally:
            over.set()

    return races.together(slow, quick)


def test_one_worker_at_a_time_has_an_alias(registry: Registry) -> None:
    results = race(registry)
    assert races.failures(results, orders.NotYet) == 1
    # The one that was let in saw the newer wish and carried it out as well.
    assert results[0] is None
    assert registry.stands() == 3
    states = list(AliasOrder.objects.order_by("id").values_list("state", flat=True))
    assert (states, Event.objects.filter(verb="alias.applied").count()) == (["superseded", "applied"], 1)
    assert registry.moves() == [3]


def test_without_the_lease_the_older_wish_would_stand(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "take", lambda _managed: uuid.uuid4())
    monkeypatch.setattr(orders, "hold", lambda _managed, _token: None)
    race(registry)
    assert registry.stands() == 2


def test_the_same_order_twice_at_once_is_applied_once(registry: Registry) -> None:
    order = registry.order(2)
    meet = races.meeting()
    registry.liar.lies["registered-models/get?"] = lambda _asked: meet()
    results = races.together(*[lambda: orders.carry_out({"order": order.pk})] * 2)
    assert races.failures(results, orders.NotYet) == 1
    assert (registry.stands(), len(registry.events("alias.applied")), registry.moves()) == (2, 1, [2])
