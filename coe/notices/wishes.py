"""What reaches whom, how and when: what people chose, and what holds for those who chose nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from coe.accounts.models import Person
from coe.accounts.rules import keep_standing
from coe.core import telling
from coe.notices.models import Channel, Choice, Reach, When

# Who chose no hour gets the digest at this one.
DIGEST_HOUR = 8


@dataclass(frozen=True)
class Reader:
    """A person with what the person chose."""

    person: Person
    choices: Mapping[tuple[str, str], str]
    reach: Reach | None

    def wish(self, topic: str, channel: str) -> str:
        """When news of the topic shall reach the person through the channel, whether or not the channel works.

        The inbox has everything, mail is as the topic says, and chat is like mail.
        """
        chosen = self.choices.get((topic, channel))
        if chosen:
            return chosen
        if channel == Channel.APP:
            return When.AT_ONCE
        known = {one.key: one.email for one in telling.topics()}
        return known.get(topic, When.OFF)

    def when(self, topic: str, channel: str) -> str:
        """`wish`, but off for a chat that is not set up or refused the last message."""
        if channel == Channel.CHAT and not (self.reach and self.reach.has_chat):
            return When.OFF
        return self.wish(topic, channel)

    def hears(self, topic: str) -> bool:
        """Whether news of the topic reach the person at all."""
        return any(self.when(topic, channel) != When.OFF for channel in Channel.values)

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.person)

    @property
    def digest_hour(self) -> int:
        return self.reach.digest_hour if self.reach else DIGEST_HOUR


def readers(ids: Collection[int]) -> dict[int, Reader]:
    """The active ones of these people, with their roles. Four queries."""
    people = Person.objects.filter(pk__in=ids, is_active=True).prefetch_related("grants")
    choices: dict[int, dict[tuple[str, str], str]] = {}
    for one in Choice.objects.filter(person__in=ids):
        choices.setdefault(one.person_id, {})[one.topic, one.channel] = one.when
    reaches = {reach.person_id: reach for reach in Reach.objects.filter(person__in=ids)}
    found = {}
    for person in people:
        keep_standing(person, [(grant.role, grant.unit_id) for grant in person.grants.all()])
        found[person.pk] = Reader(person, choices.get(person.pk, {}), reaches.get(person.pk))
    return found


def zone_of(person: Person) -> ZoneInfo:
    """The person's time zone; the company's where the person chose none, or one that this machine does not know."""
    try:
        return ZoneInfo(person.timezone or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)
