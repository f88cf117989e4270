"""Which events are worth telling whom: one registry, filled by each room, read by the room that delivers notices.

A room names its *topics* (what a person can switch on and off) and, for each verb that somebody should hear of, a
function from the event to its *news*. Who may know of the subject is asked again when a notice is shown and sent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from coe.core.access import AlreadyRegistered
from coe.core.models import Event

When = Literal["off", "at_once", "daily"]


@dataclass(frozen=True)
class Topic:
    """A kind of news. `email` says how it reaches a person who chose nothing; the inbox always has it by default."""

    key: str
    label: str
    about: str
    order: int
    email: When = "daily"


@dataclass(frozen=True)
class News:
    """One thing to tell to some people (by id); whoever did it hears nothing of it.

    `text` is one plain sentence that names the actor where it matters. `subject` is (content type id, id) of what it
    is about: only who may know of that hears of it. What shares a `thread` belongs together: a burst of it is one
    notice, and its mails are one conversation.
    """

    topic: str
    text: str
    to: Collection[int]
    subject: tuple[int, int]
    url: str
    thread: str


Teller = Callable[[Event], Iterable[News]]
_topics: dict[str, Topic] = {}
_tellers: dict[str, list[Teller]] = {}


def topic(key: str, label: str, *, about: str, order: int, email: When = "daily") -> None:
    """Name a kind of news: `label` heads it ("Handoffs"), `about` says in a sentence what it tells.

    Raises `AlreadyRegistered` for a key given twice.
    """
    if key in _topics:
        raise AlreadyRegistered(key)
    _topics[key] = Topic(key, label, about, order, email)


def topics() -> list[Topic]:
    """Every topic, in the order in which people are shown them."""
    return sorted(_topics.values(), key=lambda one: (one.order, one.key))


def tell(*verbs: str) -> Callable[[Teller], Teller]:
    """Registers what an event with one of `verbs` tells whom. A verb may have several tellers."""

    def register(teller: Teller) -> Teller:
        for verb in verbs:
            _tellers.setdefault(verb, []).append(teller)
        return teller

    return register


def is_told(verb: str) -> bool:
    """Whether anybody could hear of events with this verb."""
    return verb in _tellers


def news_of(event: Event) -> list[News]:
    """All that the event tells, in the order in which the tellers were registered.

    Raises `KeyError` for news of a topic that no room named.
    """
    told = [news for teller in _tellers.get(event.verb, []) for news in teller(event)]
    for news in told:
        _topics[news.topic]
    return told
