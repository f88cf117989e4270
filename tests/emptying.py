"""Empties the database after a test that committed, as `flush` does, in a fiftieth of its time.

`flush` truncates every table, which makes new files for each of them and their indexes, and then builds content types
and permissions anew. Deleting the few rows of one test and putting back what `migrate` left is the same database.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import TransactionTestCase
from psycopg import sql

KEPT = "left_by_migrate"
_COLUMNS = """
    SELECT attname FROM pg_attribute
     WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     ORDER BY attnum
"""


@dataclass(frozen=True)
class Emptying:
    """The statements that bring the database back to what `migrate` left."""

    statements: sql.Composed

    def __call__(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(self.statements)
        # A test may have made content types of its own.
        ContentType.objects.clear_cache()


def prepare() -> Emptying | None:
    """Copy what `migrate` left in this process's database into a schema of its own.

    Returns None where the user may not switch off triggers: events refuse to be deleted.
    """
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        if cursor.fetchone() != ("on",):
            return None
        tables = sorted(connection.introspection.django_table_names(only_existing=True, include_views=False))
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(KEPT)))
        back = [_keep(cursor, table) for table in tables if _has_rows(cursor, table)]
    names = [sql.Identifier(table) for table in tables]
    # As TRUNCATE would, it waits for whoever is still at it: a request that the test left behind.
    lock = sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.SQL(", ").join(names))
    deletes = [sql.SQL("DELETE FROM {}").format(name) for name in names]
    quiet = sql.SQL("SET LOCAL session_replication_role = replica")
    return Emptying(sql.SQL("; ").join([quiet, lock, *deletes, *back]))


def use(emptying: Emptying) -> None:
    """Let every test that commits end so."""
    # Django offers no other way in; mypy holds a method for what nobody may set.
    TransactionTestCase._fixture_teardown = lambda self: emptying()  # type: ignore[method-assign]  # said above


def _has_rows(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table)))
    return bool(cursor.fetchone()[0])


def _keep(cursor: CursorWrapper, table: str) -> sql.Composed:
    """Copy a table; returns the statement that puts its rows back."""
    cursor.execute(_COLUMNS, [f'"{table}"'])
    columns = sql.SQL(", ").join(sql.Identifier(name) for (name,) in cursor.fetchall())
    there, here = sql.Identifier(KEPT, table), sql.Identifier(table)
    cursor.execute(sql.SQL("CREATE TABLE {} AS SELECT {} FROM {}").format(there, columns, here))
    return sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(here, columns, columns, there)
