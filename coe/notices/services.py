"""The verbs of notices. A person acts on what is the person's own, so there is nothing to ask leave for.

Reading is private and makes no event; what a person chose does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import events, secrets, telling
from coe.core.errors import Refused, invalid
from coe.core.outgoing import Unreachable
from coe.notices import chat, digests, links
from coe.notices.models import Channel, Choice, Notice, Reach, When
from coe.notices.undeliverable import Undeliverable
from coe.notices.wishes import readers


def mark_read(*, notice_id: int, actor: Person, until: datetime | None = None) -> Notice:
    """Mark a notice as read, unless news joined it after `until`. Raises `Notice.DoesNotExist`."""
    notice: Notice = Notice.objects.filter(pk=notice_id).visible_to(actor).get()
    seen = Notice.objects.unread().filter(pk=notice.pk)
    (seen.filter(last_at__lte=until) if until else seen).update(read_at=timezone.now())
    notice.refresh_from_db(fields=["read_at"])
    return notice


def mark_all_read(*, actor: Person, until: datetime | None = None) -> int:
    """Mark all notices as read, but for those to which news came after `until`; returns how many."""
    seen = Notice.objects.unread().filter(person=actor)
    return (seen.filter(last_at__lte=until) if until else seen).update(read_at=timezone.now())


def choose(*, actor: Person, topic: str, channel: str, when: str) -> None:
    """Choose when news of a topic reach one through a channel. Raises `ValidationError` by field."""
    choose_all(actor=actor, choices={(topic, channel): when})


@transaction.atomic
def choose_all(*, actor: Person, choices: Mapping[tuple[str, str], str]) -> None:
    """`choose` for several (topic, channel) at once; what is as it was stays. Raises `ValidationError` by field."""
    labels = {one.key: one.label for one in telling.topics()}
    for (topic, channel), when in choices.items():
        if topic not in labels:
            raise invalid("topic", "must be one of " + ", ".join(labels))
        if channel not in Channel.values:
            raise invalid("channel", "must be one of " + ", ".join(Channel.values))
        if when not in When.values:
            raise invalid("when", "must be one of " + ", ".join(When.values))
        if channel == Channel.APP and when == When.DAILY:
            raise invalid("when", "must be off or at_once for the inbox")
    _locked(actor)
    reader = readers([actor.pk])[actor.pk]
    new = {key: when for key, when in choices.items() if reader.wish(*key) != when}
    if not new:
        return
    for (topic, channel), when in new.items():
        Choice.objects.update_or_create(person=actor, topic=topic, channel=channel, defaults={"when": when})
    told = sorted({labels[topic] for topic, _ in new})
    facts = {"topics": told, "choices": [[topic, channel, when] for (topic, channel), when in new.items()]}
    events.record(actor=actor, verb="notices.chosen", subject=actor, facts=facts)


@transaction.atomic
def set_digest_hour(*, actor: Person, hour: int) -> Reach:
    """Have the daily digest come at this hour (0 to 23) where one is. Raises `ValidationError` on `digest_hour`."""
    if not 0 <= hour <= 23:
        raise invalid("digest_hour", "must be an hour from 0 to 23")
    reach = _reach(actor)
    if reach.digest_hour != hour:
        reach.digest_hour = hour
        reach.save(update_fields=["digest_hour"])
        digests.move([actor.pk])
        events.record(actor=actor, verb="notices.hour_set", subject=actor, facts={"hour": hour})
    return reach


@transaction.atomic
def set_chat_hook(*, actor: Person, url: str) -> Reach:
    """Have notices posted to an incoming webhook of one's own. Raises `ValidationError` on `url`."""
    url = chat.checked(url)
    reach = _reach(actor)
    reach.hook_secret, reach.hook_host = secrets.encrypt(url), urlsplit(url).hostname or ""
    _save_hook(reach)
    events.record(actor=actor, verb="notices.chat_set", subject=actor, facts={"host": reach.hook_host})
    return reach


@transaction.atomic
def remove_chat_hook(*, actor: Person) -> Reach:
    """Forget the webhook: nothing more is posted, also of what is on its way. Raises `Refused` without one."""
    reach = _reach(actor)
    if reach.hook_secret is None:
        raise Refused("No chat is set up.")
    host, reach.hook_secret, reach.hook_host = reach.hook_host, None, ""
    _save_hook(reach)
    events.record(actor=actor, verb="notices.chat_removed", subject=actor, facts={"host": host})
    return reach


def try_chat_hook(*, actor: Person) -> None:
    """Post a test message; a webhook that takes it works again. Raises `Refused`, which says what it answered."""
    reach = Reach.objects.filter(person=actor).exclude(hook_secret=None).first()
    if reach is None:
        raise Refused("No chat is set up.")
    said = f"This is a test. Notices of Cairn for {actor.name} arrive here. {links.site()}"
    try:
        chat.post(reach, {"text": chat.escaped(said)})
    except Unreachable as error:
        raise Refused(error.sentence) from None
    except (Undeliverable, chat.Busy) as error:
        raise Refused(f"{error}.") from None
    Reach.objects.filter(pk=reach.pk).update(hook_broken_at=None, hook_problem="")


@transaction.atomic
def unsubscribe(*, token: str) -> tuple[Person, str]:
    """Switch mails off: of the token's topic, or for a digest of every topic that comes daily. Returns the person and
    what the mails were about.

    Raises `Person.DoesNotExist` for a token that is not one of this site's.
    """
    try:
        person_id, topic = links.read_token(token)
    except ValueError:
        raise Person.DoesNotExist from None
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    reader = readers([person_id]).get(person_id)
    if reader is None:
        # A closed account gets nothing anyway.
        return person, about(topic)
    topics = [topic] if topic else [t.key for t in telling.topics() if reader.wish(t.key, Channel.EMAIL) == When.DAILY]
    on = [one for one in topics if reader.wish(one, Channel.EMAIL) != When.OFF]
    for one in on:
        Choice.objects.update_or_create(person=person, topic=one, channel=Channel.EMAIL, defaults={"when": When.OFF})
    if on:
        events.record(actor=person, verb="notices.unsubscribed", subject=person, facts={"topic": about(topic)})
    return person, about(topic)


def about(topic: str) -> str:
    """What the mails of a topic are about, in words; without a topic it is the digest."""
    return next((one.label for one in telling.topics() if one.key == topic), topic) if topic else "the daily digest"


def _locked(actor: Person) -> Person:
    """The person under the row's lock: what one person chooses comes in one after the other."""
    locked: Person = Person.objects.select_for_update(no_key=True).get(pk=actor.pk)
    return locked


def _reach(actor: Person) -> Reach:
    _locked(actor)
    return Reach.objects.get_or_create(person=actor)[0]


def _save_hook(reach: Reach) -> None:
    reach.hook_broken_at, reach.hook_problem = None, ""
    reach.save(update_fields=["hook_secret", "hook_host", "hook_broken_at", "hook_problem"])
