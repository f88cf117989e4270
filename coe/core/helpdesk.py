"""Asking for help from a room that does not know who helps: the room that does registers itself here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from coe.core.access import AlreadyRegistered
from coe.core.subjects import Subject


@dataclass(frozen=True)
class Question:
    """What somebody is stuck with: the fields of a mentor request, filled in from where it was asked.

    `subject` is (content type id, id) of what it is about; `team` are the ids of the people it is also for; `origin`
    is kept with the request, and comes back in the facts of the events that tell what became of it.
    """

    goal: str
    topic: str
    urgency: str = "week"
    details: str = ""
    skills: tuple[str, ...] = ()
    subject: tuple[int, int] | None = None
    version: int | None = None
    team: tuple[int, ...] = ()
    mentor_person: int | None = None
    origin: str = ""


@dataclass(frozen=True)
class Standing:
    """What became of a question: "waiting", "asked", "open", "resolved" or "withdrawn", and by whom it is answered."""

    state: str
    label: str
    url: str
    helper: int | None = None


Ask = Callable[[Any, Question], Subject]
# By the subject's id, of those there are.
Standings = Callable[[Collection[int]], Mapping[int, Standing]]


@dataclass(frozen=True)
class Desk:
    """Who answers. `type_id` gives the content type of what questions become, `verbs` are those of events that change
    their standing.
    """

    ask: Ask
    standings: Standings
    type_id: Callable[[], int]
    verbs: frozenset[str]


_desk: list[Desk] = []


def register(desk: Desk) -> None:
    """Say who answers. Raises `AlreadyRegistered` when somebody does already."""
    if _desk:
        raise AlreadyRegistered("help desk")
    _desk.append(desk)


def is_open() -> bool:
    """Whether anybody answers at all."""
    return bool(_desk)


def ask(person: Any, question: Question) -> Subject:
    """Ask for `person`, in the caller's transaction. Returns what was made of it. Raises as the helpers' verb does."""
    return _desk[0].ask(person, question)


def standings(ids: Collection[int]) -> Mapping[int, Standing]:
    """What became of these questions; nothing of those that are not there. Who may know of them the caller must ask."""
    return _desk[0].standings(ids) if ids and _desk else {}


def type_id() -> int | None:
    """The content type of what questions become; None where nobody answers."""
    return _desk[0].type_id() if _desk else None


def verbs() -> frozenset[str]:
    """The verbs of events after which a question may stand otherwise."""
    return _desk[0].verbs if _desk else frozenset()
