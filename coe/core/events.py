"""The one stream of facts. Every verb records what it did here, in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from coe.core import stream
from coe.core.access import AlreadyRegistered
from coe.core.models import Event

Sentence = Callable[[dict[str, Any]], str]
_sentences: dict[str, Sentence] = {}


def record(*, actor: Any, verb: str, subject: models.Model, facts: dict[str, Any] | None = None) -> Event:
    """Append one event in the caller's transaction and return it. `actor` is None where Cairn itself acted.

    Raises `KeyError` for a verb that no room gave a sentence, and `TransactionManagementError` outside of a
    transaction: a fact must stand or fall with the change it tells of.
    """
    _sentences[verb]
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"{verb} recorded outside of a transaction")
    event = Event.objects.create(
        actor=actor,
        verb=verb,
        subject_type=ContentType.objects.get_for_model(subject),
        subject_id=subject.pk,
        facts=facts or {},
    )
    stream.note(event)
    return event


@dataclass(frozen=True)
class Fact:
    """One event that is to be recorded together with others."""

    actor: Any
    verb: str
    subject: models.Model
    facts: dict[str, Any]


def record_many(facts: Sequence[Fact]) -> list[Event]:
    """Append many events in the caller's transaction, in their order: as `record` does for each, in a few statements.

    Raises as `record` does, before anything is written.
    """
    for one in facts:
        _sentences[one.verb]
    if not facts:
        return []
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"{facts[0].verb} recorded outside of a transaction")
    made = Event.objects.bulk_create(
        [
            Event(
                actor=one.actor,
                verb=one.verb,
                subject_type=ContentType.objects.get_for_model(one.subject),
                subject_id=one.subject.pk,
                facts=one.facts,
            )
            for one in facts
        ],
        batch_size=1000,
    )
    stream.note_many(made)
    return made


def sentence(verb: str, text: str | Sentence) -> None:
    """Say how `verb` reads on a page: a format string over the facts ("moved it to {to}"), or a function of them."""
    if verb in _sentences:
        raise AlreadyRegistered(verb)
    _sentences[verb] = text if callable(text) else lambda facts: text.format_map(_Blank(facts))


def say(event: Event) -> str:
    """The event as a clause that follows the actor's name: "moved it to pilot: trial went well"."""
    return _sentences[event.verb](event.facts) if event.verb in _sentences else event.verb


def verbs() -> list[str]:
    """Every verb that some room can record, sorted."""
    return sorted(_sentences)


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""
