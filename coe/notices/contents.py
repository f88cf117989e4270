"""What a letter says at the moment when it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from coe.core import telling
from coe.notices import knowing, links
from coe.notices.models import Channel, Letter, Line, When
from coe.notices.wishes import Reader, readers

# What one letter tells; the rest is in the inbox.
MOST = 100


@dataclass(frozen=True)
class Item:
    """One thing that a letter tells. `about` is what its subject is called."""

    text: str
    url: str
    about: str
    at: datetime


@dataclass(frozen=True)
class Content:
    """A letter's words, by the name of their topic; `more` things are not told."""

    reader: Reader
    topics: list[tuple[str, list[Item]]]
    more: int

    @property
    def items(self) -> list[Item]:
        return [item for _, items in self.topics for item in items]

    @property
    def last_url(self) -> str:
        """Where the newest of it is."""
        return self.items[-1].url

    @property
    def count(self) -> int:
        return len(self.items) + self.more


def of(letter: Letter) -> Content | None:
    """What the letter tells now; None where nothing is left of it: the account is closed, the channel is switched off,
    or the person may no longer know of any of it.
    """
    reader = readers([letter.person_id]).get(letter.person_id)
    if reader is None:
        return None
    kept = letter.email_lines if letter.channel == Channel.EMAIL else letter.chat_lines
    wanted = [line for line in kept.all() if reader.when(line.topic, letter.channel) != When.OFF]
    known = knowing.known({line.pair for line in wanted}, reader.person)
    lines = [line for line in wanted if line.pair in known]
    return _content(reader, lines) if lines else None


def _content(reader: Reader, lines: list[Line]) -> Content:
    # The newest are told, in the order in which they happened.
    told = lines[-MOST:]
    names = knowing.labels({line.pair for line in told})
    labels = {one.key: one.label for one in telling.topics()}
    by_topic: dict[str, list[Item]] = {key: [] for key in labels}
    for line in told:
        item = Item(line.text, links.absolute(line.url), names.get(line.pair, ""), line.at)
        by_topic.setdefault(line.topic, []).append(item)
    topics = [(labels.get(key, key), items) for key, items in by_topic.items() if items]
    return Content(reader, topics, len(lines) - len(told))
