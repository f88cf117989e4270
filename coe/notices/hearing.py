"""The stream's consumer: from events to notices, and to the letters that are to be sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from coe.core import telling
from coe.core.models import Event
from coe.core.telling import News
from coe.notices import digests, knowing
from coe.notices.knowing import Pair
from coe.notices.models import Channel, Letter, Line, Notice, When
from coe.notices.wishes import Reader, readers

# So long a letter waits for more of the same thread.
PATIENCE = timedelta(seconds=60)
MOVED = "person.changed"
_LONGEST_THREAD = 200
# What joins a notice changes these.
_RENEWED = ["subject_type", "subject_id", "label", "text", "url", "count", "last_at"]


@dataclass(frozen=True)
class Heard:
    """One thing that one person hears."""

    reader: Reader
    event: Event
    news: News

    @property
    def person(self) -> int:
        return self.reader.person.pk

    @property
    def thread(self) -> str:
        return self.news.thread[:_LONGEST_THREAD]

    def when(self, channel: str) -> str:
        return self.reader.when(self.news.topic, channel)


def wants(verb: str) -> bool:
    """Whether the consumer reads events with this verb: what somebody is told, and that somebody may have moved."""
    return verb == MOVED or telling.is_told(verb)


def hear(events: Sequence[Event]) -> None:
    """Tell what the events say to whom it concerns and who may know of it. An event is told to a person once."""
    digests.move({e.subject_id for e in events if e.verb == MOVED and "timezone" in e.facts.get("fields", [])})
    told = [(event, news) for event in events for news in telling.news_of(event)]
    heard = _first_of_each(_heard(told))
    if not heard:
        return
    now = timezone.now()
    _put_in_inboxes([one for one in heard if one.when(Channel.APP) != When.OFF], now)
    email, chat = (_letters(heard, channel, now) for channel in (Channel.EMAIL, Channel.CHAT))
    Line.objects.bulk_create(
        Line(
            person=one.reader.person,
            event=one.event,
            topic=one.news.topic,
            thread=one.thread,
            subject_type_id=one.news.subject[0],
            subject_id=one.news.subject[1],
            text=one.news.text,
            url=one.news.url,
            at=one.event.at,
            email=email.get((one.person, one.event.pk)),
            chat=chat.get((one.person, one.event.pk)),
        )
        for one in heard
    )


def _heard(told: Sequence[tuple[Event, News]]) -> Iterable[Heard]:
    """Who hears what: active, not who did it, wants to hear of it, and may know of its subject."""
    people = readers({pk for _, news in told for pk in news.to})
    about: dict[int, set[Pair]] = {}
    for _, news in told:
        for pk in news.to:
            about.setdefault(pk, set()).add(news.subject)
    known = {pk: knowing.known(about[pk], reader.person) for pk, reader in people.items()}
    for event, news in told:
        for pk in sorted(set(news.to) & people.keys() - {event.actor_id}):
            if people[pk].hears(news.topic) and news.subject in known[pk]:
                yield Heard(people[pk], event, news)


def _first_of_each(heard: Iterable[Heard]) -> list[Heard]:
    """Of several things that one event tells a person, the first; of an event that was told before, none."""
    first: dict[tuple[int, int], Heard] = {}
    for one in heard:
        first.setdefault((one.person, one.event.pk), one)
    events, people = {event for _, event in first}, {person for person, _ in first}
    before = Line.objects.filter(event__in=events, person__in=people).values_list("person_id", "event_id")
    for key in before:
        first.pop(key, None)
    return list(first.values())


def _put_in_inboxes(heard: Sequence[Heard], now: datetime) -> None:
    """What joins an unread notice of its thread makes it newer; the rest are notices of their own."""
    bursts: dict[tuple[int, str, str], list[Heard]] = {}
    for one in heard:
        bursts.setdefault((one.person, one.news.topic, one.thread), []).append(one)
    if not bursts:
        return
    # Under their locks: one that is read meanwhile is not joined, or what joined it would never be seen.
    unread = Notice.objects.unread().filter(
        person__in={person for person, _, _ in bursts}, thread__in={thread for _, _, thread in bursts}
    )
    there = {(one.person_id, one.topic, one.thread): one for one in unread.select_for_update().order_by("pk")}
    names = knowing.labels(burst[-1].news.subject for burst in bursts.values())
    for key, burst in bursts.items():
        newest = burst[-1].news
        notice = there.get(key)
        if notice is None:
            notice = Notice(person_id=key[0], topic=key[1], thread=key[2], count=0, first_at=now)
        notice.subject_type_id, notice.subject_id = newest.subject
        notice.label = names.get(newest.subject, "")
        notice.text, notice.url = newest.text, newest.url
        notice.count, notice.last_at = notice.count + len(burst), now
        notice.save(update_fields=_RENEWED if notice.pk else None)


def _letters(heard: Sequence[Heard], channel: Channel, now: datetime) -> dict[tuple[int, int], Letter]:
    """The open letter of each thing that shall reach its person through this channel, by (person, event)."""
    wanted: dict[tuple[int, str, str], list[Heard]] = {}
    for one in heard:
        when = one.when(channel)
        if when == When.AT_ONCE:
            wanted.setdefault((one.person, one.news.topic, one.thread), []).append(one)
        elif when == When.DAILY:
            wanted.setdefault((one.person, "", ""), []).append(one)
    # Under their locks: one that is sealed meanwhile takes no more.
    open_ones = Letter.objects.filter(state=Letter.State.OPEN, channel=channel, person__in={key[0] for key in wanted})
    locked = open_ones.filter(thread__in={key[2] for key in wanted}).select_for_update().order_by("pk")
    there = {(one.person_id, one.topic, one.thread): one for one in locked}
    found = {}
    for key, parts in wanted.items():
        letter = there.get(key)
        if letter is None:
            due = now + PATIENCE if key[1] else digests.due_at(parts[0].reader, channel, now)
            letter = Letter.objects.create(person_id=key[0], channel=channel, topic=key[1], thread=key[2], due_at=due)
        found.update({(one.person, one.event.pk): letter for one in parts})
    return found
