from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from projects.tracking.mlflow import Gateway
from projects.tracking.models import Source
from tests.tracking.lying import Liar
from tests.tracking.team import Team


@pytest.fixture(autouse=True)
def own_machine_allowed(settings: Any) -> None:
    """Tests speak to servers on this machine, which is a private address."""
    settings.PRIVATE_HOSTS_ALLOWED = ["127.0.0.1"]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits between attempts are noted and not waited."""
    waits: list[float] = []
    init = Gateway.__init__

    def hurried(self: Gateway, url: str, **options: Any) -> None:
        init(self, url, **{"pause": waits.append, **options})

    monkeypatch.setattr(Gateway, "__init__", hurried)
    return waits


@pytest.fixture(autouse=True)
def nothing_derived(monkeypatch: pytest.MonkeyPatch) -> None:
    """Higher rooms derive nothing here: what the sync itself leaves behind is looked at."""
    monkeypatch.setattr("projects.tracking.followups._followups", {})


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three, so that a few runs are many pages."""
    monkeypatch.setattr("projects.tracking.phases.PAGE", 3)


@pytest.fixture
def liar(mlflow_server: str) -> Iterator[Liar]:
    """Stands before the real server and shows only what this test made there, so that tests do not see each other's."""
    server = Liar(mlflow_server)
    yield server
    server.close()


@pytest.fixture
def team(liar: Liar) -> Team:
    return Team(liar.behind, liar.shown)


@pytest.fixture
def source(db: None, liar: Liar) -> Source:
    return Source.objects.create(name="lab", label="Lab", url=liar.url)


@pytest.fixture
def lied_to(source: Source) -> Source:
    """The same source, for tests in which the server lies."""
    return source
