"""Checks of the tests' own: what Cairn sees is what the test says, so that orders of events can be tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import events
from coe.core.models import Event, Unread
from coe.onboarding import hearing
from coe.paths import checks
from coe.paths.checks import Check, Finding, Newcomer, Touched

# A verb that is recorded of people and that some sentence tells.
VERB = "person.changed"


@dataclass
class Sight:
    """`seen[key]` are the ids of the people of whom it is so; `asked` counts how often each check was asked."""

    seen: dict[str, set[int]] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)

    def check(self, key: str, *, lasts: bool = False) -> None:
        """Offer a check of that key, which nobody passes yet; in place of a room's own, where there is one."""
        self.seen[key] = set()
        checks._checks.pop(key, None)

        def find(newcomers: Sequence[Newcomer], params: Mapping[str, Any]) -> list[Finding]:
            self.asked[key] = self.asked.get(key, 0) + 1
            return [self._finding(key, one) for one in newcomers]

        checks.register(Check(key, key.capitalize(), "Cairn waits.", frozenset({VERB}), find, _touched, lasts=lasts))

    def _finding(self, key: str, one: Newcomer) -> Finding:
        if one.people & self.seen[key]:
            return Finding(True, at=timezone.now(), evidence=(("The run", "/runs/1/"),))
        return Finding(False, why=f"The {key} vanished.")

    def tell(self, *people: Person) -> list[Event]:
        """Events that concern these people."""
        with transaction.atomic():
            return [
                events.record(actor=None, verb=VERB, subject=person, facts={"fields": ["name"]}) for person in people
            ]

    def hear(self, happened: Sequence[Event]) -> None:
        """Have the room handle these events, as the stream would."""
        with transaction.atomic():
            hearing.handle(happened)
        Unread.objects.filter(event__in=happened, consumer="onboarding").delete()


def _touched(happened: Sequence[Event]) -> Touched:
    return Touched(people=frozenset(event.subject_id for event in happened))


@contextmanager
def sight() -> Iterator[Sight]:
    """A `Sight` whose checks are gone afterwards."""
    before = dict(checks._checks)
    try:
        yield Sight()
    finally:
        checks._checks.clear()
        checks._checks.update(before)
