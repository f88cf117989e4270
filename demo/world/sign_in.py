"""Whom the sign-in page offers. Nothing here needs Django: whoever starts the portal asks first."""

from __future__ import annotations

from demo.world.content import staff
from demo.world.content.units import DOMAIN


def address(key: str) -> str:
    """The e-mail address of somebody of the group."""
    return f"{key}@{DOMAIN}"


# Address, and what they can try.
SIGN_IN: list[tuple[str, str]] = [(address(key), what) for key, what in staff.SIGN_IN]


def setting() -> str:
    """The value of the setting `DEMO_PEOPLE`."""
    return ",".join(f"{email}|{what}" for email, what in SIGN_IN)
