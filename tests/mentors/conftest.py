from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from coe.mentors import changed


@pytest.fixture
def notified(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """`notified()`: how often the rooms above would be told of a change, were it committed."""
    told: list[Any] = []
    monkeypatch.setattr(changed, "_listeners", [int])
    monkeypatch.setattr(changed.transaction, "on_commit", lambda call, robust: told.append((call, robust)))
    return lambda: len(told)
