"""Mails through a real SMTP server: up, down, refusing, slow; two workers at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.utils import timezone

from coe.core import outbox
from coe.core.models import Event, OutboxEntry
from coe.notices import letters, mail
from coe.notices.models import Letter, Notice
from tests.factories import Make
from tests.fixtures import run_manage
from tests.notices.conftest import Notices
from tests.notices.servers import Gate, MailServer
from tests.races import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(make: Make) -> Any:
    return make.person("reader@example.com", name="Rita Reader")


@pytest.fixture
def project(make: Make) -> Any:
    return make.project("churn", name="Absatz, größer")


def test_a_mail_arrives_whole(notices: Notices, reader: Any, project: Any, mail_server: MailServer) -> None:
    notices.tell(project, reader, text="Björn schrieb: „größer“.")
    notices.post()
    (got,) = mail_server.mails
    assert got["Subject"] == "[Cairn] Absatz, größer: Björn schrieb: „größer“."
    assert (got["To"], got["From"]) == ("reader@example.com", "Cairn <cairn@localhost>")
    assert got["List-Unsubscribe"].strip().startswith("<https://cairn.example.org/notices/unsubscribe/")
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "„größer“" in got.get_body(("plain",)).get_content()
    assert "„größer“" in got.get_body(("html",)).get_content()
    assert notices.states() == ["sent"]


def test_down_then_up(notices: Notices, reader: Any, project: Any, mail_server: MailServer) -> None:
    mail_server.stop()
    notices.tell(project, reader)
    notices.post()
    entry = OutboxEntry.objects.get()
    assert (entry.state, entry.attempts, notices.states()) == ("waiting", 1, ["sealed"])
    assert entry.due_at > timezone.now()
    mail_server.start()
    notices.all_due()
    assert outbox.sweep() == 1
    assert (len(mail_server.mails), notices.states()) == (1, ["sent"])
    assert OutboxEntry.objects.get().state == "done"


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_is_busy_is_asked_again(
    notices: Notices, reader: Any, project: Any, mail_server: MailServer, step: str
) -> None:
    mail_server.answers[step] = "451 Try again later"
    notices.tell(project, reader)
    notices.post()
    assert (mail_server.mails, notices.states()) == ([], ["sealed"])
    mail_server.answers.clear()
    notices.all_due()
    outbox.sweep()
    assert (len(mail_server.mails), notices.states()) == (1, ["sent"])


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_refusal_for_good_is_told(
    notices: Notices, reader: Any, project: Any, mail_server: MailServer, step: str, sign_in: Any
) -> None:
    mail_server.answers[step] = "550 5.1.1 No such user here"
    notices.tell(project, reader)
    notices.post()
    letter = Letter.objects.get()
    assert (letter.state, letter.problem) == (
        "failed",
        "The mail server refused the mail: 550 5.1.1 No such user here",
    )
    assert OutboxEntry.objects.get().state == "done"
    assert "550 5.1.1 No such user here" in sign_in(reader).get("/notices/settings/").content.decode()
    notices.hear()
    told = Notice.objects.get(topic="delivery")
    assert told.text.startswith("A mail to you could not be delivered. ")
    # What could not be delivered is not told by mail, so that nothing goes round in circles.
    assert Letter.objects.count() == 1


def test_who_wants_delivery_by_mail_starts_no_circle(
    notices: Notices, reader: Any, project: Any, mail_server: MailServer
) -> None:
    notices.choose(reader, "delivery", "email", "at_once")
    mail_server.answers["RCPT"] = "550 No such user"
    notices.tell(project, reader)
    for _ in range(4):
        notices.post()
        notices.hear()
    assert notices.states() == ["failed", "failed"]
    assert Event.objects.filter(verb="notices.undelivered").count() == 1


def test_one_refused_holds_up_no_other(
    make: Make, notices: Notices, reader: Any, project: Any, mail_server: MailServer
) -> None:
    unwritable, gone = make.person(f"a@{'ü' * 80}.example"), make.person("gone@example.com")
    mail_server.answers["RCPT gone@example.com"] = "550 No such user"
    notices.tell(project, unwritable, gone, reader)
    notices.post()
    problems = dict(Letter.objects.values_list("person", "problem"))
    assert problems == {
        unwritable.pk: "Mail cannot be sent to this e-mail address.",
        gone.pk: "The mail server refused the mail: 550 No such user",
        reader.pk: "",
    }
    assert [str(one["To"]) for one in mail_server.mails] == ["reader@example.com"]


def test_a_sender_that_is_refused_is_the_operators_fault_and_tried_on(
    notices: Notices, reader: Any, project: Any, mail_server: MailServer
) -> None:
    mail_server.answers["MAIL"] = "550 Not from you"
    notices.tell(project, reader)
    notices.post()
    assert notices.states() == ["sealed"]


def test_after_days_it_is_given_up_and_told(
    notices: Notices, reader: Any, project: Any, mail_server: MailServer
) -> None:
    mail_server.stop()
    notices.tell(project, reader)
    notices.seal()
    almost, over = (timezone.now() - timedelta(days=5) + timedelta(minutes=m) for m in (1, -1))
    Letter.objects.update(sealed_at=almost)
    outbox.sweep()
    assert notices.states() == ["sealed"]
    Letter.objects.update(sealed_at=over)
    # However often it was tried.
    OutboxEntry.objects.update(attempts=30_000)
    notices.all_due()
    outbox.sweep()
    assert notices.states() == ["failed"]
    assert Letter.objects.get().problem == "It could not be sent in 5 days."


def test_a_server_that_never_answers_is_left(
    notices: Notices, reader: Any, project: Any, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TOTAL_SECONDS", 0.3)
    mail_server.gates["RCPT"] = Gate()
    notices.tell(project, reader)
    notices.post()
    entry = OutboxEntry.objects.get()
    assert (entry.state, entry.attempts, notices.states()) == ("waiting", 1, ["sealed"])


def test_the_letter_is_noted_before_the_farewell(
    notices: Notices, reader: Any, project: Any, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the server's answer and our note lies nothing but the note."""
    found = []
    connection = type(django_mail.get_connection())
    close = connection.close

    def noticed(self: Any) -> None:
        found.append((len(mail_server.mails), *notices.states()))
        close(self)

    monkeypatch.setattr(connection, "close", noticed)
    notices.tell(project, reader)
    notices.post()
    assert found == [(1, "sent")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("leased", [True, False])
def test_two_workers_at_once(
    make: Make, notices: Notices, mail_server: MailServer, leased: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the outbox's lease (the negative control) both send: twice, under one Message-ID."""
    reader, project = make.person(), make.project()
    for n in range(6):
        notices.tell(project, reader, thread=f"handoff:{n}")
    notices.seal()
    if leased:
        together(outbox.sweep, outbox.sweep)
        assert len(mail_server.ids) == len(set(mail_server.ids)) == 6
        assert notices.states() == ["sent"] * 6
        return
    entry = OutboxEntry.objects.order_by("pk")[0]
    mail_server.gates["RCPT"] = Gate(parties=2)
    together(lambda: outbox.carry_out(entry), lambda: outbox.carry_out(entry))
    assert (len(mail_server.ids), len(set(mail_server.ids))) == (2, 1)


def test_a_mail_server_without_an_address_of_the_site_stops_the_start() -> None:
    done = run_manage("check", EMAIL_HOST="mail.example.org", SITE_URL="")
    assert done.returncode == 2
    assert done.stderr.strip() == (
        "Setting SITE_URL: is missing; with EMAIL_HOST it must be there, as mails link to the site"
    )
    assert run_manage("check", EMAIL_HOST="mail.example.org", SITE_URL="https://cairn.example.org").returncode == 0


def test_a_letter_is_not_sent_inside_of_a_transaction(
    notices: Notices, reader: Any, project: Any, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    depths = []
    send = mail.send

    def watched(*args: Any, **words: Any) -> None:
        depths.append(len(letters.transaction.get_connection().savepoint_ids))
        send(*args, **words)

    monkeypatch.setattr(letters.mail, "send", watched)
    outside = len(letters.transaction.get_connection().savepoint_ids)
    notices.tell(project, reader)
    notices.post()
    assert depths == [outside]
