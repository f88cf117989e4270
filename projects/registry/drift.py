"""Aliases that moved behind our back: found after a sync, told only once the server was asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from coe.core import events
from projects.registry import orders
from projects.registry.models import AliasOrder, Drift, ManagedAlias
from projects.registry.nudge import nudge_sweep
from projects.tracking.mlflow import Gateway, GatewayError
from projects.tracking.models import RegisteredModel, Source

log = structlog.get_logger(__name__)

# Asked one by one after a sync; when there are more, the next sync goes on with the ones that then stand elsewhere.
MOST_ASKED = 200


@dataclass(frozen=True)
class Expected:
    """Where an alias stood by our doing when the server was asked."""

    pk: int
    model_id: int
    name: str
    alias: str
    version: int | None
    at: datetime | None


def after_sync(source_id: int) -> None:
    """The source answers: carry out what waits for it, and see whether its managed aliases stand where we put them."""
    if orders.wake(source_id):
        _nudge()
    find(source_id)


def _nudge() -> None:
    try:
        nudge_sweep()
    except Exception as error:  # a broker that is down must not hide drift: the next sweep finds the entries
        log.warning("registry.not_nudged", error=str(error))


def find(source_id: int) -> int:
    """Ask the server about each alias that the mirror shows elsewhere; returns how many drifts are open afterwards."""
    suspects = _suspects(source_id)
    if suspects:
        _ask(Source.objects.get(pk=source_id), suspects)
    return Drift.objects.filter(managed__model__source=source_id, state=Drift.State.OPEN).count()


def _suspects(source_id: int) -> list[Expected]:
    """Aliases that an order was applied to, for which none waits, that stand elsewhere or did when last looked at."""
    known = ManagedAlias.objects.filter(model__source=source_id, applied_at__isnull=False).select_related("model")
    settled = known.exclude(orders__state=AliasOrder.State.WAITING)
    opened = set(Drift.objects.filter(managed__in=known, state=Drift.State.OPEN).values_list("managed_id", flat=True))
    return [
        Expected(one.pk, one.model_id, one.model.name, one.alias, one.applied_version, one.applied_at)
        for one in settled
        if one.pk in opened or one.model.aliases.get(one.alias) != one.applied_version
    ][:MOST_ASKED]


def _ask(source: Source, suspects: list[Expected]) -> None:
    """Outside of transactions: each alias as the server has it now. One that does not answer is judged next time."""
    try:
        gateway: Gateway = orders.gateway_to(source)
        try:
            for expected in suspects:
                judge(expected, gateway.alias(expected.name, expected.alias))
        finally:
            gateway.close()
    except GatewayError as error:
        log.warning("registry.drift_not_judged", source=source.name, error=error.sentence)


@transaction.atomic
def judge(expected: Expected, found: int | None) -> Drift | None:
    """What the server's answer means for an alias: a drift that opens, moves on or is over; None where nothing does.

    An answer that was asked for before an order was carried out, or a drift recorded, means nothing.
    """
    model = RegisteredModel.objects.select_for_update(of=("self",), no_key=True).get(pk=expected.model_id)
    managed = ManagedAlias.objects.select_for_update(of=("self",)).get(pk=expected.pk)
    if (managed.applied_version, managed.applied_at) != (expected.version, expected.at):
        return None
    if managed.orders.filter(state=AliasOrder.State.WAITING).exists():
        return None
    drift = Drift.objects.select_for_update(of=("self",)).filter(managed=managed, state=Drift.State.OPEN).first()
    if found == managed.applied_version:
        if drift:
            drift.state = Drift.State.OVER
            drift.save(update_fields=["state"])
        return drift
    if drift is None:
        drift = Drift.objects.create(
            managed=managed, expected_version=managed.applied_version, found_version=found, found_at=timezone.now()
        )
        facts = {"alias": managed.alias, "name": model.name, "version": found, "drift": drift.pk}
        events.record(actor=None, verb="alias.drifted", subject=model, facts=facts)
    elif drift.found_version != found:
        drift.found_version, drift.found_at = found, timezone.now()
        drift.save(update_fields=["found_version", "found_at"])
    return drift
