"""What the demo's processes are told: secrets and ports made once and kept, and the variables of the portal."""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from demo.processes import Failed
from demo.services import free_port, is_free
from demo.world.sign_in import setting

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "demo"
LOGS = HOME / "logs"
_FILE = HOME / "env"


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
            "SITE_URL": self.url,
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
    """Where a demo that starts now has its parts: what is missing or cannot be used any more is made anew and kept."""
    kept = _kept()
    makers: dict[str, Callable[[], str]] = {
        "SECRET_KEY": lambda: secrets.token_urlsafe(48),
        "SECRETS_KEYS": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "MLFLOW_PORT": lambda: str(free_port()),
        "VALKEY_PORT": lambda: str(free_port()),
    }
    for name, make in makers.items():
        if name not in kept or (name.endswith("_PORT") and not is_free(int(kept[name]))):
            kept[name] = make()
    kept["PORT"] = str(port)
    # Written aside and moved, so that a kill in the middle leaves the old one; for its owner only.
    aside = _FILE.with_suffix(".new")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in kept.items())
    aside.replace(_FILE)
    return _place(kept)


def running_place() -> Place:
    """Where the demo that was started last has its parts. Raises `Failed` when there was none."""
    kept = _kept()
    if "PORT" not in kept:
        raise Failed("there is no demo in this checkout yet: `make demo`")
    return _place(kept)


def _kept() -> dict[str, str]:
    """What is in `var/demo/env`."""
    return dict(line.split("=", 1) for line in _FILE.read_text().splitlines()) if _FILE.exists() else {}


def _place(kept: dict[str, str]) -> Place:
    return Place(
        port=int(kept["PORT"]),
        mlflow_port=int(kept["MLFLOW_PORT"]),
        valkey_port=int(kept["VALKEY_PORT"]),
        database=os.environ.get("DATABASE_URL") or None,
        broker=os.environ.get("BROKER_URL") or None,
        kept=kept,
    )
