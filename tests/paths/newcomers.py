"""Newcomers for the tests of checks in every room."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from coe.accounts.models import Person
from coe.core.models import Event
from coe.paths import checks
from coe.paths.checks import Finding, Newcomer, Touched


def newcomer(*people: Person, about: Model | None = None) -> Newcomer:
    """One or several people, bound to a thing or to nothing."""
    subject = (ContentType.objects.get_for_model(about).pk, about.pk) if about else None
    return Newcomer(people=frozenset(one.pk for one in people), subject=subject)


def see(key: str, who: Newcomer, **params: Any) -> Finding:
    """What the registered check sees of one newcomer."""
    (found,) = found_of(key, [who], **params)
    return found


def found_of(key: str, who: list[Newcomer], **params: Any) -> list[Finding]:
    check = checks.get(key)
    assert check is not None, key
    assert set(params) <= set(check.params), "a test asks with what no author may ask with"
    found = check.find(who, params)
    assert len(found) == len(who)
    return list(found)


def queries(key: str, who: list[Newcomer], **params: Any) -> int:
    """How many queries the check takes for all of them."""
    found_of(key, who[:1], **params)  # content types are known from now on
    with CaptureQueriesContext(
        connection,
    ) as caught:
        found_of(key, who, **params)
    return len(caught)


def touched_by_last_event(key: str, verb: str) -> Touched:
    """Whom the newest event with this verb concerns. The check must have asked for the verb."""
    check = checks.get(key)
    assert check is not None, key
    assert verb in check.verbs
    return check.touched([Event.objects.filter(verb=verb).latest("id")])


def subject(thing: Model) -> tuple[int, int]:
    return ContentType.objects.get_for_model(thing).pk, thing.pk
