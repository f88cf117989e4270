"""What a webhook call of MLflow says, and whether it is to be believed. Pure functions.

A call is signed over its raw bytes. Believing it means no more than to read the named model again through the API.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projects.tracking.facts import clean

FRESH_SECONDS = 300
MOST_BYTES = 64 * 1024
LONGEST_NAME = 256
# The events after which a model is worth reading again, as MLflow's calls name them.
USED = frozenset(
    {
        "registered_model.created",
        "model_version.created",
        "model_version_tag.set",
        "model_version_alias.created",
        "model_version_alias.deleted",
    }
)


class Rejected(Exception):
    """The call is not believed. The reason is for our log, never for the caller."""


class Malformed(Exception):
    """The call is signed, but no event."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The part of an event that is used. `workspace` is None where the call names none."""

    event: str
    model_name: str
    workspace: str | None


def signature(secret: str, delivery_id: str, timestamp: str, body: bytes) -> str:
    """As MLflow signs: HMAC-SHA256 over "id.timestamp.body", in base64, after the version of the scheme."""
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def verify(*, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: float) -> uuid.UUID:
    """The delivery's id, when one of `secrets` signed this very call within the last minutes. Raises `Rejected`.

    `now` is in seconds since 1970. All secrets are tried in the same time, whichever fits.
    """
    raw_id, timestamp = headers.get("X-MLflow-Delivery-Id", ""), headers.get("X-MLflow-Timestamp", "")
    given = headers.get("X-MLflow-Signature", "")
    if not (raw_id and timestamp and given):
        raise Rejected("a header is missing")
    try:
        delivery_id = uuid.UUID(raw_id)
    except ValueError:
        raise Rejected("the delivery id is no UUID") from None
    if str(delivery_id) != raw_id.lower():
        raise Rejected("the delivery id is not written as a UUID is")
    fits = [hmac.compare_digest(signature(one, raw_id, timestamp, body).encode(), given.encode()) for one in secrets]
    if not any(fits):
        raise Rejected("the signature does not fit")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise Rejected("the timestamp is no number")
    if abs(now - int(timestamp)) > FRESH_SECONDS:
        raise Rejected("the timestamp is too far from now")
    return delivery_id


def hear(body: bytes) -> Heard:
    """The event in a body that was verified. Raises `Malformed` for anything but a JSON object."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(told, dict):
        raise Malformed("not a JSON object")
    data: Any = told.get("data")
    name = data.get("name") if isinstance(data, dict) else None
    workspace = told.get("workspace")
    return Heard(
        event=f"{clean(told.get('entity'), 40)}.{clean(told.get('action'), 39)}",
        # A name that was cut or cleaned would be that of another model.
        model_name=name if isinstance(name, str) and clean(name, LONGEST_NAME) == name else "",
        workspace=None if workspace is None else clean(workspace, 200),
    )
