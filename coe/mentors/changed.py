"""Tells the rooms above that mentors may have become free, or not: what waits for one is looked at again."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

_listeners: list[Callable[[], object]] = []


def on_change(listener: Callable[[], object]) -> None:
    """Have `listener` called after each change of who could take requests. One is called once, however often given."""
    if listener not in _listeners:
        _listeners.append(listener)


def notify() -> None:
    """Call every listener once the transaction around is committed; a listener's fault undoes nothing."""
    for listener in _listeners:
        transaction.on_commit(listener, robust=True)
