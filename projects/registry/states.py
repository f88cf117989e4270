"""How orders and managed aliases stand, in words for pages and the API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.timesince import timeuntil

from coe.core.models import OutboxEntry
from projects.registry import orders
from projects.registry.models import AliasOrder, Drift, ManagedAlias
from projects.tracking.models import RegisteredModel

SHOWN_ORDERS = 10


def where(version: int | None) -> str:
    """Where an alias stands, in words."""
    return f"version {version}" if version else "no version"


@dataclass(frozen=True)
class OrderState:
    """An order, its state in one sentence, and the colour of the stylesheet that repeats it."""

    order: AliasOrder
    sentence: str
    kind: str
    # When it is tried next, while it waits.
    next_at: datetime | None = None
    drift: Drift | None = None


@dataclass(frozen=True)
class AliasState:
    """A managed alias of a model: where it stands as last seen, where it is wanted, and what keeps it from there."""

    managed: ManagedAlias
    stands_on: int | None
    waiting: OrderState | None
    drift: Drift | None
    orders: list[AliasOrder]


def state_of(found: Sequence[AliasOrder]) -> list[OrderState]:
    """The state of each order, in their order. Two queries, however many."""
    waiting = [orders.key(one.pk) for one in found if one.state == AliasOrder.State.WAITING]
    entries = OutboxEntry.objects.filter(kind=orders.KIND, key__in=waiting) if waiting else ()
    due = {entry.key: entry.due_at for entry in entries}
    settled = {one.managed_id for one in found if one.state == AliasOrder.State.APPLIED}
    opened = Drift.objects.filter(managed__in=settled, state=Drift.State.OPEN) if settled else ()
    drifts = {drift.managed_id: drift for drift in opened}
    return [_state(one, due.get(orders.key(one.pk)), drifts.get(one.managed_id)) for one in found]


def _state(order: AliasOrder, due_at: datetime | None, drift: Drift | None) -> OrderState:
    alias = order.managed.alias
    if order.state == AliasOrder.State.WAITING:
        return OrderState(order, _waiting(order, due_at), "warn" if order.error else "accent", next_at=due_at)
    if order.state == AliasOrder.State.SUPERSEDED:
        return OrderState(order, f"A newer decision about {alias} came before this one was carried out.", "")
    at = timezone.localtime(order.applied_at) if order.applied_at else None
    done = f"MLflow has had {alias} on {where(order.version)} since {at:%-d %b %Y, %H:%M}."
    # What was found after this order, and not after an older one of the same alias.
    if drift and order.applied_at and drift.found_at >= order.applied_at and drift.expected_version == order.version:
        moved = f"MLflow now has {alias} on {where(drift.found_version)}, where nobody here put it."
        return OrderState(order, moved, "bad", drift=drift)
    return OrderState(order, done, "good")


def _waiting(order: AliasOrder, due_at: datetime | None) -> str:
    wish = f"MLflow does not have {order.managed.alias} on {where(order.version)} yet."
    now = timezone.now()
    coming = f"in {timeuntil(due_at, now, depth=1)}" if due_at and due_at > now else "within seconds"
    if not order.error:
        return f"{wish} It is set {coming}."
    tries = "once" if order.attempts == 1 else f"{order.attempts} times"
    tried = f"Tried {tries}" if order.attempts else "Not tried since"
    return f"{wish} {order.error} {tried}; the next try is {coming}."


def aliases_of(model: RegisteredModel) -> list[AliasState]:
    """The aliases of a model that Cairn answers for, by name. At most five queries."""
    newest = AliasOrder.objects.select_related("asked_by", "managed").order_by("-id")[:SHOWN_ORDERS]
    opened = Drift.objects.filter(state=Drift.State.OPEN).select_related("managed__model__source")
    rows = list(
        model.managed_aliases.order_by("alias").prefetch_related(
            Prefetch("orders", queryset=newest, to_attr="newest_orders"),
            Prefetch("drifts", queryset=opened, to_attr="open_drifts"),
        )
    )
    return list(_aliases(model, rows))


def _aliases(model: RegisteredModel, rows: Sequence[ManagedAlias]) -> Iterable[AliasState]:
    shown: list[list[AliasOrder]] = [getattr(row, "newest_orders") for row in rows]  # noqa: B009  set by the prefetch
    waiting = [one for each in shown for one in each[:1] if one.state == AliasOrder.State.WAITING]
    states = {state.order.managed_id: state for state in state_of(waiting)}
    for row, found in zip(rows, shown, strict=True):
        drift = next(iter(getattr(row, "open_drifts")), None)  # noqa: B009  set by the prefetch
        yield AliasState(row, model.aliases.get(row.alias), states.get(row.pk), drift, found)
