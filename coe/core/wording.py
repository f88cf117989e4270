"""How what happened is told in one plain sentence: who did it, what was said, what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from html import unescape

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils.html import strip_tags

from coe.core.models import Event

# A sentence quotes so many characters of what somebody wrote.
QUOTED = 140


def who(event: Event) -> str:
    """Who did it, as the sentence begins."""
    return str(event.actor) if event.actor else "Cairn"


def pair(thing: Model) -> tuple[int, int]:
    """The thing as news name their subject: (content type id, id)."""
    return ContentType.objects.get_for_model(thing).pk, thing.pk


def quote(text: str, most: int = QUOTED) -> str:
    """The text on one line in quotation marks, cut between words where it is longer; empty for no text."""
    words = " ".join(text.split())
    if len(words) > most:
        whole = words[:most].rpartition(" ")[0] or words[:most]
        words = whole.rstrip(",;:.–-") + "…"
    return f"“{words}”" if words else ""


def plain(html: str) -> str:
    """Rendered Markdown without its marks."""
    return unescape(strip_tags(html))


def listed(words: Sequence[str]) -> str:
    """ "a, b and c"; empty for nothing."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def stopped(text: str) -> str:
    """The sentence with a full stop, where neither it nor a quotation at its end has one."""
    return text if text.rstrip("”").endswith((".", "?", "!", "…")) else f"{text}."


def because(text: str, reason: str) -> str:
    """The sentence with a reason after a colon where there is one, and a full stop."""
    said = " ".join(reason.split())
    return stopped(f"{text}: {said}" if said else text)
