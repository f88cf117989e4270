"""Asking for help from a room that does not know who helps: the room that does registers itself here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


Ask = Callable[[Any, Question], Subject]
# What became of questions, by their subject's id: "waiting", "asked", "open", "resolved" or "withdrawn".
States = Callable[[Any, set[int]], Mapping[int, str]]
_desk: list[tuple[Ask, States]] = []


def register(ask: Ask, states: States) -> None:
    """Say who answers. Raises `AlreadyRegistered` when somebody does already."""
    if _desk:
        raise AlreadyRegistered("help desk")
    _desk.append((ask, states))


def is_open() -> bool:
    """Whether anybody answers at all."""
    return bool(_desk)


def ask(person: Any, question: Question) -> Subject:
    """Ask for `person`, in the caller's transaction. Returns what was made of it. Raises as the mentors' verb does."""
    return _desk[0][0](person, question)


def states(person: Any, ids: set[int]) -> Mapping[int, str]:
    """The states of those questions that the person may know of."""
    return _desk[0][1](person, ids) if ids and _desk else {}
