"""The invented group in the test database, once for each module that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from demo.world import phases


class CountingBar:
    """A bar that counts."""

    def __init__(self) -> None:
        self.total: float | None = None
        self.done = 0.0

    def update(self, n: float | None = 1) -> bool | None:
        self.done += n or 0
        return None


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[CountingBar]:
    """Everything that the first phase enters; taken back when the module is through."""
    with django_db_blocker.unblock(), transaction.atomic():
        # Without a test that is marked with `django_db`, pytest-django makes no database of the tests' own.
        assert connection.settings_dict["NAME"].startswith("test_")
        bar = CountingBar()
        phases.people_phase(bar)
        yield bar
        transaction.set_rollback(True)
