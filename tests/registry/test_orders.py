"""Orders of aliases against a real MLflow server."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from coe.core import outbox
from coe.core.errors import Refused
from coe.core.models import Event, OutboxEntry
from projects.registry import orders, services
from projects.registry.models import AliasOrder, ManagedAlias
from projects.tracking.models import AliasMove, RegisteredModel
from tests.registry.conftest import Registry
from tests.tracking.lying import Asked, error_500

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.mlflow]


def test_an_order_is_applied_once_mlflow_says_so(registry: Registry, nobody_is_nudged: list[int]) -> None:
    order = registry.order(2)
    assert (order.state, registry.stands()) == ("waiting", None)
    assert nobody_is_nudged == [OutboxEntry.objects.get(key=f"order:{order.pk}").pk]
    assert outbox.sweep() == 1
    order.refresh_from_db()
    assert (order.state, order.error, registry.stands()) == ("applied", "", 2)
    managed, model = registry.managed, registry.model
    assert (managed.applied_version, managed.applied_at, managed.lease_token) == (2, order.applied_at, None)
    assert (model.aliases, model.aliases_at) == ({"production": 2}, order.applied_at)
    assert model.touched_at is not None
    assert model.touched_at >= order.asked_at
    assert AliasMove.objects.get(model=model).at == order.applied_at
    assert Event.objects.get(verb="alias.applied").actor == registry.approver
    assert registry.events("alias.applied")[0]["version"] == 2
    # What comes afterwards finds nothing to do.
    registry.sync()
    assert registry.moves() == [2]
    assert registry.events("model.alias_moved") == []


def test_an_order_takes_an_alias_away(registry: Registry) -> None:
    registry.order(2)
    registry.order(None)
    assert outbox.sweep() == 2
    assert registry.stands() is None
    registry.order(3)
    outbox.sweep()
    order = registry.order(None)
    outbox.sweep()
    order.refresh_from_db()
    assert (order.state, registry.stands(), registry.moves()) == ("applied", None, [3, None])


@pytest.mark.parametrize("turned", [False, True])
def test_the_newest_order_stands_whatever_is_carried_out_first(registry: Registry, turned: bool) -> None:
    first, second = registry.order(2), registry.order(3)
    for order in (second, first) if turned else (first, second):
        orders.carry_out({"order": order.pk})
        assert registry.stands() == 3
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "applied")
    assert registry.moves() == [3]
    assert [facts["version"] for facts in registry.events("alias.applied")] == [3]


def test_a_newer_order_that_comes_in_between_wins(registry: Registry) -> None:
    first = registry.order(2)
    later: list[AliasOrder] = []

    def decide_meanwhile(asked: Asked) -> None:
        if asked.method == "POST" and not later:
            later.append(registry.order(3))

    registry.liar.lies["registered-models/alias"] = decide_meanwhile
    orders.carry_out({"order": first.pk})
    first.refresh_from_db()
    later[0].refresh_from_db()
    assert (first.state, later[0].state, registry.stands()) == ("superseded", "applied", 3)


def test_mlflow_down_leaves_the_decision_and_says_why(registry: Registry) -> None:
    registry.liar.lies["registered-models/"] = error_500
    order = registry.order(2)
    for attempts in range(1, 20):
        registry.all_due()
        assert outbox.sweep() == 1
        order.refresh_from_db()
        assert (order.state, order.attempts) == ("waiting", attempts)
    assert "has an error of its own" in order.error
    entry = OutboxEntry.objects.get(key=orders.key(order.pk))
    assert entry.state == "waiting"
    assert entry.due_at <= timezone.now() + timedelta(minutes=10)
    registry.liar.honest()
    registry.sync()
    # The sync made it due at once.
    assert outbox.sweep() == 1
    order.refresh_from_db()
    assert (order.state, order.error, registry.stands()) == ("applied", "", 2)


def test_a_version_that_is_gone_is_said(registry: Registry) -> None:
    order = registry.order(9)
    outbox.sweep()
    order.refresh_from_db()
    assert order.error == f"Lab no longer has version 9 of {registry.name}. Decide for another version."
    assert registry.order(2).pk
    registry.all_due()
    outbox.sweep()
    order.refresh_from_db()
    assert (order.state, registry.stands()) == ("superseded", 2)


def test_a_model_that_is_gone_has_no_alias_to_take_away(registry: Registry) -> None:
    registry.team.client.delete_registered_model(registry.name)
    order = registry.order(None)
    outbox.sweep()
    order.refresh_from_db()
    assert order.state == "applied"


def test_a_source_that_is_switched_off_is_left_alone(registry: Registry) -> None:
    order = registry.order(2)
    registry.source.is_enabled = False
    registry.source.save()
    registry.liar.honest()
    outbox.sweep()
    order.refresh_from_db()
    assert "switched off" in order.error
    assert registry.liar.asked == []


def test_a_change_that_does_not_last_is_not_called_applied(registry: Registry) -> None:
    def say_yes_and_do_nothing(asked: Asked) -> tuple[int, bytes, dict[str, str]]:
        return 200, b"{}", {"Content-Type": "application/json"}

    registry.liar.lies["registered-models/alias"] = say_yes_and_do_nothing
    order = registry.order(2)
    outbox.sweep()
    order.refresh_from_db()
    assert (order.state, order.error) == (
        "waiting",
        "MLflow took the change, and still shows production on no version.",
    )


def test_one_dead_server_holds_up_nobody(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = registry.make.source("dead", url="http://127.0.0.1:9")
    for number in range(5):
        model = registry.make.model(dead, name=f"dead {number}")
        services.order_alias(model=model, alias="production", version=1, actor=registry.approver, reason="accepted")
    living = registry.order(2)
    assert outbox.sweep() == 2
    living.refresh_from_db()
    assert living.state == "applied"
    tried = AliasOrder.objects.filter(managed__model__source=dead, attempts=1)
    assert tried.count() == 1
    # The others wait a minute and no longer, and not for ever: each comes to its turn.
    entries = OutboxEntry.objects.filter(state="waiting")
    assert all(entry.due_at <= timezone.now() + timedelta(minutes=1) for entry in entries)
    for _ in range(4):
        OutboxEntry.objects.filter(state="waiting", attempts=0).update(due_at=timezone.now())
        outbox.sweep()
    assert tried.count() == 5


def test_an_answer_that_was_read_before_the_set_changes_nothing(registry: Registry) -> None:
    """A sync's page that was asked for before the alias was set, and is stored afterwards."""
    registry.order(2)
    outbox.sweep()
    order = registry.order(3)

    def carry_out_before_it_arrives(asked: Asked) -> tuple[int, bytes, dict[str, str]] | None:
        if asked.number != 1:
            return None
        told = asked.truth()
        orders.carry_out({"order": order.pk})
        return told

    registry.liar.honest()
    registry.liar.lies["registered-models/search"] = carry_out_before_it_arrives
    registry.sync()
    assert registry.stands() == 3
    assert (registry.model.aliases, registry.moves()) == ({"production": 3}, [2, 3])
    assert registry.events("alias.drifted") == []


def test_without_the_time_of_the_answer_it_would(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.order(2)
    outbox.sweep()
    order = registry.order(3)

    def carry_out_before_it_arrives(asked: Asked) -> tuple[int, bytes, dict[str, str]] | None:
        if asked.number != 1:
            return None
        told = asked.truth()
        orders.carry_out({"order": order.pk})
        RegisteredModel.objects.update(aliases_at=None)
        return told

    registry.liar.honest()
    registry.liar.lies["registered-models/search"] = carry_out_before_it_arrives
    registry.sync()
    assert (registry.model.aliases, registry.moves()) == ({"production": 2}, [2, 3, 2])
    # The server is asked again all the same: no drift is told.
    assert registry.events("alias.drifted") == []


def test_a_move_that_a_sync_saw_first_is_not_told_twice(registry: Registry) -> None:
    order = registry.order(2)
    registry.liar.honest()
    registry.liar.lies["registered-models/get?"] = lambda asked: error_500(asked) if asked.number == 2 else None
    outbox.sweep()
    order.refresh_from_db()
    # It was set; the answer that says so was lost.
    assert (order.state, registry.stands()) == ("waiting", 2)
    registry.liar.honest()
    registry.sync()
    assert registry.moves() == [2]
    registry.all_due()
    outbox.sweep()
    order.refresh_from_db()
    assert (order.state, registry.moves()) == ("applied", [2])
    assert len(registry.events("alias.applied")) == 1


def test_a_mistake_of_our_own_is_said_too(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    order = registry.order(2)
    with monkeypatch.context() as broken:
        broken.setattr(orders, "_mirror", lambda *_words: 1 / 0)
        outbox.sweep()
    order.refresh_from_db()
    assert (order.state, order.error) == ("waiting", "Cairn itself made a mistake at it; its log says more.")
    registry.all_due()
    outbox.sweep()
    order.refresh_from_db()
    assert (order.state, registry.events("alias.applied")[0]["version"]) == ("applied", 2)


def test_a_worker_that_lost_its_lease_marks_nothing(registry: Registry) -> None:
    order = registry.order(2)

    def take_over(asked: Asked) -> None:
        if asked.method == "POST":
            ManagedAlias.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
            assert orders.take(registry.managed.pk)

    registry.liar.lies["registered-models/alias"] = take_over
    with pytest.raises(orders.LeaseLost):
        orders.carry_out({"order": order.pk})
    order.refresh_from_db()
    assert (order.state, order.attempts, registry.events("alias.applied")) == ("waiting", 0, [])
    assert registry.managed.lease_token is not None


@pytest.mark.parametrize(
    ("alias", "reason", "field"),
    [("", "x", "alias"), ("a", " ", "reason"), ("a" * 257, "x", "alias"), ("a", "x" * 501, "reason")],
)
def test_a_bad_order_names_its_field(registry: Registry, alias: str, reason: str, field: str) -> None:
    with pytest.raises(ValidationError) as told:
        services.order_alias(model=registry.model, alias=alias, version=1, actor=registry.approver, reason=reason)
    assert list(told.value.message_dict) == [field]


def test_an_order_may_be_tried_now(registry: Registry, nobody_is_nudged: list[int]) -> None:
    registry.liar.lies["registered-models/"] = error_500
    order = registry.order(2)
    outbox.sweep()
    for person in (registry.owner, registry.make.person()):
        with pytest.raises(PermissionDenied):
            services.retry_order(order=order, actor=person)
    nobody_is_nudged.clear()
    services.retry_order(order=order, actor=registry.approver)
    assert len(nobody_is_nudged) == 1
    registry.liar.honest()
    assert outbox.sweep() == 1
    with pytest.raises(Refused):
        services.retry_order(order=order, actor=registry.approver)
    assert registry.stands() == 2
