from __future__ import annotations

from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from coe.accounts.models import Person

log = structlog.get_logger("cairn.access")


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """People are added by the centre; nobody signs up by themselves. Sign-ins are logged, failed ones too."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:me")

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> Any:
        log.info("sign_in.done", person=user.pk, ip=self.get_client_ip(request))
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        # The address that was typed is what an operator needs to see a guesser; what else was typed is never logged.
        log.warning("sign_in.failed", email=credentials.get("email", "")[:254], ip=self.get_client_ip(request))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is down must not tell, by an error page, whose address it was that Cairn knows."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            log.error("mail.failed", kind=template_prefix, error=str(error))
