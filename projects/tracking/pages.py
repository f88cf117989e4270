"""How a list is read page by page: what a page is, and how to go on after it without losing anything.

A phase plans a job (in the main thread, from the database), fetches it (in any thread, network only), and stores the
page (in the main thread, inside the page's transaction). Where to go on is JSON, kept with the sync.

A large page is parsed between fetching and storing, when the next one is already asked for: the server never waits for
us longer than it takes to see where its answer ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from projects.tracking.facts import Note
from projects.tracking.mlflow import Fault, Gateway, GatewayError, Json
from projects.tracking.models import Source

PAGE = 1000
SMALLEST_PAGE = 5
At = dict[str, Any]


@dataclass
class Work:
    """A sync at work: what it must know besides its place. `state` is kept with the cursor."""

    source: Source
    sync_id: int
    started_ms: int
    state: dict[str, Any]
    counts: dict[str, int]
    skipped: list[dict[str, str]]
    # The group of things under which pages are being read, and the job that asked for the first of them.
    asked: tuple[tuple[Any, ...], Job] | None = None

    def count(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number


@dataclass(frozen=True)
class Job:
    at: At
    # What the plan looked up in the database: experiment ids, candidates, a query.
    ask: Any = None
    share: tuple[float, float] = (0.0, 1.0)


@dataclass
class Page:
    rows: list[Any]
    # Where to go on; None when the phase is over.
    next_at: At | None
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    # How much of the phase is done, from 0 to 1.
    done: float = 0.0
    # The server does not have such things at all.
    is_unsupported: bool = False
    # What was fetched and is yet to be parsed, and how one of it is.
    raw: list[Json] = field(default_factory=list)
    parse: Callable[[Json, Note], Any] | None = None

    def read(self) -> None:
        """Parse what was fetched. A thing that cannot be kept leaves a note and no row."""
        if self.parse is not None:
            self.rows += [one for item in self.raw if (one := self.parse(item, self.note))]
            self.raw = []

    def note(self, kind: str, ref: str, reason: str) -> None:
        self.notes.append((kind, ref, reason))


class Phase(Protocol):
    name: str

    def plan(self, work: Work, at: At) -> Job | None: ...

    def fetch(self, gateway: Gateway, job: Job) -> Page: ...

    def store(self, work: Work, page: Page) -> None: ...


def ask(call: Callable[[int], Json], size: int) -> tuple[Json, int]:
    """One answer, with a smaller page where the whole one would be too large; and the size that worked."""
    while True:
        try:
            return call(size), size
        except GatewayError as error:
            if error.fault is not Fault.TOO_LARGE or size <= SMALLEST_PAGE:
                raise
            size = max(size // 5, SMALLEST_PAGE)


def items(answer: Json, name: str) -> list[Json]:
    """The list in an answer; MLflow leaves an empty one out. Raises `GatewayError` for anything else."""
    found = answer.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise GatewayError(Fault.BROKEN, f"The server sent an answer in which {name.replace('_', ' ')} is no list.")
    return found


def next_token(answer: Json, at: At, refs: Iterable[str]) -> tuple[str, str]:
    """The token of the next page (empty at the end) and this page's fingerprint. Raises `GatewayError` for pages
    without an end.
    """
    token = str(answer.get("next_page_token") or "")
    fingerprint = hashlib.sha256("\n".join(sorted(refs)).encode("utf-8", "replace")).hexdigest()[:16]
    if token and token == at.get("token"):
        raise GatewayError(Fault.BROKEN, "The server keeps sending the same page.")
    if token and fingerprint == at.get("print"):
        raise GatewayError(Fault.BROKEN, "The server keeps sending the same things on new pages.")
    return token, fingerprint
