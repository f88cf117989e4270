"""Credentials of sources: encrypted at rest, decrypted only for the request that needs them, never shown, logged or
recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import models, transaction

BATCH = 200


class Unreadable(Exception):
    """The stored secret was encrypted with a key that SECRETS_KEYS no longer holds."""


@dataclass
class Rotation:
    """How many secrets are under the newest key now, and which ones no key could read."""

    rotated: int = 0
    unreadable: list[str] = field(default_factory=list)


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
    """The same secret under the newest key, so that an old key can be taken out of SECRETS_KEYS.

    Raises `Unreadable` when no key fits.
    """
    try:
        return _keys().rotate(bytes(stored)) if stored else None
    except InvalidToken:
        raise Unreadable("the stored secret cannot be read with the keys in SECRETS_KEYS") from None


def columns() -> list[tuple[type[models.Model], str]]:
    """Every column that holds such a secret: the binary ones named `secret` or `…_secret`, of whichever room."""
    return [
        (model, column.name)
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        if isinstance(column, models.BinaryField) and (column.name == "secret" or column.name.endswith("_secret"))
    ]


def rotate_all(*, at_once: int = BATCH) -> Rotation:
    """Put every stored secret under the newest key, `at_once` rows in a transaction that locks them.

    May be run again at any time. One that no key can read stays as it is and is told.
    """
    done = Rotation()
    for model, name in columns():
        after = 0
        while rows := _rotate_some(model, name, after, at_once, done):
            after = rows[-1]
    return done


@transaction.atomic
def _rotate_some(model: type[models.Model], name: str, after: int, most: int, done: Rotation) -> list[int]:
    held = model._base_manager.select_for_update().filter(pk__gt=after).exclude(**{name: None}).order_by("pk")
    rows = list(held.values_list("pk", name)[:most])
    for pk, stored in rows:
        try:
            model._base_manager.filter(pk=pk).update(**{name: rotate(stored)})
            done.rotated += 1
        except Unreadable:
            done.unreadable.append(f"{model._meta.label} {pk}: {name}")
    return [pk for pk, _ in rows]
