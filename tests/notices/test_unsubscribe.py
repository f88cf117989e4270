"""The way out of mails: one click, signed out, from a mail program or a person."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.signing import Signer
from django.test import Client

from coe.core.models import Event
from coe.notices import links, services
from coe.notices.models import Choice
from tests.factories import Make
from tests.notices.conftest import Notices
from tests.notices.servers import MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(make: Make) -> Any:
    return make.person("reader@example.com")


def address(person: Any, topic: str) -> str:
    return f"/notices/unsubscribe/{links.unsubscribe_token(person.pk, topic)}/"


def chosen() -> dict[tuple[str, str], str]:
    return {(one.topic, one.channel): one.when for one in Choice.objects.all()}


def test_a_mail_program_does_it_by_one_click(
    make: Make, notices: Notices, reader: Any, mail_server: MailServer
) -> None:
    """What RFC 8058 says: a POST of the header's words to the header's address, without cookies."""
    notices.tell(make.project(), reader)
    notices.post()
    (got,) = mail_server.mails
    url = got["List-Unsubscribe"].strip().strip("<>")
    program = Client(enforce_csrf_checks=True)
    name, _, value = got["List-Unsubscribe-Post"].partition("=")
    answer = program.post(url.removeprefix("https://cairn.example.org"), {name: value})
    assert answer.status_code == 200
    assert chosen() == {("handoffs", "email"): "off"}
    assert Event.objects.get(verb="notices.unsubscribed").facts == {"topic": "Handoffs"}
    notices.tell(make.project(), reader, thread="handoff:2")
    notices.post()
    assert len(mail_server.mails) == 1


def test_a_person_is_asked_first(reader: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get(address(reader, "handoffs"))
    said = page.content.decode()
    assert "Cairn writes to reader@example.com about this: Handoffs." in said
    assert chosen() == {}
    # The page's own button works without cookies and scripts as well.
    assert re.search(r'<form method="post"><button class="btn">Stop these mails</button></form>', said)
    done = client.post(address(reader, "handoffs")).content.decode()
    assert "Done: no more of these mails" in done
    assert "What happens still shows in the inbox." in done
    client.post(address(reader, "handoffs"))
    assert chosen() == {("handoffs", "email"): "off"}
    assert Event.objects.filter(verb="notices.unsubscribed").count() == 1


def test_a_digest_stops_with_all_that_comes_in_it(reader: Any) -> None:
    services.choose(actor=reader, topic="gossip", channel="email", when="daily")
    assert "The digest stops" in Client().get(address(reader, "")).content.decode()
    Client().post(address(reader, ""))
    assert chosen() == {("gossip", "email"): "off", ("projects", "email"): "off"}


def test_other_channels_stay(reader: Any) -> None:
    services.choose(actor=reader, topic="handoffs", channel="chat", when="daily")
    Client().post(address(reader, "handoffs"))
    assert chosen() == {("handoffs", "chat"): "daily", ("handoffs", "email"): "off"}


def test_a_closed_account_is_no_fault(reader: Any) -> None:
    reader.is_active = False
    reader.save()
    assert Client().post(address(reader, "handoffs")).status_code == 200
    assert chosen() == {}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("kind", ["forged", "cut", "another salt", "of nobody", "no token"])
def test_a_wrong_link(reader: Any, method: str, kind: str) -> None:
    good = links.unsubscribe_token(reader.pk, "handoffs")
    token = {
        "forged": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "cut": good[:20],
        "another salt": Signer(salt="another").sign_object([reader.pk, "handoffs"]),
        "of nobody": links.unsubscribe_token(reader.pk + 1000, "handoffs"),
        "no token": "x",
    }[kind]
    answer = getattr(Client(), method)(f"/notices/unsubscribe/{token}/")
    assert answer.status_code == 404
    assert "This link is not complete, or not one of Cairn" in answer.content.decode()
    assert chosen() == {}


def test_it_works_signed_in_too(reader: Any, make: Make, sign_in: Any) -> None:
    other = sign_in(make.person())
    assert other.get(address(reader, "handoffs")).status_code == 200
    other.post(address(reader, "handoffs"))
    assert list(Choice.objects.values_list("person", flat=True)) == [reader.pk]


def test_it_is_not_kept_by_caches(reader: Any) -> None:
    assert "no-store" in Client().get(address(reader, "handoffs")).headers["Cache-Control"]
