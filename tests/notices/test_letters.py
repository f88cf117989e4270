"""Letters: what goes out together, when, and what it says at the moment when it is sent."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from coe.accounts.services import deactivate_person
from coe.core import outbox, stream
from coe.core.models import OutboxEntry
from coe.notices import contents, hearing, letters, services
from coe.notices.models import Letter, Line
from tests.factories import Make
from tests.notices.conftest import Notices
from tests.races import failures, meeting, together

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_URL = "https://cairn.example.org/"


@pytest.fixture
def reader(make: Make) -> Any:
    return make.person("reader@example.com", name="Rita Reader", timezone="Europe/Paris")


@pytest.fixture
def project(make: Make) -> Any:
    return make.project("churn", name="Churn <score>")


def test_a_burst_is_one_mail(notices: Notices, reader: Any, project: Any) -> None:
    for n in (1, 2):
        notices.tell(project, reader, text=f"Message {n}")
    letter = Letter.objects.get()
    wait = letter.due_at - timezone.now()
    assert timedelta(seconds=50) < wait <= timedelta(seconds=60)
    assert (letters.post_letters(), len(mail.outbox)) == (0, 0)
    assert notices.post() == 1
    (sent,) = mail.outbox
    assert sent.to == ["reader@example.com"]
    assert sent.subject == "[Cairn] Churn <score>: Message 2"
    assert sent.body.index("Message 1") < sent.body.index("Message 2")
    letter.refresh_from_db()
    assert (letter.state, letter.problem) == ("sent", "")
    assert letter.ended_at is not None


def test_another_thread_is_another_mail(notices: Notices, reader: Any, project: Any) -> None:
    notices.tell(project, reader)
    notices.tell(project, reader, thread="handoff:2")
    assert (notices.post(), len(mail.outbox)) == (2, 2)


def test_what_a_mail_holds(notices: Notices, reader: Any, project: Any) -> None:
    notices.tell(project, reader, text="Björn & Ada <b>agree</b>.", url="/handoffs/1/?a=1&b=2")
    notices.post()
    (sent,) = mail.outbox
    said = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
    letter = Letter.objects.get()
    assert said["Message-ID"] == f"<cairn-letter-{letter.pk}@cairn.example.org>"
    assert said["Auto-Submitted"] == "auto-generated"
    assert said["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # A long header is folded after its name.
    way_out = said["List-Unsubscribe"].strip()
    assert way_out.startswith("<https://cairn.example.org/notices/unsubscribe/")
    assert said["In-Reply-To"] is None
    text, html = (said.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Björn & Ada <b>agree</b>.\nChurn <score>, " in text
    assert "\nhttps://cairn.example.org/handoffs/1/?a=1&b=2\n" in text
    assert "Björn &amp; Ada &lt;b&gt;agree&lt;/b&gt;." in html
    assert 'href="https://cairn.example.org/handoffs/1/?a=1&amp;b=2"' in html
    assert "Churn &lt;score&gt;" in html
    for body in (text, html):
        assert "https://cairn.example.org/notices/settings/" in body
        assert way_out.strip("<>") in body
    # Nothing that a mail program would have to fetch, and no colour that its dark look would swallow.
    for word in ("<img", "src=", "style", "url("):
        assert word not in html.replace('name="color-scheme"', "")


def test_times_are_the_readers(notices: Notices, reader: Any, project: Any) -> None:
    event = notices.tell(project, reader)
    Line.objects.update(at=event.at.replace(month=7, day=1, hour=22, minute=30))
    notices.post()
    assert "2 July" in mail.outbox[0].body
    assert "00:30" in mail.outbox[0].body


def test_mails_of_a_thread_are_one_conversation(notices: Notices, reader: Any, project: Any) -> None:
    for text in ("First", "Second", "Third"):
        notices.tell(project, reader, text=text)
        notices.post()
    notices.tell(project, reader, text="Apart", thread="handoff:2")
    notices.post()
    assert [one.subject for one in mail.outbox] == [
        "[Cairn] Churn <score>: First",
        *["Re: [Cairn] Churn <score>: First"] * 2,
        "[Cairn] Churn <score>: Apart",
    ]
    first = mail.outbox[0].extra_headers["Message-ID"]
    refers = [one.extra_headers.get("References") for one in mail.outbox]
    assert refers == [None, first, first, None]
    assert len({one.extra_headers["Message-ID"] for one in mail.outbox}) == 4


def test_a_subject_is_one_line_of_bearable_length(notices: Notices, reader: Any, project: Any) -> None:
    notices.tell(project, reader, text="It\r\nBcc: everybody@example.com " + "goes on and on " * 40)
    notices.post()
    assert len(mail.outbox[0].subject) <= 120
    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].recipients() == ["reader@example.com"]


def test_nothing_goes_twice(notices: Notices, reader: Any, project: Any) -> None:
    notices.tell(project, reader)
    notices.post()
    letter = Letter.objects.get()
    letters.send({"letter": letter.pk})
    notices.all_due()
    OutboxEntry.objects.update(state="waiting")
    assert outbox.sweep() == 1
    assert (letters.post_letters(), len(mail.outbox)) == (0, 1)


def test_a_letter_that_is_gone_is_no_fault(db: None) -> None:
    letters.send({"letter": 1})


@pytest.mark.parametrize("when", ["before it is sealed", "after it is sealed"])
@pytest.mark.parametrize("what", ["access ended", "switched off", "account closed", "deleted"])
def test_what_ended_between_the_event_and_the_sending(
    make: Make, notices: Notices, reader: Any, when: str, what: str
) -> None:
    project = make.project()
    feedback = make.feedback(project)
    notices.tell(feedback, reader)
    if when == "after it is sealed":
        notices.seal()
    if what == "access ended":
        project.visibility = "members"
        project.save()
    elif what == "switched off":
        services.choose(actor=reader, topic="handoffs", channel="email", when="off")
    elif what == "account closed":
        deactivate_person(person_id=reader.pk, actor=make.person(roles=[("administrator", None)]))
    else:
        feedback.delete()
    notices.seal()
    outbox.sweep()
    assert mail.outbox == []
    assert notices.states() == ["dropped"]


def test_of_a_letter_that_what_is_closed_is_left_out(make: Make, notices: Notices, reader: Any) -> None:
    closed, kept = make.project("secret"), make.project("open", name="Open")
    notices.tell(closed, reader, text="About the secret")
    notices.tell(kept, reader, text="About what is open")
    closed.visibility = "members"
    closed.save()
    notices.post()
    (sent,) = mail.outbox
    assert sent.subject == "[Cairn] Open: About what is open"
    assert "secret" not in sent.message().as_string().lower()


def test_a_topic_switched_from_at_once_to_daily_meanwhile_is_still_sent(
    notices: Notices, reader: Any, project: Any
) -> None:
    notices.tell(project, reader)
    services.choose(actor=reader, topic="handoffs", channel="email", when="daily")
    notices.post()
    assert len(mail.outbox) == 1


def test_a_letter_of_very_much_tells_the_newest(
    notices: Notices, reader: Any, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "MOST", 3)
    for n in range(1, 6):
        notices.happen(project, reader, text=f"Message {n}")
    notices.hear()
    notices.post()
    body = mail.outbox[0].body
    assert [n for n in range(1, 6) if f"Message {n}" in body] == [3, 4, 5]
    assert "And 2 more: https://cairn.example.org/notices/" in body


def test_a_topic_that_no_room_names_any_more_is_told_by_its_key(
    notices: Notices, reader: Any, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.choose(actor=reader, topic="gossip", channel="email", when="at_once")
    notices.tell(project, reader, topic="gossip")
    monkeypatch.delitem(hearing.telling._topics, "gossip")
    notices.post()
    assert "mail because of your choice for “gossip”" in mail.outbox[0].body


def test_without_an_address_of_the_site_links_lead_to_its_first_host(
    notices: Notices, reader: Any, project: Any, settings: Any
) -> None:
    settings.SITE_URL, settings.HTTPS = "", True
    settings.ALLOWED_HOSTS = [".example.org", "*", "cairn.example.org"]
    notices.tell(project, reader)
    notices.post()
    assert "https://cairn.example.org/handoffs/1/" in mail.outbox[0].body


@pytest.mark.django_db(transaction=True)
def test_two_at_once_seal_each_letter_once(make: Make, notices: Notices) -> None:
    reader, project = make.person(), make.project()
    for n in range(5):
        notices.tell(project, reader, thread=f"handoff:{n}")
    Letter.objects.update(due_at=timezone.now())
    done = together(letters.post_letters, letters.post_letters)
    assert sum(int(str(one)) for one in done) == 5
    assert OutboxEntry.objects.count() == 5
    assert notices.states() == ["sealed"] * 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_what_joins_a_letter_while_it_is_sealed(
    make: Make, notices: Notices, locked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock (the negative control) the news join a letter that was sent without them: lost."""
    reader, project = make.person(), make.project()
    notices.tell(project, reader, text="First")
    notices.happen(project, reader, text="Joined")
    Letter.objects.update(due_at=timezone.now())
    meet = meeting()
    bulk_create = Line.objects.bulk_create

    def write(lines: Any) -> Any:
        # The consumer has found the open letter here, and has not written what joins it.
        meet()
        meet()
        return bulk_create(lines)

    monkeypatch.setattr(Line.objects, "bulk_create", write)
    if not locked:
        found = type(Letter.objects.all())
        monkeypatch.setattr(found, "select_for_update", lambda self, **_: self.all())

    def send() -> None:
        meet()
        letters.post_letters()
        outbox.sweep()
        meet()

    assert failures(together(lambda: stream.read("notices"), send), Exception) == 0
    notices.post()
    bodies = "".join(one.body for one in mail.outbox)
    assert (bodies.count("First"), bodies.count("Joined")) == (1, 1 if locked else 0)
