"""Credentials of sources: encrypted at rest, decrypted only for the request that needs them, never shown, logged or
recorded.
"""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """The stored secret was encrypted with a key that SECRETS_KEYS no longer holds."""


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.SECRETS_KEYS])


def encrypt(text: str) -> bytes | None:
    """`text` under the newest key; None for an empty one."""
    return _keys().encrypt(text.encode()) if text else None


def decrypt(stored: bytes | memoryview | None) -> str:
    """What was encrypted, empty for None. Raises `Unreadable` when no key fits."""
    if not stored:
        return ""
    try:
        return _keys().decrypt(bytes(stored)).decode()
    except InvalidToken:
        raise Unreadable("the stored secret cannot be read with the keys in SECRETS_KEYS") from None


def rotate(stored: bytes | memoryview | None) -> bytes | None:
    """The same secret under the newest key, so that an old key can be taken out of SECRETS_KEYS."""
    return _keys().rotate(bytes(stored)) if stored else None
