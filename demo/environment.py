"""What the demo's processes are told: secrets and ports made once and kept, and the variables of the portal."""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from demo.services import free_port, is_free
from demo.world.sign_in import setting

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "demo"
LOGS = HOME / "logs"


@dataclass(frozen=True)
class Place:
    """Where the parts of this demo are. `database` and `broker` are None where the demo brings its own."""

    port: int
    mlflow_port: int
    valkey_port: int
    database: str | None
    broker: str | None
    kept: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def mlflow_url(self) -> str:
        return f"http://127.0.0.1:{self.mlflow_port}"

    def variables(self, database: str) -> dict[str, str]:
        """The environment of the portal's processes, on top of our own."""
        # This machine: the group's server, and the plant's (see demo/world/plant.py), which runs for some seconds only.
        allowed = ["127.0.0.1", *filter(None, [os.environ.get("PRIVATE_HOSTS_ALLOWED")])]
        return {
            "CAIRN_DEMO": "1",
            "SERVE_UNCOLLECTED_STATIC": "0",
            **os.environ,
            "SECRET_KEY": self.kept["SECRET_KEY"],
            "SECRETS_KEYS": self.kept["SECRETS_KEYS"],
            "DATABASE_URL": database,
            "BROKER_URL": self.broker or f"redis://127.0.0.1:{self.valkey_port}/0",
            "PRIVATE_HOSTS_ALLOWED": ",".join(allowed),
            "DEMO_MLFLOW_URL": self.mlflow_url,
            "DEMO_PEOPLE": setting(),
            "PYTHONUNBUFFERED": "1",
            # A progress bar that is written to a file moves seldom.
            **({} if sys.stderr.isatty() else {"TQDM_MININTERVAL": "5"}),
            # A worker told to stop puts its task back and leaves in seconds, instead of finishing it first.
            "REMAP_SIGTERM": "SIGQUIT",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
        }


def place(port: int) -> Place:
    """Read what was kept (`var/demo/env`, for its owner only), make what is missing or cannot be used any more."""
    path = HOME / "env"
    kept = dict(line.split("=", 1) for line in path.read_text().splitlines()) if path.exists() else {}
    makers: dict[str, Callable[[], str]] = {
        "SECRET_KEY": lambda: secrets.token_urlsafe(48),
        "SECRETS_KEYS": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "MLFLOW_PORT": lambda: str(free_port()),
        "VALKEY_PORT": lambda: str(free_port()),
    }
    for name, make in makers.items():
        if name not in kept or (name.endswith("_PORT") and not is_free(int(kept[name]))):
            kept[name] = make()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in kept.items())
    return Place(
        port=port,
        mlflow_port=int(kept["MLFLOW_PORT"]),
        valkey_port=int(kept["VALKEY_PORT"]),
        database=os.environ.get("DATABASE_URL") or None,
        broker=os.environ.get("BROKER_URL") or None,
        kept=kept,
    )
