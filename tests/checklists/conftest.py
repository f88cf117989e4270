from __future__ import annotations

import pytest

from tests.checklists.candidates import Candidates


@pytest.fixture
def world(make):
    return Candidates(make)
