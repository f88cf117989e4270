"""A letter as a message of a chat, and its way to the person's own incoming webhook (Slack's, or one that is alike)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from coe.core import outgoing, secrets
from coe.core.errors import invalid
from coe.core.outgoing import AddressRefused, Outgoing
from coe.notices import links
from coe.notices.contents import Content, Item
from coe.notices.models import Letter, Reach
from coe.notices.undeliverable import Undeliverable

PATIENCE = timedelta(days=1)
LONGEST_URL = 500
_TOTAL_SECONDS = 20.0
_MOST_BYTES = 64 * 1024
# What Slack takes: so many blocks of so many characters.
_MOST_BLOCKS = 48
_LONGEST_TEXT = 2_800
# Answers that pass by themselves; all others above 299 mean that the webhook takes nothing more.
_PASSING = {408, 425, 429}


class Busy(Exception):
    """The chat takes nothing at the moment."""


def checked(url: str) -> str:
    """The webhook's address. Raises `ValidationError` on `url` for one that Cairn would not call."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise invalid("url", "must be an address like https://hooks.slack.com/services/…") from None
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url or not host or not parts.path.strip("/"):
        raise invalid("url", "must be an address like https://hooks.slack.com/services/…")
    if parts.username or parts.password:
        raise invalid("url", "must not hold a user name or a password")
    if parts.scheme != "https" and not (parts.scheme == "http" and outgoing.is_allowed(host, port)):
        raise invalid("url", "must begin with https://")
    return url


def send(reach: Reach, letter: Letter, content: Content) -> None:
    """Post the letter. Raises `Undeliverable` where the webhook takes nothing more; any other error may pass."""
    post(reach, message(letter, content))


def post(reach: Reach, said: dict[str, Any]) -> None:
    """Post a message to the person's webhook. Raises `Undeliverable`, `Busy`, `Unreachable`."""
    try:
        url = secrets.decrypt(reach.hook_secret)
    except secrets.Unreadable:
        raise Undeliverable("The stored address of your chat cannot be read any more. Enter it again.") from None
    query = urlsplit(url).query
    client = Outgoing(url, silence=10.0, total=_TOTAL_SECONDS, most_bytes=_MOST_BYTES)
    try:
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Cairn"}
        answer = client.send("POST", f"?{query}" if query else "", headers, json.dumps(said).encode())
    except AddressRefused as error:
        raise Undeliverable(error.sentence) from None
    finally:
        client.close()
    if answer.status < 300:
        return
    words = " ".join(answer.body[:200].decode("utf-8", "replace").split())
    if answer.status in _PASSING or answer.status >= 500:
        raise Busy(f"{reach.hook_host} answered {answer.status} {words}".strip())
    raise Undeliverable(f"{reach.hook_host} answered {answer.status} {words}".strip())


def message(letter: Letter, content: Content) -> dict[str, Any]:
    """What is posted: plain text for the notification, blocks for the channel."""
    if letter.is_digest:
        said = f"Your digest: {content.count} {'notice' if content.count == 1 else 'notices'}"
    else:
        said = content.items[-1].text
    blocks: list[dict[str, Any]] = []
    for topic, items in content.topics:
        if letter.is_digest:
            blocks.append(_section(f"*{escaped(topic)}*"))
        blocks += [_section(_line(item)) for item in items]
    left = content.more + max(0, len(blocks) - _MOST_BLOCKS)
    blocks = blocks[:_MOST_BLOCKS]
    if left:
        blocks.append(_section(f"… and <{escaped(links.absolute('/notices/'))}|more in your inbox>"))
    return {"text": escaped(said[:_LONGEST_TEXT]), "blocks": blocks}


def _line(item: Item) -> str:
    about = f"<{escaped(item.url)}|{escaped(item.about or 'Open').replace('|', '¦')}>"
    return f"{about}: {escaped(item.text)}"[:_LONGEST_TEXT]


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def escaped(text: str) -> str:
    """Text as Slack wants it: its three control characters as entities, so that nothing in it becomes a link or calls a
    channel.
    """
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
