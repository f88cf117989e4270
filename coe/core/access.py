"""Who may know of what, and who may do what: one registry, filled by each room, asked by pages, API, exports and
counts.

A *visibility* says which objects of a kind a person may know of (others do not exist for them: 404). A *rule* says
whether a person who may know of an object may do something to it (403 otherwise).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q

_visibilities: dict[str, Callable[[Any], Q]] = {}
_rules: dict[str, Callable[[Any, Any], bool]] = {}


class AlreadyRegistered(ValueError):
    """A name was registered twice: two rooms would decide the same question."""


def visibility(kind: str) -> Callable[[Callable[[Any], Q]], Callable[[Any], Q]]:
    """Registers the function that gives, for a person, the condition on objects of `kind` that they may know of."""

    def register(function: Callable[[Any], Q]) -> Callable[[Any], Q]:
        if kind in _visibilities:
            raise AlreadyRegistered(kind)
        _visibilities[kind] = function
        return function

    return register


def rule(action: str) -> Callable[[Callable[[Any, Any], bool]], Callable[[Any, Any], bool]]:
    """Registers the predicate (person, object or None) → bool that decides `action`, named `<kind>.<verb>`."""

    def register(function: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
        if action in _rules:
            raise AlreadyRegistered(action)
        _rules[action] = function
        return function

    return register


def visible(kind: str, person: Any) -> Q:
    """The condition on objects of `kind` that `person` may know of; nothing for who is not signed in or not active."""
    if not (getattr(person, "is_authenticated", False) and person.is_active):
        return Q(pk__in=[])
    return _visibilities[kind](person)


def may(person: Any, action: str, obj: object = None) -> bool:
    """Whether `person` may do `action` to `obj`. Raises `KeyError` for an action that nobody registered."""
    decide = _rules[action]
    return bool(getattr(person, "is_authenticated", False) and person.is_active and decide(person, obj))


def require(person: Any, action: str, obj: object = None) -> None:
    """Raises `PermissionDenied` unless `person` may do `action` to `obj`."""
    if not may(person, action, obj):
        raise PermissionDenied(action)


def actions() -> list[str]:
    """Every registered action, sorted."""
    return sorted(_rules)
