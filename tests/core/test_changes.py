from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from coe.core import changes
from coe.core.models import Change
from tests.fixtures import database_url_of_test

pytestmark = pytest.mark.django_db(transaction=True)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
NOTE = (
    "INSERT INTO core_change (xid, affects_from, what, at) "
    "VALUES (pg_current_xact_id()::text::bigint, %s, 'late', now())"
)


@pytest.fixture
def other():
    """Another process's connection, in a transaction of its own."""
    with psycopg.connect(database_url_of_test()) as connection:
        yield connection


def test_nothing_changed():
    assert changes.reach_of_changes_since(changes.snapshot()) is None


def test_what_the_snapshot_saw_does_not_count():
    changes.note(affects_from=JUNE, what="sync")
    assert changes.reach_of_changes_since(changes.snapshot()) is None


def test_the_earliest_instant_of_what_came_after():
    seen = changes.snapshot()
    changes.note(affects_from=JUNE, what="sync")
    changes.note(affects_from=MARCH, what="target")
    assert changes.reach_of_changes_since(seen) == MARCH


def test_a_transaction_that_began_before_and_commits_after_counts(other):
    other.execute(NOTE, [MARCH])
    seen = changes.snapshot()
    assert changes.reach_of_changes_since(seen) is None
    other.commit()
    assert changes.reach_of_changes_since(seen) == MARCH
    assert changes.reach_of_changes_since(changes.snapshot()) is None


def test_an_old_transaction_counts_even_after_newer_ones_were_seen(other):
    other.execute(NOTE, [MARCH])
    changes.note(affects_from=JUNE, what="sync")
    seen = changes.snapshot()
    other.commit()
    assert changes.reach_of_changes_since(seen) == MARCH


def test_a_transaction_that_is_rolled_back_does_not(other):
    seen = changes.snapshot()
    other.execute(NOTE, [MARCH])
    other.rollback()
    assert changes.reach_of_changes_since(seen) is None


def test_old_notes_are_forgotten():
    changes.note(affects_from=JUNE, what="old")
    Change.objects.update(at=datetime.now(UTC) - timedelta(days=40))
    changes.note(affects_from=JUNE, what="new")
    assert changes.forget(older_than=timedelta(days=30)) == 1
    assert Change.objects.get().what == "new"
