"""Addresses of this site in mails and chats, and the token by which a mail is unsubscribed."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

_SALT = "coe.notices.unsubscribe"


def site() -> str:
    """Where the site is: SITE_URL, else the first of the host names that it answers to."""
    if settings.SITE_URL:
        return str(settings.SITE_URL).rstrip("/")
    host = next((host for host in settings.ALLOWED_HOSTS if "*" not in host and not host.startswith(".")), "localhost")
    return f"{'https' if settings.HTTPS else 'http'}://{host}"


def absolute(path: str) -> str:
    """The whole address of a page of this site; one that is whole already stays as it is."""
    return path if path.startswith(("http://", "https://")) else site() + path


def message_id(letter_id: int) -> str:
    """The Message-ID of a letter's mail."""
    return f"<cairn-letter-{letter_id}@{urlsplit(site()).hostname or 'localhost'}>"


def unsubscribe_token(person_id: int, topic: str) -> str:
    """Names the person and the kind of news (empty: the daily digest), signed and without an end."""
    return Signer(salt=_SALT).sign_object([person_id, topic])


def read_token(token: str) -> tuple[int, str]:
    """Person id and topic. Raises `ValueError` for a token that Cairn did not make."""
    try:
        person_id, topic = Signer(salt=_SALT).unsign_object(token)
    except BadSignature:
        raise ValueError("not a token of this site") from None
    return int(person_id), str(topic)


def unsubscribe_url(person_id: int, topic: str) -> str:
    return absolute(reverse("notices:unsubscribe", args=[unsubscribe_token(person_id, topic)]))
