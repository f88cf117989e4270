"""When a day's digest is due: one a day, at the chosen hour where the person is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from coe.notices.models import Letter
from coe.notices.wishes import Reader, readers


def next_digest(now: datetime, zone: ZoneInfo, hour: int, last: datetime | None = None) -> datetime:
    """The next time that it is `hour` in `zone`, later than `now` and not on the local day of `last`, in UTC.

    Where the clock skips that hour, it is the moment by which it would have begun; where it is there twice, the first.
    """
    day = now.astimezone(zone).date()
    taken = last.astimezone(zone).date() if last else None
    while True:
        at = datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
        if at > now and (taken is None or day > taken):
            return at
        day += timedelta(days=1)


def due_at(reader: Reader, channel: str, now: datetime) -> datetime:
    """When a digest that is begun now goes out: not on a day that had one. One query."""
    before = Letter.objects.filter(person=reader.person, channel=channel, topic="").exclude(state=Letter.State.OPEN)
    last = before.aggregate(last=Max("due_at"))["last"]
    return next_digest(now, reader.zone, reader.digest_hour, last)


@transaction.atomic
def move(people: Collection[int]) -> None:
    """Let the digests that wait for their hour wait for the one that the people chose now, or have where they are."""
    if not people:
        return
    now = timezone.now()
    waiting = Letter.objects.filter(person__in=people, topic="", state=Letter.State.OPEN, due_at__gt=now)
    held = list(waiting.select_for_update().order_by("pk"))
    there = readers({letter.person_id for letter in held})
    for letter in held:
        if letter.person_id in there:
            letter.due_at = due_at(there[letter.person_id], letter.channel, now)
            letter.save(update_fields=["due_at"])
