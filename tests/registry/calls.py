"""Webhook calls as MLflow makes them, signed by MLflow's own code, and as nobody should."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from mlflow.webhooks.delivery import _generate_hmac_signature

from coe.core.secrets import encrypt
from projects.registry.models import Hook
from projects.tracking.models import Source

SECRET = "the secret that both sides know"


def hook_of(source: Source, secret: str = SECRET) -> Hook:
    return Hook.objects.create(source=source, secret=encrypt(secret))


def event(name: str = "model_version.created", model: str = "churn", **more: Any) -> dict[str, Any]:
    entity, _, action = name.partition(".")
    return {
        "entity": entity,
        "action": action,
        "timestamp": "2026-01-01T00:00:00+00:00",
        "data": {"name": model},
        **more,
    }


@dataclass
class Call:
    """One call; change a part, then `send` it."""

    told: Any = field(default_factory=event)
    source: str = "lab"
    secret: str = SECRET
    delivery_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    timestamp: str = field(default_factory=lambda: str(int(time.time())))
    body: bytes | None = None
    headers: dict[str, str | None] = field(default_factory=dict)

    def send(self, client: Client | None = None) -> Any:
        body = json.dumps(self.told).encode() if self.body is None else self.body
        signed = _generate_hmac_signature(self.secret, self.delivery_id, self.timestamp, body.decode("latin-1"))
        headers: dict[str, str | None] = {
            "X-MLflow-Delivery-Id": self.delivery_id,
            "X-MLflow-Timestamp": self.timestamp,
            "X-MLflow-Signature": signed,
            **self.headers,
        }
        given = {name: value for name, value in headers.items() if value is not None}
        # The token of forms is asked for, as on the real site.
        client = client or Client(enforce_csrf_checks=True)
        return client.post(f"/hooks/mlflow/{self.source}/", body, content_type="application/json", headers=given)
