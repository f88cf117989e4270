"""Connects a source's webhook: the secret is kept here first, then the server is told, then it is asked to try it."""

from __future__ import annotations

import secrets as random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, events
from coe.core.errors import invalid
from coe.core.secrets import decrypt, encrypt
from projects.registry.models import Hook
from projects.tracking.mlflow import Fault, Gateway, GatewayError
from projects.tracking.models import Source
from projects.tracking.pages import items

EVENTS = (
    ("REGISTERED_MODEL", "CREATED"),
    ("MODEL_VERSION", "CREATED"),
    ("MODEL_VERSION_TAG", "SET"),
    ("MODEL_VERSION_ALIAS", "CREATED"),
    ("MODEL_VERSION_ALIAS", "DELETED"),
)
# MLflow signs with the secret before for as long as each of its workers remembers the webhook (60 s unless set).
GRACE = timedelta(minutes=15)
LONGEST_NAME = 63
MOST_PAGES = 50
# After these the server may have taken the new secret, or not: the answer was lost.
_UNSETTLED = frozenset({Fault.NO_ANSWER, Fault.BROKEN, Fault.TOO_LARGE, Fault.NOT_MLFLOW})


@dataclass(frozen=True)
class Connected:
    """What happened. `test_error` is empty when the server's test call reached us."""

    url: str
    webhook_id: str
    is_new: bool
    test_error: str


def connect_hook(*, source: Source, base: str, actor: Person | None, gateway: Gateway | None = None) -> Connected:
    """Register the source's webhook on its MLflow server, or renew it with a new secret, and have it tested.

    `base` is the address under which the MLflow server reaches this site; `actor` is None for the operator's command.
    Raises `PermissionDenied`, `ValidationError` (url), and `GatewayError` when the server refused or did not answer:
    then what was in force stays in force.
    """
    if actor is not None:
        access.require(actor, "hook.manage", source)
    url = hook_url(source, base)
    own = gateway or Gateway.to(source)
    try:
        hook, secret = _prepare(source)
        try:
            webhook_id, is_new = _register(own, hook, url, secret)
        except GatewayError as error:
            if error.fault not in _UNSETTLED:
                _drop(hook)
            raise
        _settle(hook, webhook_id, actor)
        return Connected(url, webhook_id, is_new, _test(own, hook, webhook_id))
    finally:
        if gateway is None:
            own.close()


def hook_url(source: Source, base: str) -> str:
    """The address that the server calls. Raises `ValidationError` for a base that is no address of a site."""
    try:
        parts = urlsplit(base.strip())
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.query or parts.fragment or parts.username is not None:
        raise invalid("url", "must be the address of this site, like https://cairn.example.org (see SITE_URL)")
    return base.strip().rstrip("/") + reverse("mlflow_hook", args=[source.name])


@transaction.atomic
def _prepare(source: Source) -> tuple[Hook, str]:
    """The secret to register, kept beside the one in force. One whose fate is unknown is tried again, not replaced."""
    Hook.objects.get_or_create(source=source)
    hook = Hook.objects.select_for_update(of=("self",)).select_related("source").get(source=source)
    if hook.other_secret and hook.other_until is None:
        return hook, decrypt(hook.other_secret)
    secret = random.token_urlsafe(32)
    hook.other_secret, hook.other_until = encrypt(secret), None
    hook.save(update_fields=["other_secret", "other_until"])
    return hook, secret


@transaction.atomic
def _drop(hook: Hook) -> None:
    """The server has refused: the secret that was to come is none."""
    Hook.objects.filter(pk=hook.pk, other_secret=hook.other_secret, other_until=None).update(other_secret=None)


@transaction.atomic
def _settle(hook: Hook, webhook_id: str, actor: Person | None) -> None:
    """The server has the new secret: it is in force, the one before stays good for a while."""
    now = timezone.now()
    locked = Hook.objects.select_for_update(of=("self",)).select_related("source").get(pk=hook.pk)
    if locked.other_until is None and locked.other_secret:
        before = locked.secret
        locked.secret, locked.other_secret = locked.other_secret, before
        locked.other_until = now + GRACE if before else None
    locked.webhook_id, locked.connected_at = webhook_id[:80], now
    locked.save(update_fields=["secret", "other_secret", "other_until", "webhook_id", "connected_at"])
    events.record(actor=actor, verb="hook.connected", subject=locked.source, facts={"label": str(locked.source)})


def _register(gateway: Gateway, hook: Hook, url: str, secret: str) -> tuple[str, bool]:
    """Create the webhook on the server or change the one that is there; returns its id and whether it is new."""
    body: dict[str, Any] = {
        "name": f"cairn-{hook.source.name}"[:LONGEST_NAME].rstrip("-_"),
        "url": url,
        "events": [{"entity": entity, "action": action} for entity, action in EVENTS],
        "secret": secret,
        "status": "ACTIVE",
    }
    ours = [one for one in _listed(gateway) if one["webhook_id"] == hook.webhook_id or one.get("url") == url]
    if not ours:
        told = gateway.change("POST", "webhooks", {**body, "description": "Tells Cairn of new model versions."})
        return _id(told), True
    ours.sort(key=lambda one: one["webhook_id"] != hook.webhook_id)
    told = gateway.change("PATCH", f"webhooks/{ours[0]['webhook_id']}", body)
    for other in ours[1:]:
        gateway.change("DELETE", f"webhooks/{other['webhook_id']}", {})
    return _id(told), False


def _listed(gateway: Gateway) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    token = ""
    for _ in range(MOST_PAGES):
        answer = gateway.get("webhooks", max_results="100", **({"page_token": token} if token else {}))
        found += [one for one in items(answer, "webhooks") if isinstance(one.get("webhook_id"), str)]
        token = str(answer.get("next_page_token") or "")
        if not token:
            break
    return found


def _id(told: dict[str, Any]) -> str:
    webhook = told.get("webhook")
    found = webhook.get("webhook_id") if isinstance(webhook, dict) else None
    if not isinstance(found, str) or not found:
        raise GatewayError(Fault.BROKEN, "The server sent an answer without the webhook that was asked for.")
    return found


def _test(gateway: Gateway, hook: Hook, webhook_id: str) -> str:
    """Have the server call us, and note how it went; returns why it did not work, or nothing."""
    try:
        result = gateway.change("POST", f"webhooks/{webhook_id}/test", {}).get("result")
    except GatewayError as error:
        result = {"error_message": error.sentence}
    told: dict[str, Any] = result if isinstance(result, dict) else {}
    problem = ""
    if told.get("success") is not True:
        said = told.get("error_message") or f"this site answered {told.get('response_status', 'nothing')}"
        problem = f"The server's test call did not get through: {said}"[:500]
    Hook.objects.filter(pk=hook.pk).update(tested_at=timezone.now(), test_error=problem)
    return problem
