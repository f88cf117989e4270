"""The invented group in the test database, once for each module that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

from demo.backdate import backdate
from demo.training.__main__ import main as train
from demo.world import connecting, phases
from demo.world.connecting import GROUP_SOURCE
from demo.world.people import Cast
from projects.tracking import services
from projects.tracking.models import Sync
from tests import parts


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


def sync_group() -> None:
    """The ordinary sync of the group's server."""
    sync = services.request_sync(actor=Cast.now().centre, name=GROUP_SOURCE)
    assert services.run_sync(sync_id=sync.pk).state == Sync.State.DONE


def train_and_sync(mlflow_server: str) -> None:
    """Four teams' three months, logged to the server and read from it."""
    assert train(["--tracking-uri", mlflow_server, "--small"]) == 0
    backdate(parts.mlflow_store())
    connecting.connect_group(Cast.now(), mlflow_server)
    sync_group()


@pytest.fixture(scope="module")
def bound(world: CountingBar, mlflow_server: str) -> Iterator[list[str]]:
    """All servers connected, the group's read, everything bound; gives the projects that were not seen."""
    with override_settings(PRIVATE_HOSTS_ALLOWED=["127.0.0.1"]):
        train_and_sync(mlflow_server)
        # The plant's server can run only once in a process.
        assert phases.connect_phase(mlflow_server, CountingBar()) == 1
        yield phases.bind_phase(CountingBar())
