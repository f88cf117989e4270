"""The real parts that tests stand on: an embedded PostgreSQL and Valkey, unless DATABASE_URL and BROKER_URL name
others.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import LiteralString

import psycopg
import psycopg.sql

from demo import services
from demo.processes import Child, Family

ROOT = Path(__file__).resolve().parent.parent
_UNSET = ("ALLOWED_HOSTS", "CACHE_URL", "CSRF_TRUSTED_ORIGINS", "CURRENCY", "DEBUG", "EMAIL_HOST", "HTTPS", "TIME_ZONE")
_SET = {
    "DJANGO_SETTINGS_MODULE": "coe.settings",
    "SECRET_KEY": "a-secret-of-the-tests-that-is-long-enough",
    "SECRETS_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "CAIRN_DEMO": "1",
    "SERVE_UNCOLLECTED_STATIC": "1",
    "LOG_LEVEL": "WARNING",
    # Playwright's synchronous interface runs an event loop in the thread of the test.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
}

family = Family()
folder: Path | None = None
databases: list[str] = []
# A forked child inherits what is registered for the end of this process; the parts are not its own to stop.
owner = os.getpid()


def embed() -> None:
    """Set the environment of the tests, and start what it lacks.

    Under xdist the controller does so and its workers inherit the addresses; each worker gets a queue of its own on the
    broker, so that a Celery worker of one never takes the tasks of another.
    """
    for name in _UNSET:
        os.environ.pop(name, None)
    os.environ.update(_SET)
    # Each process watches over what it starts, so that a killed test leaves nothing behind.
    family.watch()
    atexit.register(end)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        os.environ["TASK_QUEUE"] = f"tests-{worker}"
        return
    if os.environ.get("DATABASE_URL") and os.environ.get("BROKER_URL"):
        return
    if not os.environ.get("DATABASE_URL"):
        postgres = services.Postgres(home() / "postgres", home() / "postgres.log", durable=False)
        postgres.start(family)
        os.environ["DATABASE_URL"] = postgres.url("cairn")
    if not os.environ.get("BROKER_URL"):
        port = services.free_port()
        services.start_valkey(family, port=port, folder=home() / "valkey", log=home() / "valkey.log")
        os.environ["BROKER_URL"] = f"redis://127.0.0.1:{port}/0"


def home() -> Path:
    """A folder for this process's parts, removed at its end."""
    global folder
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="cairn-tests-"))
    return folder


def start_mlflow() -> str:
    """Start a real MLflow server for this process and return its address."""
    if family.stopping.is_set():
        raise RuntimeError("the tests have ended")
    port = services.free_port()
    store = _database_for_mlflow()
    command = services.mlflow_command(
        port=port, store=store, artifacts=home() / "artifacts", log=home() / "mlflow.log", workers=1
    )
    child: Child = family.start(command)
    url = f"http://127.0.0.1:{port}"
    family.until(lambda: services.answers(f"{url}/health"), "MLflow", seconds=180, child=child)
    return url


def _database_for_mlflow() -> str:
    """A database of this process's own for MLflow. On SQLite, MLflow 3.17 leaves connections read-only under load."""
    name = f"mlflow_{os.getpid()}"
    _admin("CREATE DATABASE {}", name)
    databases.append(name)
    return mlflow_store()


def mlflow_store() -> str:
    """The address of the database of this process's MLflow server."""
    name = f"mlflow_{os.getpid()}"
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    url = f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
    return "postgresql+psycopg:" + url.partition(":")[2]


def _admin(statement: LiteralString, name: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], dbname="postgres", autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL(statement).format(psycopg.sql.Identifier(name)))


def end() -> None:
    """Stop all that this process started and remove its folder."""
    global folder
    if os.getpid() != owner:
        return
    family.stop_all()
    while databases:
        # With an embedded server it may be gone already, and the database with it.
        with contextlib.suppress(psycopg.OperationalError):
            _admin("DROP DATABASE IF EXISTS {} WITH (FORCE)", databases.pop())
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
        folder = None
