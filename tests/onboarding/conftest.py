from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.onboarding.sight import Sight, sight


@pytest.fixture
def seeing() -> Iterator[Sight]:
    """Checks of the test's own: `seeing.check("run")`, then `seeing.seen["run"].add(person.pk)`."""
    with sight() as found:
        yield found
