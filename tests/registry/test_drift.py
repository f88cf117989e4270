"""Aliases moved behind our back: found, judged, decided."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coe.core import outbox
from coe.core.errors import Refused
from projects.registry import drift, orders, services
from projects.registry.models import Drift
from projects.tracking.models import RegisteredModel
from tests import races
from tests.registry.conftest import Registry
from tests.tracking.lying import Asked, error_500

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.mlflow]


@pytest.fixture
def moved(registry: Registry) -> Registry:
    """Put on version 2 from here, then on version 1 by somebody in MLflow, and read."""
    registry.order(2)
    outbox.sweep()
    registry.set_behind_our_back(1)
    registry.sync()
    return registry


def test_a_move_behind_our_back_is_found_once(moved: Registry) -> None:
    found = moved.drift()
    assert (found.state, found.expected_version, found.found_version) == ("open", 2, 1)
    moved.sync()
    assert [facts["version"] for facts in moved.events("alias.drifted")] == [1]
    moved.set_behind_our_back(3)
    moved.sync()
    assert moved.drift().found_version == 3
    assert len(moved.events("alias.drifted")) == 1


def test_an_alias_taken_away_is_found(registry: Registry) -> None:
    registry.order(2)
    outbox.sweep()
    registry.team.client.delete_registered_model_alias(registry.name, "production")
    registry.sync()
    assert (registry.drift().expected_version, registry.drift().found_version) == (2, None)


def test_an_alias_that_nobody_ordered_is_no_drift(registry: Registry) -> None:
    registry.set_behind_our_back(1)
    registry.sync()
    registry.set_behind_our_back(2)
    registry.sync()
    assert not Drift.objects.exists()


def test_one_that_comes_back_is_over(moved: Registry) -> None:
    moved.set_behind_our_back(2)
    moved.sync()
    assert moved.drift().state == "over"
    # Another move is another drift.
    moved.set_behind_our_back(3)
    moved.sync()
    assert list(Drift.objects.order_by("id").values_list("state", flat=True)) == ["over", "open"]


def test_while_an_order_waits_nothing_is_judged(registry: Registry) -> None:
    registry.order(2)
    outbox.sweep()
    registry.order(3)
    registry.set_behind_our_back(1)
    registry.liar.lies["registered-models/alias"] = error_500
    registry.sync()
    assert not Drift.objects.exists()


def test_a_server_that_does_not_answer_is_judged_next_time(registry: Registry) -> None:
    registry.order(2)
    outbox.sweep()
    registry.set_behind_our_back(1)
    registry.liar.lies["registered-models/get?"] = error_500
    registry.sync()
    assert not Drift.objects.exists()
    registry.liar.honest()
    registry.sync()
    assert registry.drift().state == "open"


def test_an_answer_from_before_an_order_was_carried_out_means_nothing(moved: Registry) -> None:
    """The server is asked, and before its answer is judged somebody has the alias put back, and that is carried out."""

    def put_back_meanwhile(asked: Asked) -> tuple[int, bytes, dict[str, str]] | None:
        if asked.number != 1:
            return None
        told = asked.truth()
        order = services.put_back(drift=moved.drift(), actor=moved.approver, reason="wrong").order
        assert order
        orders.carry_out({"order": order.pk})
        return told

    moved.liar.honest()
    moved.liar.lies["registered-models/get?"] = put_back_meanwhile
    drift.find(moved.source.pk)
    assert moved.stands() == 2
    assert list(Drift.objects.values_list("state", flat=True)) == ["put_back"]


def test_recorded_it_is_expected_there(moved: Registry) -> None:
    services.record_drift(drift=moved.drift(), actor=moved.approver, reason="rolled back at night")
    assert (moved.managed.applied_version, moved.managed.wanted_version, moved.stands()) == (1, 1, 1)
    found = moved.drift()
    assert (found.state, found.decided_by, found.reason) == ("recorded", moved.approver, "rolled back at night")
    assert moved.events("alias.drift_recorded")[0]["version"] == 1
    moved.sync()
    assert Drift.objects.count() == 1
    assert outbox.sweep() == 0


def test_put_back_it_is_ordered_and_comes_back(moved: Registry) -> None:
    found = services.put_back(drift=moved.drift(), actor=moved.approver, reason="nobody tested it")
    assert (found.state, found.order and found.order.version) == ("put_back", 2)
    outbox.sweep()
    assert moved.stands() == 2
    assert moved.moves() == [2, 1, 2]
    assert moved.events("alias.drift_put_back")[0]["version"] == 2
    moved.sync()
    assert Drift.objects.count() == 1


def test_a_new_order_ends_it(moved: Registry) -> None:
    moved.order(3)
    assert moved.drift().state == "over"
    with pytest.raises(Refused):
        services.put_back(drift=moved.drift(), actor=moved.approver, reason="late")


def test_what_the_person_did_not_see_is_not_recorded(moved: Registry) -> None:
    seen = moved.drift()
    moved.set_behind_our_back(3)
    moved.sync()
    with pytest.raises(Refused, match="moved again, to version 3"):
        services.record_drift(drift=seen, actor=moved.approver, reason="fine", found_version=1, found_given=True)
    assert moved.drift().state == "open"


def test_only_an_approver_of_the_unit_decides(moved: Registry) -> None:
    elsewhere = moved.make.person(roles=[("approver", moved.make.unit())])
    for person in (moved.owner, elsewhere, moved.make.person()):
        for verb in (services.record_drift, services.put_back):
            with pytest.raises(PermissionDenied):
                verb(drift=moved.drift(), actor=person, reason="x")
    with pytest.raises(ValidationError):
        services.record_drift(drift=moved.drift(), actor=moved.approver, reason=" ")
    moved.project.visibility = "members"
    moved.project.save()
    with pytest.raises(Drift.DoesNotExist):
        services.put_back(drift=moved.drift(), actor=moved.make.person(), reason="x")
    assert moved.drift().state == "open"


def test_two_decisions_at_once_are_one(moved: Registry) -> None:
    results = races.together(
        lambda: services.record_drift(drift=moved.drift(), actor=moved.approver, reason="keep"),
        lambda: services.put_back(drift=moved.drift(), actor=moved.approver, reason="back"),
    )
    assert races.failures(results, Refused) == 1
    assert len(moved.events("alias.drift_recorded")) + len(moved.events("alias.drift_put_back")) == 1


def test_without_the_lock_both_would_hold(moved: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    meet = races.meeting()
    decide = services._decide

    def meet_first(*words: Any) -> None:
        meet()
        decide(*words)

    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda found, **_options: found)
    monkeypatch.setattr(services, "_decide", meet_first)
    results = races.together(
        lambda: services.record_drift(drift=moved.drift(), actor=moved.approver, reason="keep"),
        lambda: services.put_back(drift=moved.drift(), actor=moved.approver, reason="back"),
    )
    assert races.failures(results, Refused) == 0


def test_a_model_that_vanished_took_the_alias_with_it(registry: Registry) -> None:
    registry.order(2)
    outbox.sweep()
    registry.team.client.delete_registered_model(registry.name)
    registry.sync()
    assert RegisteredModel.objects.get(name=registry.name).missing_since is not None
    assert registry.drift().found_version is None
