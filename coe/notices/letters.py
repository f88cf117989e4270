"""Letters on their way: sealed when they are due, sent by the outbox, each of them once.

Sealing is a transaction; sending is outside of any. What is killed between the mail server's answer and our note is
sent again under the same Message-ID, which mail programs show once: SMTP has no way to ask whether a mail arrived.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from coe.celery import app
from coe.core import events, outbox
from coe.notices import chat, contents, links, mail
from coe.notices.contents import Content
from coe.notices.models import Channel, Letter, Reach
from coe.notices.undeliverable import Undeliverable

log = structlog.get_logger(__name__)

KIND = "notices.letter"
AT_ONCE = 100
# Longer than a mail server or a chat is listened to.
LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=30)
# News of this topic tell that a letter failed; of their own letters nothing is told.
DELIVERY = "delivery"
State = Letter.State


def post_letters() -> int:
    """Seal every letter that is due and put it into the outbox; returns how many."""
    posted = 0
    while sealed := _seal_some():
        posted += sealed
    return posted


@transaction.atomic
def _seal_some() -> int:
    # One that the stream's consumer is just adding to is left for the next time.
    due = Letter.objects.filter(state=State.OPEN, due_at__lte=timezone.now())
    letters = list(due.select_for_update(skip_locked=True).order_by("due_at", "pk")[:AT_ONCE])
    for letter in letters:
        letter.state, letter.sealed_at = State.SEALED, timezone.now()
        letter.message_id = links.message_id(letter.pk)
        letter.save(update_fields=["state", "sealed_at", "message_id"])
        outbox.put(kind=KIND, key=str(letter.pk), payload={"letter": letter.pk}, nudge=_nudge)
    return len(letters)


def _nudge(entry_id: int) -> None:
    """Wake a worker for one entry of the outbox; a broker that is down does not matter, the sweep finds it."""
    app.send_task("core.carry_out", args=[entry_id])


@outbox.handler(KIND, lease=LEASE, most_attempts=None, longest_wait=LONGEST_WAIT)
def send(payload: dict[str, Any]) -> None:
    """Send the letter, unless it has been sent. Raises what may pass by itself: the outbox tries again, for as long as
    such a letter is worth it.
    """
    letter = Letter.objects.filter(pk=payload["letter"], state=State.SEALED).first()
    if letter is None:
        return
    content = contents.of(letter)
    if content is None:
        _end(letter, State.DROPPED)
        return
    patience = mail.PATIENCE if letter.channel == Channel.EMAIL else chat.PATIENCE
    try:
        _send(letter, content)
    except Undeliverable as error:
        reach = content.reader.reach if letter.channel == Channel.CHAT else None
        fail(letter, error.sentence, refused_by=reach)
    except Exception as error:
        # Whatever went wrong: what could not be sent for days is told as such, and not tried for ever.
        if letter.sealed_at and letter.sealed_at + patience > timezone.now():
            raise
        log.warning("notices.gave_up", letter=letter.pk, error=str(error))
        fail(letter, f"It could not be sent in {_days(patience)}.")


def _send(letter: Letter, content: Content) -> None:
    if letter.channel == Channel.EMAIL:
        mail.send(letter, content, noted=lambda: _end(letter, State.SENT))
        return
    reach = content.reader.reach
    if reach is None:
        raise Undeliverable("Your chat is not set up any more.")
    chat.send(reach, letter, content)
    _end(letter, State.SENT)


def _end(letter: Letter, state: str, problem: str = "") -> int:
    held = Letter.objects.filter(pk=letter.pk, state=State.SEALED)
    return held.update(state=state, ended_at=timezone.now(), problem=problem)


@transaction.atomic
def fail(letter: Letter, problem: str, *, refused_by: Reach | None = None) -> None:
    """Note why the letter did not reach its person, and tell the person. A chat that refused it takes no more."""
    if not _end(letter, State.FAILED, problem):
        return
    log.warning("notices.letter_failed", letter=letter.pk, channel=letter.channel, problem=problem)
    if refused_by is not None:
        # Not a chat that the person set up anew meanwhile.
        hook = Reach.objects.filter(pk=refused_by.pk, hook_secret=refused_by.hook_secret)
        hook.update(hook_broken_at=timezone.now(), hook_problem=problem)
    if letter.topic != DELIVERY:
        facts = {"channel": letter.channel, "problem": problem, "is_refused": refused_by is not None}
        events.record(actor=None, verb="notices.undelivered", subject=letter.person, facts=facts)


def _days(patience: timedelta) -> str:
    return "a day" if patience.days == 1 else f"{patience.days} days"
