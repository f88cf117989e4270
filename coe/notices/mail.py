"""A letter as a mail, and its way to the mail server."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from coe.core import telling
from coe.notices import links
from coe.notices.contents import Content
from coe.notices.models import Letter
from coe.notices.undeliverable import Undeliverable

log = structlog.get_logger(__name__)

# A server that answers a byte at a time is left after so long, well before the outbox gives the letter to another.
TOTAL_SECONDS = 120.0
# As long as mail servers themselves go on trying (RFC 5321, 4.5.4.1).
PATIENCE = timedelta(days=5)
_LONGEST_TITLE = 120


def send(letter: Letter, content: Content, noted: Callable[[], object]) -> None:
    """Hand the letter's mail to the server, and call `noted` as soon as the server has said that it has it.

    Raises `Undeliverable` where the server refuses this mail for good; any other error may pass.
    """
    mail = written(letter, content)
    connection: Any = get_connection()
    timer = threading.Timer(TOTAL_SECONDS, _abort, [connection])
    timer.daemon = True
    timer.start()
    try:
        connection.open()
        # The connection is open already, so that this returns with the server's answer, before any farewell.
        connection.send_messages([mail])
        noted()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        code, said = _answer(error)
        if 500 <= code < 600:
            raise Undeliverable(f"The mail server refused the mail: {code} {said}".strip()) from error
        raise
    except (UnicodeError, smtplib.SMTPNotSupportedError) as error:
        raise Undeliverable("Mail cannot be sent to this e-mail address.") from error
    finally:
        timer.cancel()
        with suppress(smtplib.SMTPException, OSError):
            connection.close()


def written(letter: Letter, content: Content) -> EmailMultiAlternatives:
    """The mail: text and HTML, in one conversation with what was sent of the same thread before."""
    first = _first_of_thread(letter)
    title = _title(letter, content, first)
    Letter.objects.filter(pk=letter.pk, title="").update(title=title)
    unsubscribe = links.unsubscribe_url(letter.person_id, letter.topic)
    context = {
        "content": content,
        "title": title.removeprefix("Re: "),
        "is_digest": letter.is_digest,
        "topic": next((one.label for one in telling.topics() if one.key == letter.topic), letter.topic),
        "site": links.site(),
        "inbox": links.absolute(reverse("notices:inbox")),
        "settings": links.absolute(reverse("notices:settings")),
        "unsubscribe": unsubscribe,
    }
    headers = {
        "Message-ID": letter.message_id,
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        **({"In-Reply-To": first.message_id, "References": first.message_id} if first else {}),
    }
    with timezone.override(content.reader.zone):
        mail = EmailMultiAlternatives(
            subject=title,
            body=render_to_string("notices/mail.txt", context),
            to=[content.reader.person.email],
            headers=headers,
        )
        mail.attach_alternative(render_to_string("notices/mail.html", context), "text/html")
    return mail


def _first_of_thread(letter: Letter) -> Letter | None:
    """The first mail of the letter's thread, when it is another one."""
    if letter.is_digest:
        return None
    told = Letter.objects.filter(
        person=letter.person_id, channel=letter.channel, thread=letter.thread, pk__lt=letter.pk
    ).exclude(state__in=[Letter.State.DROPPED, Letter.State.FAILED])
    return told.exclude(message_id="").order_by("pk").first()


def _title(letter: Letter, content: Content, first: Letter | None) -> str:
    """The mail's subject. Mail programs keep together what repeats the first one's."""
    if letter.title:
        return letter.title
    if first and first.title:
        return f"Re: {first.title}"
    if letter.is_digest:
        return f"[Cairn] Your digest: {content.count} {'notice' if content.count == 1 else 'notices'}"
    newest = content.items[-1]
    about = f"{_one_line(newest.about)}: " if newest.about else ""
    return Truncator(f"[Cairn] {about}{_one_line(newest.text)}").chars(_LONGEST_TITLE)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _answer(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> tuple[int, str]:
    """The server's code and words."""
    said: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
    else:
        code, said = error.smtp_code, error.smtp_error
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return code, _one_line(words)[:300]


def _abort(connection: Any) -> None:
    """Break off what is under way, from another thread."""
    opened = getattr(connection, "connection", None) or getattr(connection, "_partial_connection", None)
    sock = getattr(opened, "sock", None)
    if sock is not None:
        log.warning("notices.mail_server_too_slow")
        with suppress(OSError):
            sock.shutdown(2)
