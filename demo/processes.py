"""Children of the demo and of the tests: each in a group of its own, none left behind, however their parent ends."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_TICK = 0.1


class Failed(RuntimeError):
    """A part did not start, or a step ended with an error; the message is one line for people."""


class Stopped(RuntimeError):
    """Somebody asked the demo to stop."""


def rights_of(user: str | None) -> dict[str, Any]:
    """Arguments for `subprocess` that run a program with the rights of `user` and nobody else's."""
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


@dataclass(frozen=True)
class Command:
    """How to start a part. `stop` is the signal that ends it cleanly; `user` is whose rights it runs with."""

    name: str
    words: Sequence[str]
    log: Path
    env: Mapping[str, str]
    stop: signal.Signals = signal.SIGTERM
    user: str | None = None
    cwd: Path | None = None
    show: bool = False


@dataclass(eq=False)
class Child:
    command: Command
    process: subprocess.Popen[bytes]

    @property
    def alive(self) -> bool:
        return self.process.poll() is None


@dataclass
class Family:
    """Starts children, waits for them, and ends them in reverse order.

    A guard process learns of each group. When the parent dies without having stopped (SIGKILL), the guard's standard
    input closes and it ends whatever is still there.
    """

    stopping: threading.Event = field(default_factory=threading.Event)
    children: list[Child] = field(default_factory=list)
    _guard: subprocess.Popen[bytes] | None = None

    def watch(self, *, keep: Sequence[int] = ()) -> None:
        """Start the guard; it inherits the descriptors in `keep`, so that a lock on them holds until all is ended."""
        self._guard = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("guard.py"))],
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=keep,
        )

    def start(self, command: Command) -> Child:
        """Start `command` with its output in its log (or on our own error stream when it is to be shown)."""
        command.log.parent.mkdir(parents=True, exist_ok=True)
        with command.log.open("ab") as log:
            process = subprocess.Popen(
                command.words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=None if command.show else log,
                env=dict(command.env),
                cwd=command.cwd,
                **rights_of(command.user),
                start_new_session=True,
            )
        self._tell(f"add {process.pid} {int(command.stop)}")
        child = Child(command, process)
        self.children.append(child)
        return child

    def run(self, command: Command) -> None:
        """Run `command` to its end.

        Raises `Failed` when it ends with an error, `Stopped` when asked to stop meanwhile.
        """
        child = self.start(command)
        try:
            self.until(lambda: not child.alive, command.name, seconds=3600)
        finally:
            self.stop(child)
        if child.process.returncode:
            raise Failed(f"{command.name} ended with code {child.process.returncode}; see {command.log}")

    def until(self, ready: Callable[[], bool], name: str, *, seconds: float, child: Child | None = None) -> None:
        """Wait until `ready()`. Raises `Stopped` when asked to stop, `Failed` when `child` ends or time is up."""
        end = time.monotonic() + seconds
        while not ready():
            if self.stopping.is_set():
                raise Stopped(name)
            if child and not child.alive:
                raise Failed(f"{name} ended with code {child.process.returncode}; see {child.command.log}")
            if time.monotonic() > end:
                raise Failed(f"{name} was not ready within {seconds:.0f} seconds")
            time.sleep(_TICK)

    def stop(self, child: Child, *, seconds: float = 15) -> None:
        """Ask `child` to end, wait, then kill what is left of its group."""
        if child.alive:
            with contextlib.suppress(ProcessLookupError):
                child.process.send_signal(child.command.stop)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(seconds)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
        self._tell(f"drop {child.process.pid}")
        if child in self.children:
            self.children.remove(child)

    def stop_all(self, told: Callable[[str], None] = lambda name: None) -> None:
        """End everything, the last started first, then the guard."""
        for child in reversed(self.children.copy()):
            self.stop(child)
            told(child.command.name)
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
            self._guard.wait()
            self._guard = None

    def _tell(self, line: str) -> None:
        if self._guard and self._guard.stdin:
            # Without a guard the children still end when this process stops in order.
            with contextlib.suppress(BrokenPipeError):
                self._guard.stdin.write(f"{line}\n".encode())
                self._guard.stdin.flush()
