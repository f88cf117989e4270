"""Webhook calls that were believed: noted once, and the work that they ask for."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from coe.core import outbox
from projects.registry.models import Delivery, Hook
from projects.registry.nudge import nudge
from projects.registry.webhooks import USED, Heard
from projects.tracking import followups
from projects.tracking.models import Source
from projects.tracking.reread import reread_model

KIND = "registry.reread"
# A delivery is told apart from its repetition for this long; the signature is too old after minutes.
KEPT = timedelta(days=30)
TAKEN, KNOWN, UNUSED = "taken", "known", "unused"


def is_used(heard: Heard, source: Source) -> bool:
    """Whether the event is about a model of this source, and of a kind after which something may have to be done."""
    # Without a workspace of our own we are shown the default one. MLflow may send us another one's events.
    ours = heard.workspace is None or heard.workspace == (source.workspace or "default")
    return heard.event in USED and bool(heard.model_name) and ours and source.is_enabled


@transaction.atomic
def take_delivery(*, hook: Hook, delivery_id: uuid.UUID, heard: Heard) -> str:
    """Note a verified call, and have its model read again: `taken`, `known` (noted before) or `unused`.

    Two calls with one delivery id, at once or later, give one delivery and one piece of work.
    """
    used = is_used(heard, hook.source)
    values = {"event": heard.event, "model_name": heard.model_name, "is_used": used}
    _, is_new = Delivery.objects.get_or_create(hook=hook, delivery_id=delivery_id, defaults=values)
    if not is_new:
        return KNOWN
    Hook.objects.filter(pk=hook.pk).update(last_delivery_at=timezone.now())
    if not used:
        return UNUSED
    payload = {"source": hook.source_id, "name": heard.model_name}
    outbox.put(kind=KIND, key=f"{hook.source.name}:{delivery_id}", payload=payload, nudge=nudge)
    return TAKEN


@outbox.handler(KIND)
def reread(payload: dict[str, Any]) -> None:
    """Read the model again and let the higher rooms see what is new. Raises `GatewayError`: tried again later."""
    if not Source.objects.filter(pk=payload["source"], is_enabled=True).exists():
        return
    reread_model(source_id=payload["source"], name=payload["name"])
    followups.run_all(payload["source"])


def forget_old(source_id: int) -> int:
    """Delete deliveries of the source that are older than a month; returns how many."""
    old = Delivery.objects.filter(hook__source_id=source_id, received_at__lt=timezone.now() - KEPT)
    return old.delete()[0]
