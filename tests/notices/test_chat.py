"""A person's own webhook of a chat: set, tried, posted to, refused, removed; against a real server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from coe.core import outbox, secrets
from coe.core.errors import Refused
from coe.core.models import Event, OutboxEntry
from coe.notices import services
from coe.notices.models import Letter, Notice, Reach
from tests.factories import Make
from tests.notices.conftest import Notices
from tests.notices.servers import ChatServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(make: Make) -> Any:
    return make.person("reader@example.com", name="Rita")


@pytest.fixture
def project(make: Make) -> Any:
    return make.project("churn", name="Churn | <score>")


@pytest.fixture
def chat(chat_server: ChatServer, reader: Any) -> ChatServer:
    """The reader's chat is set up."""
    services.set_chat_hook(actor=reader, url=chat_server.url)
    return chat_server


def test_the_address_is_kept_encrypted(chat: ChatServer, reader: Any, sign_in: Any) -> None:
    reach = Reach.objects.get()
    assert chat.url.encode() not in bytes(reach.hook_secret)
    assert secrets.decrypt(reach.hook_secret) == chat.url
    assert (reach.hook_host, reach.has_chat) == ("127.0.0.1", True)
    assert (Reach, "hook_secret") in secrets.columns()
    assert secrets.rotate_all().rotated == 1
    facts = Event.objects.get(verb="notices.chat_set").facts
    assert facts == {"host": "127.0.0.1"}
    page = sign_in(reader).get("/notices/settings/").content.decode()
    assert "/services/" not in page.replace("hooks.slack.com/services/", "")


def test_a_message_is_posted(notices: Notices, chat: ChatServer, reader: Any, project: Any) -> None:
    notices.tell(project, reader, text="<!channel> A & B agree", url="/handoffs/1/?a=1&b=2")
    notices.tell(project, reader, text="Again")
    notices.post()
    (said,) = chat.posts
    assert chat.paths == ["/services/T1/B2/x?y=z"]
    assert said["text"] == "Again"
    link = "<https://cairn.example.org/handoffs/1/?a=1&amp;b=2|Churn ¦ &lt;score&gt;>"
    assert [block["text"]["text"] for block in said["blocks"]] == [
        f"{link}: &lt;!channel&gt; A &amp; B agree",
        "<https://cairn.example.org/handoffs/1/|Churn ¦ &lt;score&gt;>: Again",
    ]
    assert notices.states("chat") == ["sent"]
    assert notices.states("email") == ["sent"]


def test_a_digest_is_posted_by_topic(notices: Notices, chat: ChatServer, reader: Any, project: Any) -> None:
    for n in range(60):
        notices.happen(project, reader, topic="projects", text=f"Move {n}", thread=f"project:{n}")
    notices.hear()
    notices.post()
    (said,) = chat.posts
    texts = [block["text"]["text"] for block in said["blocks"]]
    assert said["text"] == "Your digest: 60 notices"
    assert texts[0] == "*Projects*"
    assert len(texts) == 49
    assert texts[-1] == "… and <https://cairn.example.org/notices/|more in your inbox>"


def test_without_a_chat_nothing_is_written_for_it(notices: Notices, reader: Any, project: Any) -> None:
    notices.choose(reader, "handoffs", "chat", "at_once")
    notices.tell(project, reader)
    assert notices.states("chat") == []


@pytest.mark.parametrize("status", [400, 403, 404, 410, 302])
def test_a_chat_that_refuses_is_told_and_gets_no_more(
    notices: Notices, chat: ChatServer, reader: Any, project: Any, status: int, sign_in: Any
) -> None:
    chat.status, chat.body = status, b"no_service"
    chat.headers = {"Location": chat.url} if status == 302 else {}
    notices.tell(project, reader)
    notices.post()
    assert len(chat.posts) == 1
    reach = Reach.objects.get()
    assert (reach.has_chat, reach.hook_problem) == (False, f"127.0.0.1 answered {status} no_service")
    assert notices.states("chat") == ["failed"]
    notices.hear()
    told = Notice.objects.get(topic="delivery")
    assert told.url == "/notices/settings/"
    assert told.text.startswith("Your chat refused a message, so nothing more is posted there.")
    assert f"answered {status} no_service" in sign_in(reader).get("/notices/settings/").content.decode()
    notices.tell(project, reader, thread="handoff:2")
    notices.post()
    assert len(chat.posts) == 1
    # A test that arrives mends it.
    chat.status, chat.headers = 200, {}
    services.try_chat_hook(actor=reader)
    notices.tell(project, reader, thread="handoff:3")
    notices.post()
    assert len(chat.posts) == 3


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_chat_that_is_busy_is_asked_again(
    notices: Notices, chat: ChatServer, reader: Any, project: Any, status: int
) -> None:
    chat.status = status
    notices.tell(project, reader)
    notices.post()
    assert notices.states("chat") == ["sealed"]
    assert Reach.objects.get().has_chat
    chat.status = 200
    notices.all_due()
    outbox.sweep()
    assert (len(chat.posts), notices.states("chat")) == (2, ["sent"])


def test_a_chat_that_is_down_is_asked_again_and_given_up_after_a_day(
    notices: Notices, chat: ChatServer, reader: Any, project: Any
) -> None:
    chat.stop()
    notices.tell(project, reader)
    notices.post()
    assert notices.states("chat") == ["sealed"]
    Letter.objects.filter(channel="chat").update(sealed_at=timezone.now() - timedelta(days=1, minutes=1))
    notices.all_due()
    outbox.sweep()
    assert notices.states("chat") == ["failed"]
    assert Letter.objects.get(channel="chat").problem == "It could not be sent in a day."
    # It may come back: only what refuses is switched off.
    assert Reach.objects.get().has_chat


def test_a_private_address_is_refused_when_it_is_called(
    notices: Notices, chat: ChatServer, reader: Any, project: Any, settings: Any
) -> None:
    settings.PRIVATE_HOSTS_ALLOWED = []
    notices.tell(project, reader)
    notices.post()
    assert chat.posts == []
    assert "private address" in Reach.objects.get().hook_problem
    assert notices.states("chat") == ["failed"]


def test_a_chat_that_was_set_up_anew_is_not_blamed_for_the_old_one(
    notices: Notices, chat: ChatServer, reader: Any, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat.status = 404
    post = services.chat.post

    def change(reach: Reach, said: dict[str, Any]) -> None:
        services.set_chat_hook(actor=reader, url=chat.url + "-new")
        post(reach, said)

    monkeypatch.setattr(services.chat, "post", change)
    notices.tell(project, reader)
    notices.post()
    assert notices.states("chat") == ["failed"]
    assert Reach.objects.get().has_chat


def test_what_was_removed_gets_nothing(notices: Notices, chat: ChatServer, reader: Any, project: Any) -> None:
    notices.tell(project, reader)
    notices.seal()
    services.remove_chat_hook(actor=reader)
    outbox.sweep()
    assert (chat.posts, notices.states("chat")) == ([], ["dropped"])
    with pytest.raises(Refused, match="No chat is set up"):
        services.remove_chat_hook(actor=reader)


def test_when_its_key_is_lost_it_is_told(
    notices: Notices, chat: ChatServer, reader: Any, project: Any, settings: Any
) -> None:
    settings.SECRETS_KEYS = ["OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEwOTg="]
    notices.tell(project, reader)
    notices.post()
    assert (
        Reach.objects.get().hook_problem == "The stored address of your chat cannot be read any more. Enter it again."
    )


def test_what_may_no_longer_be_known_is_not_posted(
    notices: Notices, chat: ChatServer, reader: Any, project: Any
) -> None:
    notices.tell(project, reader)
    notices.seal()
    project.visibility = "members"
    project.save()
    outbox.sweep()
    assert (chat.posts, notices.states("chat")) == ([], ["dropped"])
    assert OutboxEntry.objects.filter(state="done").count() == 2


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("", "must be an address like"),
        ("hooks.slack.com/services/x", "must be an address like"),
        ("https://hooks.slack.com/", "must be an address like"),
        ("https://hooks.slack.com/services/a b", "must be an address like"),
        ("https://hooks.slack.com:port/services/x", "must be an address like"),
        ("https://[/services/x", "must be an address like"),
        ("https://hooks.slack.com/services/\x00", "must be an address like"),
        ("https://hooks.slack.com/" + "x" * 500, "must be an address like"),
        ("https://me:secret@hooks.slack.com/services/x", "must not hold a user name"),
        ("http://hooks.slack.com/services/x", "must begin with https://"),
        ("ftp://hooks.slack.com/services/x", "must begin with https://"),
    ],
)
def test_an_address_that_is_refused(reader: Any, url: str, rule: str) -> None:
    with pytest.raises(ValidationError) as caught:
        services.set_chat_hook(actor=reader, url=url)
    assert rule in caught.value.message_dict["url"][0]
    assert not Reach.objects.filter(hook_secret__isnull=False).exists()


def test_the_page(chat_server: ChatServer, reader: Any, sign_in: Any) -> None:
    client = sign_in(reader)
    wrong = client.post("/notices/settings/chat/", {"url": "http://hooks.slack.com/x"})
    assert (wrong.status_code, "must begin with https://" in wrong.content.decode()) == (422, True)
    client.post("/notices/settings/chat/", {"url": chat_server.url})
    said = client.post("/notices/settings/chat/test/", follow=True).content.decode()
    assert "The test message arrived." in said
    assert "This is a test. Notices of Cairn for Rita arrive here. https://cairn.example.org" in str(chat_server.posts)
    chat_server.status, chat_server.body = 404, b"no_team"
    said = client.post("/notices/settings/chat/test/", follow=True).content.decode()
    assert "The test message did not arrive. 127.0.0.1 answered 404 no_team." in said
    said = client.post("/notices/settings/chat/remove/", follow=True).content.decode()
    assert "The address is forgotten" in said
    assert client.post("/notices/settings/chat/remove/").status_code == 409
    assert client.post("/notices/settings/chat/test/", follow=True).content.decode().count("No chat is set up.") == 1
