"""Topics and a teller of the tests' own: an event `test.told` tells what its facts say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import events, outbox, stream, telling
from coe.core.models import Event, OutboxEntry, Unread
from coe.core.telling import News
from coe.notices import services
from coe.notices.letters import KIND, post_letters
from coe.notices.models import Choice, Letter
from tests.notices.servers import ChatServer, MailServer


@pytest.fixture(autouse=True)
def topics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handoffs come at once, Projects daily, Gossip not by mail; and the room's own topic."""
    own = {key: value for key, value in telling._topics.items() if key == "delivery"}
    monkeypatch.setattr(telling, "_topics", own)
    tellers = {verb: fns for verb, fns in telling._tellers.items() if verb.startswith("notices.")}
    monkeypatch.setattr(telling, "_tellers", tellers)
    monkeypatch.setitem(events._sentences, "test.told", lambda facts: "told it")
    telling.topic("handoffs", "Handoffs", about="A handoff waits for you or is decided.", order=10, email="at_once")
    telling.topic("projects", "Projects", about="A project moves or reports its status.", order=20, email="daily")
    telling.topic("gossip", "Gossip", about="What people say.", order=30, email="off")
    telling.tell("test.told")(_teller)


def _teller(event: Event) -> Iterable[News]:
    for told in event.facts["news"]:
        subject = told.get("subject") or [event.subject_type_id, event.subject_id]
        yield News(told["topic"], told["text"], told["to"], tuple(subject), told["url"], told["thread"])


class Notices:
    """`tell` makes something happen and has it heard; `post` sends what is due, and what is not due yet too."""

    def happen(
        self,
        about: Any,
        *to: Person,
        text: str = "Ada accepted it.",
        topic: str = "handoffs",
        thread: str = "handoff:1",
        url: str = "/handoffs/1/",
        actor: Person | None = None,
        also: Iterable[dict[str, Any]] = (),
    ) -> Event:
        told = {"topic": topic, "text": text, "to": [one.pk for one in to], "url": url, "thread": thread}
        news = [told, *({**told, **more} for more in also)]
        with transaction.atomic():
            return events.record(actor=actor, verb="test.told", subject=about, facts={"news": news})

    def hear(self) -> int:
        """Have the consumer read all there is, whatever time the test says that it is."""
        Unread.objects.filter(consumer="notices").update(due_at=timezone.now())
        return stream.read("notices")

    def tell(self, about: Any, *to: Person, **words: Any) -> Event:
        event = self.happen(about, *to, **words)
        self.hear()
        return event

    def seal(self) -> int:
        """Put every open letter into the outbox, whether its time has come or not."""
        Letter.objects.filter(state="open").update(due_at=timezone.now())
        return post_letters()

    def all_due(self) -> None:
        """Let the outbox try again at once."""
        OutboxEntry.objects.filter(kind=KIND).update(due_at=timezone.now(), claimed_until=None)

    def post(self) -> int:
        self.seal()
        return outbox.sweep()

    def states(self, channel: str = "email") -> list[str]:
        return list(Letter.objects.filter(channel=channel).order_by("pk").values_list("state", flat=True))

    def choose(self, person: Person, topic: str, channel: str, when: str) -> None:
        services.choose(actor=person, topic=topic, channel=channel, when=when)

    def pair(self, about: Any) -> list[int]:
        return [ContentType.objects.get_for_model(about).pk, about.pk]


@pytest.fixture
def notices(db: None) -> Notices:
    return Notices()


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """A real one, to which Cairn's mails go."""
    server = MailServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.SITE_URL = "https://cairn.example.org"
    yield server
    server.stop()


@pytest.fixture
def chat_server(settings: Any) -> Iterator[ChatServer]:
    server = ChatServer()
    server.start()
    settings.PRIVATE_HOSTS_ALLOWED = ["127.0.0.1"]
    settings.SITE_URL = "https://cairn.example.org"
    yield server
    server.stop()


def wish_for(person: Person, topic: str, channel: str, when: str) -> None:
    """What a person chose, without the verb."""
    Choice.objects.create(person=person, topic=topic, channel=channel, when=when)
