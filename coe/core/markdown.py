"""Markdown that people type, as safe HTML. Rendered when a text is saved and kept beside it; never when it is read."""

from __future__ import annotations

import atexit
import json
import os
import selectors
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from coe.core.errors import invalid

log = structlog.get_logger(__name__)

MOST_BYTES = 64 * 1024
# The child gives itself one second of processor time; this is for a machine too busy to give it that.
WALL_SECONDS = 10.0
START_SECONDS = 60.0
_CHILD = Path(__file__).with_name("markdown_child.py")


class _Ended(Exception):
    """The child ended or did not answer in time."""


class _Child:
    """A warm process that renders one text at a time. It ends when this process ends: its input closes."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.process = subprocess.Popen(  # noqa: S603  our own script, no shell, nothing a person typed
            [sys.executable, "-I", str(_CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self.receive(START_SECONDS)

    def ask(self, question: dict[str, Any]) -> str:
        body = json.dumps(question, ensure_ascii=False).encode()
        stdin = self.process.stdin
        if stdin is None:
            raise _Ended
        try:
            # The child reads all of it before it works, so writing never waits for long.
            stdin.write(struct.pack(">I", len(body)) + body)
        except OSError:
            raise _Ended from None
        return self.receive(WALL_SECONDS)

    def receive(self, seconds: float) -> str:
        until = time.monotonic() + seconds
        size = struct.unpack(">I", self._exactly(4, until))[0]
        return self._exactly(size, until).decode()

    def _exactly(self, size: int, until: float) -> bytes:
        stdout = self.process.stdout
        if stdout is None:
            raise _Ended
        found = b""
        with selectors.DefaultSelector() as ready:
            ready.register(stdout, selectors.EVENT_READ)
            while len(found) < size:
                if not ready.select(max(until - time.monotonic(), 0)):
                    raise _Ended
                piece = os.read(stdout.fileno(), size - len(found))
                if not piece:
                    raise _Ended
                found += piece
        return found

    def end(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
        if self.pid == os.getpid():
            self.process.kill()
            self.process.wait()


_lock = threading.Lock()
_warm: _Child | None = None


def _drop() -> None:
    global _warm
    if _warm is not None:
        _warm.end()
        _warm = None


def _after_fork() -> None:
    """A forked process has a lock and a child of its own, and must not keep the pipes of its parent's child open."""
    global _lock
    _lock = threading.Lock()
    _drop()


os.register_at_fork(after_in_child=_after_fork)
atexit.register(_drop)


def _ask(question: dict[str, Any]) -> str:
    global _warm
    with _lock:
        if _warm is None or _warm.process.poll() is not None:
            _drop()
            _warm = _Child()
        try:
            return _warm.ask(question)
        except _Ended:
            _drop()
            raise


@dataclass(frozen=True)
class Page:
    """A rendered document: `toc` has (level from 2 on, id, title) of its headings (the first 300), `plain` its words
    without marks, `relative` the relative addresses of links and images as they are written, without fragments.
    """

    html: str
    toc: list[tuple[int, str, str]]
    plain: str
    relative: tuple[str, ...] = ()


def render(text: str, *, field: str = "text") -> str:
    """`text` as safe HTML.

    Raises `ValidationError` naming `field` when it is larger than 64 kB, holds characters that cannot be stored, takes
    more than a second to render, or is nested too deep.
    """
    return _rendered({"text": text}, field) if text.strip() else ""


def render_page(text: str, *, field: str = "text", links: Mapping[str, str] | None = None) -> Page:
    """`text` as a document: as `render`, and headings begin at h2 and carry ids ("h-…", safe, each once).

    `links` gives, for relative addresses as they are written (without fragment), those to use: a path from "/", or
    http(s). An address given as "" is taken out, and what it was at stays as words. Raises as `render` does.
    """
    if not text.strip():
        return Page("", [], "")
    made = json.loads(_rendered({"text": text, "links": dict(links or {})}, field))
    toc = [(int(level), str(anchor), str(title)) for level, anchor, title in made["toc"]]
    return Page(html=made["html"], toc=toc, plain=made["plain"], relative=tuple(made["relative"]))


def _rendered(question: dict[str, Any], field: str) -> str:
    """The child's answer. Raises as `render` does."""
    text = question["text"]
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise invalid(field, "holds a character that cannot be stored") from None
    if "\0" in text:
        raise invalid(field, "holds a character that cannot be stored")
    if size > MOST_BYTES:
        raise invalid(field, f"may have at most 64 kB, this text has {size // 1024 + 1} kB")
    try:
        answer = _ask(question)
    except _Ended:
        log.warning("markdown.ended", bytes=size)
        raise invalid(
            field, "takes too long to turn into a page; shorten it, or take out long rows of brackets"
        ) from None
    if not answer.startswith("+"):
        raise invalid(field, "is nested too deep to turn into a page; take out some levels of lists or quotes")
    return answer[1:]
