"""`make demo [PORT=9000]`: everything embedded, started, filled and served; Ctrl-C stops all that was started."""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from demo import services, steps
from demo.environment import HOME, LOGS, ROOT, Place, place
from demo.processes import Child, Command, Failed, Family, Stopped

_MOST_RESTARTS = 20


def say(mark: str, text: str, seconds: float | None = None) -> None:
    """One line of progress, with the seconds it took."""
    tail = "" if seconds is None else f"{seconds:8.1f} s"
    print(f" {mark} {text:<58}{tail}", flush=True)


@contextmanager
def timed(text: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    say("✓", text, time.monotonic() - started)


class Demo:
    """One run of the demo."""

    def __init__(self, where: Place, family: Family) -> None:
        self.where = where
        self.family = family
        self.postgres = services.Postgres(HOME / "postgres", LOGS / "postgres.log")
        self.database = where.database or self.postgres.url("cairn")
        self.variables = where.variables(self.database)
        # A step is done again when the portal's database or the MLflow server is another one.
        self.told = f"{self.database} {self.where.mlflow_url}"
        self.later = steps.later(where, self.postgres.url("mlflow"))
        self.keep: dict[Child, Callable[[], Child]] = {}

    def run(self) -> None:
        """Start all, fill it, then watch until asked to stop."""
        began = time.monotonic()
        self._parts()
        mlflow = self._lasting(self._mlflow())
        for step in steps.FIRST:
            self._once(step)
        with timed("Site, worker and scheduler"):
            site = self._lasting(self._site())
            self._lasting(self._celery("worker", "-c", "2"))
            self._lasting(self._celery("beat", "-s", str(HOME / "beat")))
            self.family.until(lambda: services.answers(f"{self.where.url}/readyz"), "The site", seconds=90, child=site)
        say("→", f"{self.where.url} is up; figures arrive as soon as MLflow has them")
        with timed(f"MLflow at {self.where.mlflow_url}"):
            health = f"{self.where.mlflow_url}/health"
            self.family.until(lambda: services.answers(health), "MLflow", seconds=180, child=mlflow)
        for step in self.later:
            self._once(step)
        say("✓", "Ready", time.monotonic() - began)
        print(f"\n   Cairn:   {self.where.url}\n   MLflow:  {self.where.mlflow_url}", flush=True)
        print("\n   Try this: `.venv/bin/python -m demo.new_version` registers a version with plain MLflow code;")
        print("   MLflow calls Cairn, and its handoff opens within seconds.\n")
        print(f"   Logs:    {LOGS.relative_to(ROOT)}/\n   Ctrl-C stops everything; the data stays.\n", flush=True)
        self._watch()

    def _parts(self) -> None:
        # MLflow's own store is always in the embedded PostgreSQL, whatever the portal uses.
        with timed("PostgreSQL"):
            self._lasting(lambda: self.postgres.start(self.family))
            self.postgres.create("mlflow", *([] if self.where.database else ["cairn"]))
        if not self.where.broker:
            with timed("Valkey"):
                port, log = self.where.valkey_port, LOGS / "valkey.log"
                self._lasting(lambda: services.start_valkey(self.family, port=port, folder=HOME / "valkey", log=log))

    def _once(self, step: steps.Step) -> None:
        told = self.told
        if not step.there:
            say("–", f"{step.name}: not in this checkout")
        elif step.is_done(told):
            say("✓", f"{step.name} (done before)")
        else:
            log = LOGS / f"{step.slug}.log"
            with timed(step.name):
                self._run(step, Command(step.name, step.command(), log, self.variables, cwd=ROOT, show=step.show))
            step.done(told)

    def _run(self, step: steps.Step, command: Command) -> None:
        for left in reversed(range(step.tries)):
            try:
                self.family.run(command)
            except Failed:
                if not left:
                    raise
                self._rest(3)
            else:
                return

    def _lasting(self, start: Callable[[], Child]) -> Child:
        child = start()
        self.keep[child] = start
        return child

    def _mlflow(self) -> Callable[[], Child]:
        store = self.postgres.url("mlflow").replace("postgresql:", "postgresql+psycopg:")
        # One worker starts sooner; the second is for the teams that train.
        filled = all(step.is_done(self.told) for step in self.later)
        command = services.mlflow_command(
            port=self.where.mlflow_port,
            store=store,
            artifacts=HOME / "artifacts",
            log=LOGS / "mlflow.log",
            workers=1 if filled else 2,
        )
        return lambda: self.family.start(command)

    def _site(self) -> Callable[[], Child]:
        words = [sys.executable, "-m", "gunicorn", "coe.wsgi", "--bind", f"127.0.0.1:{self.where.port}"]
        words += ["--workers", "2", "--threads", "4", "--preload", "--no-control-socket"]
        command = Command("The site", words, LOGS / "site.log", self.variables, cwd=ROOT)
        return lambda: self.family.start(command)

    def _celery(self, what: str, *words: str) -> Callable[[], Child]:
        line = [sys.executable, "-m", "celery", "-A", "coe.celery", "-q", what, "-l", "warning", *words]
        command = Command(f"Celery {what}", line, LOGS / f"{what}.log", self.variables, cwd=ROOT)
        return lambda: self.family.start(command)

    def _watch(self) -> None:
        """Start again what ends by itself, until asked to stop; give up on what will not stay."""
        for _ in range(_MOST_RESTARTS):
            self.family.until(lambda: not all(child.alive for child in self.keep), "Watching", seconds=float("inf"))
            for child in [child for child in self.keep if not child.alive]:
                start = self.keep.pop(child)
                self.family.stop(child)
                say("!", f"{child.command.name} ended (code {child.process.returncode}); starting it again")
                self._lasting(start)
            self._rest(3)
        raise Failed(f"a part ended {_MOST_RESTARTS} times; see {LOGS}")

    def _rest(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        self.family.until(lambda: time.monotonic() > end, "Watching", seconds=seconds + 1)


@contextmanager
def only_one(port: int) -> Iterator[IO[str]]:
    """Hold the demo's lock. Raises `Failed` in one line when another holds it or the port is taken."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise Failed(f"a demo of this checkout runs already: {lock.read().strip() or 'it is starting'}") from None
        if not services.is_free(port):
            raise Failed(f"port {port} is taken; try `make demo PORT={port + 1000}`")
        lock.truncate(0)
        lock.write(f"http://127.0.0.1:{port} (process {os.getpid()})")
        lock.flush()
        yield lock


def _heed_signals(family: Family) -> None:
    """Ctrl-C, a plain kill and a closed terminal all ask to stop; so does the end of the `make` that started us."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
            continue  # started with nohup
        signal.signal(number, lambda *_: family.stopping.set())
    if os.environ.get("MAKELEVEL"):
        parent = os.getppid()

        def orphaned(*_: object) -> None:
            if os.getppid() != parent:
                family.stopping.set()

        signal.signal(signal.SIGALRM, orphaned)
        signal.setitimer(signal.ITIMER_REAL, 1, 1)


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError("must be from 1 to 65535")
    return port


def main() -> int:
    """Run the demo. Returns 0 when it was stopped, 1 when it could not start or go on, 2 for bad arguments."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--port", type=_port, default=8000, help="of the site on 127.0.0.1 (8000)")
    port = parser.parse_args().port
    family = Family()
    _heed_signals(family)
    try:
        with only_one(port) as lock:
            family.watch(keep=[lock.fileno()])
            try:
                Demo(place(port), family).run()
            finally:
                print(flush=True)
                family.stop_all(lambda name: say("✓", f"stopped {name}"))
    except Stopped:
        return 0
    except Failed as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
