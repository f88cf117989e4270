"""The verbs of this room: where aliases shall stand, what to do about one that moved, which versions open handoffs."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, events, outbox
from coe.core.errors import Refused, invalid
from coe.core.models import OutboxEntry
from projects.registry import orders
from projects.registry.models import AliasOrder, Drift, Hook, ManagedAlias
from projects.registry.nudge import nudge
from projects.tracking.models import RegisteredModel, Source

__all__ = ["order_alias", "put_back", "record_drift", "retry_order", "set_opening"]

MOST_LETTERS = 500


def _checked_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise invalid("reason", "must say why")
    if len(reason) > MOST_LETTERS:
        raise invalid("reason", f"may have at most {MOST_LETTERS} characters")
    return reason


@transaction.atomic
def order_alias(*, model: RegisteredModel, alias: str, version: int | None, actor: Person, reason: str) -> AliasOrder:
    """Decide, in the caller's transaction, that `alias` of the model shall stand on `version` (None: on none).

    The order waits in the outbox until MLflow says that it is so. A drift that was open is over: somebody decided. The
    caller has asked who may. Raises `ValidationError` for a bad alias or reason.
    """
    alias, reason = alias.strip(), _checked_reason(reason)
    if not alias or len(alias) > 256:
        raise invalid("alias", "must have 1 to 256 characters")
    now = timezone.now()
    # Locks are taken in one order everywhere: the model, the alias, its orders and drift.
    model = RegisteredModel.objects.select_for_update(of=("self",), no_key=True).get(pk=model.pk)
    ManagedAlias.objects.get_or_create(model=model, alias=alias)
    managed = ManagedAlias.objects.select_for_update(of=("self",)).get(model=model, alias=alias)
    managed.wanted_version = version
    managed.save(update_fields=["wanted_version"])
    order = AliasOrder.objects.create(managed=managed, version=version, asked_by=actor, asked_at=now, reason=reason)
    Drift.objects.filter(managed=managed, state=Drift.State.OPEN).update(state=Drift.State.OVER)
    facts = {"alias": alias, "name": model.name, "version": version, "reason": reason, "order": order.pk}
    events.record(actor=actor, verb="alias.ordered", subject=model, facts=facts)
    outbox.put(kind=orders.KIND, key=orders.key(order.pk), payload={"order": order.pk}, nudge=nudge)
    return order


@transaction.atomic
def retry_order(*, order: AliasOrder, actor: Person) -> AliasOrder:
    """Have a waiting order tried now instead of at its next time.

    Raises `DoesNotExist` and `PermissionDenied`, and `Refused` for an order that no longer waits.
    """
    visible = AliasOrder.objects.visible_to(actor).select_related("managed__model__project__unit")
    order = visible.select_for_update(of=("self",)).get(pk=order.pk)
    access.require(actor, "alias.decide", order)
    if order.state != AliasOrder.State.WAITING:
        raise Refused(f"This order is {order.get_state_display().lower()}: there is nothing left to try.")
    entry = OutboxEntry.objects.get(kind=orders.KIND, key=orders.key(order.pk))
    OutboxEntry.objects.filter(pk=entry.pk).exclude(state="done").update(state="waiting", due_at=timezone.now())
    model = order.managed.model
    facts = {"alias": order.managed.alias, "name": model.name, "version": order.version, "order": order.pk}
    events.record(actor=actor, verb="alias.retried", subject=model, facts=facts)
    transaction.on_commit(lambda: nudge(entry.pk), robust=True)
    return order


def _open_drift(drift: Drift, actor: Person, seen: int | None, *, seen_counts: bool) -> Drift:
    """The drift under the locks of all that it is about, still open and as the person saw it."""
    found = Drift.objects.visible_to(actor).select_related("managed").get(pk=drift.pk)
    RegisteredModel.objects.select_for_update(of=("self",), no_key=True).get(pk=found.managed.model_id)
    ManagedAlias.objects.select_for_update(of=("self",)).get(pk=found.managed_id)
    related = Drift.objects.select_related("managed__model__project__unit")
    found = related.select_for_update(of=("self",)).get(pk=drift.pk)
    access.require(actor, "alias.decide", found)
    if found.state != Drift.State.OPEN:
        raise Refused(f"This is {found.get_state_display().lower()} already: there is nothing left to decide.")
    if seen_counts and seen != found.found_version:
        where = f"version {found.found_version}" if found.found_version else "no version"
        raise Refused(f"The alias has moved again, to {where}. Look at it once more, then decide.")
    return found


def _decide(drift: Drift, state: Drift.State, actor: Person, reason: str) -> None:
    drift.state, drift.decided_by, drift.decided_at, drift.reason = state, actor, timezone.now(), reason
    drift.save(update_fields=["state", "decided_by", "decided_at", "reason"])


def _facts(drift: Drift, version: int | None) -> dict[str, Any]:
    managed = drift.managed
    return {
        "alias": managed.alias,
        "name": managed.model.name,
        "version": version,
        "reason": drift.reason,
        "drift": drift.pk,
    }


@transaction.atomic
def record_drift(
    *, drift: Drift, actor: Person, reason: str, found_version: int | None = None, found_given: bool = False
) -> Drift:
    """Accept where the alias was found: from now on it is expected there. Nothing is changed in MLflow.

    With `found_given`, `found_version` is where the person saw it. Raises `DoesNotExist`, `PermissionDenied`,
    `ValidationError`, and `Refused` when the drift is no longer open or the alias moved again.
    """
    reason = _checked_reason(reason)
    drift = _open_drift(drift, actor, found_version, seen_counts=found_given)
    managed = drift.managed
    managed.wanted_version = managed.applied_version = drift.found_version
    managed.applied_at = drift.found_at
    managed.save(update_fields=["wanted_version", "applied_version", "applied_at"])
    _decide(drift, Drift.State.RECORDED, actor, reason)
    facts = _facts(drift, drift.found_version)
    events.record(actor=actor, verb="alias.drift_recorded", subject=managed.model, facts=facts)
    return drift


@transaction.atomic
def put_back(*, drift: Drift, actor: Person, reason: str) -> Drift:
    """Order the alias back to where it was expected. Raises as `record_drift` does."""
    reason = _checked_reason(reason)
    drift = _open_drift(drift, actor, None, seen_counts=False)
    _decide(drift, Drift.State.PUT_BACK, actor, reason)
    managed, version = drift.managed, drift.expected_version
    events.record(actor=actor, verb="alias.drift_put_back", subject=managed.model, facts=_facts(drift, version))
    drift.order = order_alias(model=managed.model, alias=managed.alias, version=version, actor=actor, reason=reason)
    drift.save(update_fields=["order"])
    return drift


@transaction.atomic
def set_opening(*, source: Source, actor: Person, opens_on: str, tag_key: str = "") -> Hook:
    """Say which new versions of a source open a handoff by themselves: those made after it was switched on.

    Raises `PermissionDenied` for whoever is no administrator, and `ValidationError` by field.
    """
    access.require(actor, "hook.manage", source)
    if opens_on not in Hook.OpensOn.values:
        raise invalid("opens_on", "must be one of " + ", ".join(Hook.OpensOn.values))
    tag_key = tag_key.strip()
    if len(tag_key) > 120:
        raise invalid("tag_key", "may have at most 120 characters")
    if opens_on == Hook.OpensOn.TAG and not tag_key:
        raise invalid("tag_key", "must name the tag that versions carry")
    Hook.objects.get_or_create(source=source)
    hook = Hook.objects.select_for_update(of=("self",)).get(source=source)
    before = (hook.opens_on, hook.tag_key)
    if hook.opens_on == Hook.OpensOn.NOTHING and opens_on != Hook.OpensOn.NOTHING:
        hook.opens_since = timezone.now()
    hook.opens_on, hook.tag_key = opens_on, tag_key or hook.tag_key
    if (hook.opens_on, hook.tag_key) != before:
        hook.save(update_fields=["opens_on", "tag_key", "opens_since"])
        facts = {"label": str(source), "opens_on": opening(hook)}
        events.record(actor=actor, verb="hook.opening_set", subject=source, facts=facts)
    return hook


def opening(hook: Hook) -> str:
    """The rule in words: "every new version", "versions with the tag coe.handoff"."""
    said = hook.get_opens_on_display()
    words = said[0].lower() + said[1:]
    return f"{words} {hook.tag_key}" if hook.opens_on == Hook.OpensOn.TAG else words
