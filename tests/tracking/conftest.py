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


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three, so that a few runs are many pages."""
    monkeypatch.setattr("projects.tracking.phases.PAGE", 3)


@pytest.fixture
def team(mlflow_server: str) -> Team:
    return Team(mlflow_server)


@pytest.fixture
def source(db: None, mlflow_server: str) -> Source:
    return Source.objects.create(name="lab", label="Lab", url=mlflow_server)


@pytest.fixture
def liar(mlflow_server: str) -> Iterator[Liar]:
    server = Liar(mlflow_server)
    yield server
    server.close()


@pytest.fixture
def lied_to(db: None, liar: Liar) -> Source:
    """A source behind the liar."""
    return Source.objects.create(name="lied", label="Lied to", url=liar.url)
