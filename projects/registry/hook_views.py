"""Where MLflow's webhooks arrive. Answers in milliseconds; what is to be done is done by the outbox."""

from __future__ import annotations

import structlog
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from coe.core.secrets import Unreadable, decrypt
from projects.registry import deliveries, webhooks
from projects.registry.models import Hook

log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
def receive(request: HttpRequest, name: str) -> JsonResponse:
    """One call of the webhook of a source.

    404 for a source that is not there, and the same for one without a webhook. Of a connected one a stranger learns
    that it is: 413 for a body above 64 kB, one and the same 401 for everything that is not signed, fresh and ours.
    """
    connected = Hook.objects.filter(Q(secret__isnull=False) | Q(other_secret__isnull=False), source__name=name)
    hook = connected.select_related("source").first()
    if hook is None:
        return _no(404, "There is no such webhook.")
    body = _body(request)
    if body is None:
        return _no(413, "The call is too large.")
    try:
        secrets = _secrets(hook)
    except Unreadable:
        log.error("hook.secret_unreadable", source=name)
        return _no(503, "The webhook cannot be checked just now.")
    try:
        now = timezone.now().timestamp()
        delivery_id = webhooks.verify(headers=request.headers, body=body, secrets=secrets, now=now)
    except webhooks.Rejected as error:
        log.warning("hook.rejected", source=name, reason=str(error))
        return _no(401, "The call is not signed as it should be.")
    try:
        heard = webhooks.hear(body)
    except webhooks.Malformed as error:
        log.warning("hook.malformed", source=name, reason=str(error))
        return _no(400, "The call is no event.")
    status = deliveries.take_delivery(hook=hook, delivery_id=delivery_id, heard=heard)
    return JsonResponse({"status": status}, status=202 if status == deliveries.TAKEN else 200)


def _body(request: HttpRequest) -> bytes | None:
    """The raw body, or None when it is too large, whatever the call says of its length."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    if said.isdigit() and int(said) > webhooks.MOST_BYTES:
        return None
    body = request.read(webhooks.MOST_BYTES + 1)
    return body if len(body) <= webhooks.MOST_BYTES else None


def _secrets(hook: Hook) -> list[str]:
    """The secrets that may sign: the one in force, and for a while the one before it or the one that comes."""
    found = [decrypt(hook.secret)] if hook.secret else []
    if hook.other_secret and (hook.other_until is None or hook.other_until > timezone.now()):
        found.append(decrypt(hook.other_secret))
    return found


def _no(status: int, sentence: str) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
