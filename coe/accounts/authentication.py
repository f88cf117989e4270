"""API tokens: only their hash is kept, they expire, and they stop when revoked or when the account is closed."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db.models import Q
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.crypto import hash_token
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from coe.accounts.models import ApiToken, Person

log = structlog.get_logger("cairn.access")


class ApiTokenAuthentication(BaseAuthentication):
    """`Authorization: Token <token>` (or `Bearer <token>`)."""

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        scheme, _, sent = get_authorization_header(request).partition(b" ")
        if scheme.lower() not in (b"token", b"bearer"):
            return None
        try:
            digest = hash_token(sent.strip().decode("ascii"))
        except ValueError:
            raise AuthenticationFailed("The token is not valid.") from None
        now = timezone.now()
        kept = ApiToken.objects.select_related("user").filter(digest=digest, expiry__gt=now).first()
        if kept is None or not kept.user.is_active:
            log.warning("api.refused", ip=request.META.get("REMOTE_ADDR"))
            raise AuthenticationFailed("The token is not valid, has expired or was revoked.")
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(minutes=1))
        if ApiToken.objects.filter(stale, pk=kept.pk).update(last_used_at=now):
            log.info("api.used", person=kept.user_id, name=kept.name)
        return kept.user, kept

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class ApiTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its registration hook
    """How the OpenAPI schema names it."""

    target_class = "coe.accounts.authentication.ApiTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token <token>`; make one on your own page or with `manage.py issue_token`.",
        }
