"""SIGKILL of a real worker at each step of a letter: nothing is lost, and nothing shows twice.

Killed before the mail server's answer, the mail is there once. Killed between that answer and our note, it is there
under one Message-ID, which mail programs show once.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from coe.celery import app
from coe.core import outbox
from coe.core.models import OutboxEntry
from coe.notices import letters
from coe.notices.models import Letter, Notice
from tests import parts
from tests.factories import Make
from tests.fixtures import WorkerProcess
from tests.notices.conftest import Notices
from tests.notices.servers import SECONDS, Gate, MailServer
from tests.registry.test_worker_killed import locked

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def worker(transactional_db: None, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerProcess]:
    # Sealing wakes no worker: the test says when it begins.
    monkeypatch.setattr(letters, "_nudge", lambda entry_id: None)
    monkeypatch.setenv("EMAIL_HOST", "127.0.0.1")
    monkeypatch.setenv("EMAIL_PORT", str(mail_server.port))
    monkeypatch.setenv("SITE_URL", "https://cairn.example.org")
    worker = WorkerProcess()
    worker.start()
    yield worker
    worker.stop()


class Steps:
    """Each brings a worker to one step, and kills it there; it returns how often the mail server took the mail."""

    def __init__(self, notices: Notices, worker: WorkerProcess, server: MailServer) -> None:
        self.notices, self.worker, self.server = notices, worker, server

    def sealed(self) -> int:
        """The entry of the letter in the outbox."""
        self.notices.seal()
        return OutboxEntry.objects.get().pk

    def carry(self) -> None:
        app.send_task("core.carry_out", [self.sealed()])

    def kill_at(self, step: str) -> None:
        gate = self.server.gates[step] = Gate()
        self.carry()
        assert gate.reached.wait(SECONDS)
        self.worker.kill()
        gate.opened.set()
        self.server.gates.clear()

    def while_the_event_is_heard(self) -> int:
        Letter.objects.all().delete()
        Notice.objects.all().delete()
        event = self.notices.happen_in_worker()
        with locked("LOCK TABLE notices_line IN ACCESS EXCLUSIVE MODE") as wait:
            app.send_task("core.read_stream")
            wait()
            self.worker.kill()
        assert not Notice.objects.exists()
        self.notices.hear()
        assert Notice.objects.get().last_at >= event.at
        return 1

    def before_the_letter_is_sealed(self) -> int:
        Letter.objects.update(due_at="2026-01-01T00:00Z")
        with locked("LOCK TABLE core_outboxentry IN ACCESS EXCLUSIVE MODE") as wait:
            app.send_task("notices.post_letters")
            wait()
            self.worker.kill()
        assert self.notices.states() == ["open"]
        return 1

    def before_the_claim(self) -> int:
        entry = self.sealed()
        with locked("LOCK TABLE core_outboxentry IN ACCESS EXCLUSIVE MODE") as wait:
            app.send_task("core.carry_out", [entry])
            wait()
            self.worker.kill()
        assert OutboxEntry.objects.get().attempts == 0
        return 1

    def after_the_claim(self) -> int:
        entry = self.sealed()
        with locked("LOCK TABLE notices_letter IN ACCESS EXCLUSIVE MODE") as wait:
            app.send_task("core.carry_out", [entry])
            wait()
            self.worker.kill()
        assert OutboxEntry.objects.get().claimed_until is not None
        return 1

    def before_the_server_took_the_address(self) -> int:
        self.kill_at("RCPT")
        assert self.server.mails == []
        return 1

    def before_the_server_answered_to_the_mail(self) -> int:
        self.kill_at("DATA")
        assert self.server.mails == []
        return 1

    def after_the_servers_answer_before_our_note(self) -> int:
        gate = self.server.gates["DATA"] = Gate()
        self.carry()
        assert gate.reached.wait(SECONDS)
        with locked("SELECT 1 FROM notices_letter FOR UPDATE") as wait:
            gate.opened.set()
            wait()
            self.worker.kill()
        self.server.gates.clear()
        assert (len(self.server.mails), self.notices.states()) == (1, ["sealed"])
        return 2

    def after_our_note_before_the_entry_is_done(self) -> int:
        gate = self.server.gates["DATA"] = Gate()
        self.carry()
        assert gate.reached.wait(SECONDS)
        with locked("SELECT 1 FROM core_outboxentry FOR UPDATE") as wait:
            gate.opened.set()
            wait()
            self.worker.kill()
        self.server.gates.clear()
        assert (self.notices.states(), OutboxEntry.objects.get().state) == (["sent"], "waiting")
        return 1


STEPS = [name for name in vars(Steps) if name.startswith(("before_", "after_", "while_"))]


class FromTheRoom(Notices):
    """What a worker can tell too: it knows the topics of the rooms, not those of a test."""

    def __init__(self, make: Make) -> None:
        self.reader = make.person("reader@example.com")
        self.choose(self.reader, "delivery", "email", "at_once")

    def happen_in_worker(self) -> object:
        from django.db import transaction

        from coe.core import events

        facts = {"channel": "chat", "problem": "It is full.", "is_refused": False}
        with transaction.atomic():
            return events.record(actor=None, verb="notices.undelivered", subject=self.reader, facts=facts)


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed(step: str, make: Make, worker: WorkerProcess, mail_server: MailServer) -> None:
    notices = FromTheRoom(make)
    notices.happen_in_worker()
    notices.hear()
    taken = getattr(Steps(notices, worker, mail_server), step)()
    notices.seal()
    notices.all_due()
    assert outbox.sweep() == 1
    notices.all_due()
    assert outbox.sweep() == 0
    assert len(mail_server.mails) == taken
    assert len(set(mail_server.ids)) == 1
    assert notices.states() == ["sent"]
    assert Notice.objects.get().count == 1
    assert OutboxEntry.objects.get().state == "done"


def test_the_whole_way_through_a_worker(make: Make, worker: WorkerProcess, mail_server: MailServer) -> None:
    """The stream read, the letter sealed and sent by the worker's own tasks."""
    notices = FromTheRoom(make)
    notices.happen_in_worker()
    app.send_task("core.read_stream")
    parts.family.until(Letter.objects.exists, "a letter", seconds=SECONDS)
    Letter.objects.update(due_at="2026-01-01T00:00Z")
    app.send_task("notices.post_letters")
    parts.family.until(lambda: notices.states() == ["sent"], "the mail", seconds=SECONDS)
    assert len(mail_server.mails) == 1
