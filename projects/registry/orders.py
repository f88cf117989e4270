"""Orders of aliases: carried out by the outbox until MLflow says that the alias stands where it is wanted.

Whatever entry woke the worker, it makes MLflow agree with the wish of the alias (`ManagedAlias.wanted_version`), which
is the newest order's: older orders that still wait are superseded with it, and none is ever set over a newer one. One
worker at a time has an alias, by a lease; each step goes on only while it holds. Nothing is kept between steps but in
the database and in MLflow, so a worker may be killed anywhere: the next one looks where the alias stands and goes on.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from coe.core import events, outbox
from coe.core.models import OutboxEntry
from projects.registry.models import AliasOrder, ManagedAlias
from projects.tracking import store
from projects.tracking.mlflow import Fault, Gateway, GatewayError
from projects.tracking.models import AliasMove, RegisteredModel, Source

log = structlog.get_logger(__name__)

KIND = "registry.set_alias"
# One call may take this long, and its connection 5 s before it; three calls are made while one lease holds.
CALL_SECONDS = 10.0
LASTS = timedelta(minutes=3)
# The entry's claim outlives a few rounds of the lease.
CLAIM = timedelta(minutes=10)
LONGEST_WAIT = timedelta(minutes=10)
# Newer decisions may come while one is carried out; each asks for another round.
MOST_ROUNDS = 5
# What is wrong with the server and not with one model: its other orders need not find out one by one.
_OF_THE_SERVER = (Fault.ADDRESS, Fault.NO_ANSWER, Fault.CREDENTIALS, Fault.NOT_MLFLOW, Fault.WORKSPACE, Fault.BUSY)
OTHERS_WAIT = timedelta(minutes=1)
# An order that waits for so long is told to those who count on it: once, as what was decided still comes.
LATE = timedelta(minutes=15)


class NotYet(Exception):
    """The order could not be carried out at this moment; the outbox tries again."""


class LeaseLost(Exception):
    """Another worker has the alias now: this one marks nothing."""


def key(order_id: int) -> str:
    """The key of an order's entry in the outbox."""
    return f"order:{order_id}"


def gateway_to(source: Source) -> Gateway:
    """A gateway that answers or fails within seconds. Raises `GatewayError`."""
    return Gateway.to(source, attempts=1, silence=CALL_SECONDS, total=CALL_SECONDS)


@outbox.handler(KIND, lease=CLAIM, most_attempts=None, longest_wait=LONGEST_WAIT)
def carry_out(payload: dict[str, Any]) -> None:
    """Make MLflow agree with the alias of this order. Raises whatever kept it from that, so that it is tried again."""
    order = AliasOrder.objects.filter(pk=payload["order"], state=AliasOrder.State.WAITING).first()
    if order is None:
        return
    token = take(order.managed_id)
    if token is None:
        raise NotYet("Another worker has this alias at this moment.")
    managed = ManagedAlias.objects.select_related("model__source").get(pk=order.managed_id)
    try:
        _make_agree(managed, token)
    except GatewayError as error:
        _note_failure(managed, token, error)
        raise
    except (NotYet, LeaseLost):
        raise
    except Exception:  # a waiting order always says why
        mistake = GatewayError(Fault.BROKEN, "Cairn itself made a mistake at it; its log says more.")
        _note_failure(managed, token, mistake)
        raise
    finally:
        release(managed.pk, token)
    wake(managed.model.source_id)


# -- the lease ------------------------------------------------------------------------------------------------------
def take(managed_id: int) -> uuid.UUID | None:
    """A lease on the alias, or None when another worker holds it."""
    now, token = timezone.now(), uuid.uuid4()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    taken = ManagedAlias.objects.filter(free, pk=managed_id).update(lease_token=token, lease_until=now + LASTS)
    return token if taken else None


def hold(managed_id: int, token: uuid.UUID) -> None:
    """Hold the lease for another while. Raises `LeaseLost` when it is another's."""
    if not ManagedAlias.objects.filter(pk=managed_id, lease_token=token).update(lease_until=timezone.now() + LASTS):
        raise LeaseLost(f"alias {managed_id}")


def release(managed_id: int, token: uuid.UUID) -> None:
    ManagedAlias.objects.filter(pk=managed_id, lease_token=token).update(lease_token=None, lease_until=None)


# -- MLflow ---------------------------------------------------------------------------------------------------------
def _make_agree(managed: ManagedAlias, token: uuid.UUID) -> None:
    source = managed.model.source
    if not source.is_enabled:
        raise GatewayError(Fault.NO_ANSWER, f"{source} is switched off here: nothing is sent to it until it is on.")
    gateway = gateway_to(source)
    try:
        for _ in range(MOST_ROUNDS):
            hold(managed.pk, token)
            wanted = ManagedAlias.objects.values_list("wanted_version", flat=True).get(pk=managed.pk)
            if _apply(managed, token, wanted, _set(gateway, managed, token, wanted)):
                return
    finally:
        gateway.close()
    raise NotYet("Newer decisions came faster than they could be carried out.")


def _set(gateway: Gateway, managed: ManagedAlias, token: uuid.UUID, wanted: int | None) -> datetime:
    """Set the alias where it stands elsewhere; returns when the answer was asked for that shows it so."""
    name, alias = managed.model.name, managed.alias
    asked_at = timezone.now()
    if gateway.alias(name, alias) == wanted:
        return asked_at
    hold(managed.pk, token)
    if wanted is None:
        gateway.delete_alias(name, alias)
    else:
        try:
            gateway.set_alias(name, alias, wanted)
        except GatewayError as error:
            if error.fault is not Fault.GONE:
                raise
            sentence = f"{managed.model.source} no longer has version {wanted} of {name}. Decide for another version."
            raise GatewayError(Fault.GONE, sentence) from None
    asked_at = timezone.now()
    found = gateway.alias(name, alias)
    if found != wanted:
        where = f"version {found}" if found else "no version"
        raise GatewayError(Fault.REFUSED, f"MLflow took the change, and still shows {alias} on {where}.")
    return asked_at


# -- what is kept of it ---------------------------------------------------------------------------------------------
@transaction.atomic
def _apply(managed: ManagedAlias, token: uuid.UUID, version: int | None, at: datetime) -> bool:
    """Keep that the alias stood on `version` at `at`; False when another one is wanted meanwhile.

    Raises `LeaseLost`. The mirror is held as a sync's page holds it; then locks follow as in every verb: the model, the
    alias, its orders.
    """
    store.hold(managed.model.source_id)
    model = RegisteredModel.objects.select_for_update(of=("self",), no_key=True).get(pk=managed.model_id)
    managed = ManagedAlias.objects.select_for_update(of=("self",)).get(pk=managed.pk)
    if managed.lease_token != token:
        raise LeaseLost(f"alias {managed.pk}")
    if managed.wanted_version != version:
        return False
    waiting = AliasOrder.objects.filter(managed=managed, state=AliasOrder.State.WAITING)
    newest = waiting.select_for_update(of=("self",)).select_related("asked_by").order_by("-id").first()
    if newest is None:
        return True
    waiting.filter(pk=newest.pk).update(
        state=AliasOrder.State.APPLIED, applied_at=at, tried_at=timezone.now(), attempts=F("attempts") + 1, error=""
    )
    waiting.update(state=AliasOrder.State.SUPERSEDED)
    managed.applied_version, managed.applied_at = version, at
    managed.lease_token = managed.lease_until = None
    managed.save(update_fields=["applied_version", "applied_at", "lease_token", "lease_until"])
    _mirror(model, managed.alias, version, at)
    facts = {"alias": managed.alias, "name": model.name, "version": version, "order": newest.pk}
    events.record(actor=newest.asked_by, verb="alias.applied", subject=model, facts=facts)
    return True


def _mirror(model: RegisteredModel, alias: str, version: int | None, at: datetime) -> None:
    """Bring the (locked) model's mirror and the alias's history up to what MLflow answered when asked at `at`."""
    changed = ["touched_at"]
    model.touched_at = timezone.now()
    # A sync may have stored an answer that was asked for later: that one knows better.
    if model.aliases_at is None or model.aliases_at <= at:
        model.aliases = {name: number for name, number in model.aliases.items() if name != alias}
        if version is not None:
            model.aliases[alias] = version
        model.aliases_at = at
        changed += ["aliases", "aliases_at"]
    model.save(update_fields=changed)
    last = AliasMove.objects.filter(model=model, alias=alias, at__lte=at).order_by("-at", "-id").first()
    if (last.version if last else None) != version:
        AliasMove.objects.create(model=model, alias=alias, version=version, at=at)


@transaction.atomic
def _note_failure(managed: ManagedAlias, token: uuid.UUID, error: GatewayError) -> None:
    """Say with the waiting orders of the alias why not; where the whole server is at fault, let its others wait."""
    held = ManagedAlias.objects.select_for_update(of=("self",)).filter(pk=managed.pk, lease_token=token).first()
    if held is None:
        return
    now, source_id = timezone.now(), managed.model.source_id
    waiting = AliasOrder.objects.filter(managed=managed, state=AliasOrder.State.WAITING)
    newest = waiting.order_by("-id").first()
    waiting.update(attempts=F("attempts") + 1, error=error.sentence[:500], tried_at=now)
    if newest and (newest.tried_at or newest.asked_at) < newest.asked_at + LATE <= now:
        model = managed.model
        facts = {"alias": managed.alias, "name": model.name, "version": newest.version, "order": newest.pk}
        events.record(actor=None, verb="alias.delayed", subject=model, facts={**facts, "error": error.sentence[:500]})
    if error.fault in _OF_THE_SERVER:
        others = entries_of(source_id).filter(claimed_until=None, due_at__lt=now + OTHERS_WAIT)
        others.update(due_at=now + OTHERS_WAIT)


def entries_of(source_id: int) -> Any:
    """The outbox entries that wait for a source's orders."""
    waiting = AliasOrder.objects.filter(managed__model__source=source_id, state=AliasOrder.State.WAITING)
    keys = [key(pk) for pk in waiting.values_list("pk", flat=True)]
    return OutboxEntry.objects.filter(kind=KIND, key__in=keys, state="waiting")


def wake(source_id: int) -> int:
    """The source answers: what waits for it is due now. Returns how many entries."""
    now = timezone.now()
    woken: int = entries_of(source_id).filter(due_at__gt=now).update(due_at=now)
    return woken
