"""A database for one benchmark, beside the one that DATABASE_URL names, dropped afterwards.

The site answers as in production: the instruments that Django's tests put into templates would be measured with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def database(name: str) -> Iterator[None]:
    """An empty database of that name, migrated, is this process's own inside of the block."""
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = name
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)
