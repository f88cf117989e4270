"""Many windows are read in portions, few in one go: both decide the same."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kpis.measures import points
from kpis.measures.models import Binding
from kpis.measures.queries import readings_as_of
from tests.factories import Make

DAYS = [date(2026, month, 28) for month in range(1, 7)]


@pytest.fixture
def bindings(make: Make) -> list[Binding]:
    experiment = make.experiment()
    found = []
    for n in range(6):
        way: dict[str, Any] = {"experiment": experiment, "selector": "best", "window_days": 30 + n} if n % 2 else {}
        binding = make.binding(baseline=0.1, target=0.9, **way)
        for month in range(1, 7):
            for day in (3, 11, 20):
                value = 0.1 * ((n + month * day) % 9)
                make.observation(binding, value, f"2026-0{month}-{day:02}", run_id=f"{n}-{month}-{day}")
        found.append(binding)
    return found


def test_in_portions_as_in_one_go(bindings: list[Binding], monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [binding.pk for binding in bindings]
    at_once = readings_as_of(ids, DAYS)
    assert len({reading.point.run_id for reading in at_once.values() if reading.point}) > 12
    monkeypatch.setattr(points, "_IN_ONE_GO", 0)
    monkeypatch.setattr(points, "_PORTION", 4)
    assert readings_as_of(ids, DAYS) == at_once
    windowed = [binding.pk for binding in bindings if binding.window_days]
    assert readings_as_of(windowed, DAYS) == {key: at_once[key] for key in at_once if key[0] in windowed}
