"""Who hears of an event, by the real consumer: whoever may know of it, wants to hear, and did not do it."""

from __future__ import annotations

from coe.core.models import Event
from coe.notices import hearing
from coe.notices.models import Line


def lines(verb: str) -> list[Line]:
    """What the newest event with this verb told people, each with its person, in the order of their names."""
    event = Event.objects.filter(verb=verb).latest("id")
    hearing.hear([event])
    return list(Line.objects.filter(event=event).select_related("person").order_by("person__name"))


def heard(verb: str) -> dict[str, str]:
    """By name what each person was told of the newest event with this verb."""
    return {line.person.name: line.text for line in lines(verb)}


def who_heard(verb: str) -> list[str]:
    return list(heard(verb))


def threads(verb: str) -> set[tuple[str, str]]:
    """(topic, thread) of what it told."""
    return {(line.topic, line.thread) for line in lines(verb)}
