"""What shows that a mentor knows something: registered by the rooms in which people do things."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from coe.accounts.models import Person
from coe.core.access import AlreadyRegistered
from coe.mentors.models import Mentor
from coe.mentors.tags import tidy

Kind = Literal["project", "handoff", "request"]


@dataclass(frozen=True)
class Proof:
    """One thing that the person did, with the tags of which it is a proof. `role` is the person's part, in words."""

    person_id: int
    tags: frozenset[str]
    kind: Kind
    label: str
    url: str
    role: str = ""


Provider = Callable[[Person, Collection[int]], Iterable[Proof]]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Add a provider (viewer, ids of people) → proofs that the viewer may know of, in one or two queries for them all.

    Raises `AlreadyRegistered` for a name given twice.
    """
    if name in _providers:
        raise AlreadyRegistered(name)
    _providers[name] = provider


def proofs(viewer: Person, person_ids: Collection[int]) -> dict[int, list[Proof]]:
    """By person every proof that the viewer may know of."""
    found: dict[int, list[Proof]] = {pk: [] for pk in person_ids}
    for provider in _providers.values() if person_ids else ():
        for proof in provider(viewer, person_ids):
            found[proof.person_id].append(proof)
    return found


def of(viewer: Person, mentor: Mentor) -> dict[str, list[Proof]]:
    """By tag what shows that the mentor knows it, as far as the viewer may know of it."""
    by_tag: dict[str, list[Proof]] = {}
    for proof in proofs(viewer, [mentor.person_id])[mentor.person_id]:
        for tag in sorted({tidy(tag) for tag in proof.tags} - {""}):
            by_tag.setdefault(tag, []).append(proof)
    return by_tag
