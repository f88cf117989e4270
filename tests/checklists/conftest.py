from __future__ import annotations

import pytest

from tests.checklists.candidates import Candidates


@pytest.fixture
def world(make):
    return Candidates(make)


@pytest.fixture
def admin(make):
    return make.person("admin@example.com", roles=[("administrator", None)])


@pytest.fixture
def ready(make):
    """A published checklist with three items in two groups."""
    return make.checklist(
        "ready",
        items=[
            {"key": "runbook", "group": "Handover"},
            {"key": "rollback", "group": "Handover", "help": "Say when it was tried."},
            {"key": "schema", "group": "Data", "kind": "automatic", "check_key": "has_signature"},
        ],
    )
