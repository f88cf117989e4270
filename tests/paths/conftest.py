from __future__ import annotations

import pytest

from coe.paths import checks
from coe.paths.checks import Check, Finding, Touched

SEEN = Check(
    key="look-here",
    label="Something is there",
    not_yet="Put something there; Cairn looks at once.",
    verbs=frozenset({"path.created"}),
    find=lambda newcomers, params: [Finding(True) for _ in newcomers],
    touched=lambda events: Touched(),
    params={"kind": "What is looked for: “thing” or “other”"},
)
ASKED = {"text": "Which one is right?", "options": ["This", "That"], "right": [0], "why": "It is."}


@pytest.fixture(autouse=True)
def looks(monkeypatch):
    """A check of our own: what rooms offer may change."""
    monkeypatch.setitem(checks._checks, SEEN.key, SEEN)
    return SEEN


@pytest.fixture
def owner(make):
    return make.person("author@example.com", name="Ada Author")


@pytest.fixture
def admin(make):
    return make.person("admin@example.com", roles=[("administrator", None)])


@pytest.fixture
def path(make, owner):
    """A published path of four steps: `read`, `run` and `ask` after it, `quiz` after both, which covers `read`."""
    return make.path(
        "team-start",
        owner=owner,
        audience="new_team",
        summary="From nothing to a first model.",
        steps=[
            {
                "key": "read",
                "kind": "read",
                "text": "Read *this*.",
                "html": "<p>Read <em>this</em>.</p>",
                "minutes": 20,
            },
            {"key": "run", "kind": "verified", "check_key": "look-here", "needs": ["read"], "due_days": 3},
            {"key": "ask", "kind": "meet", "topic": "baselines", "needs": ["read"], "minutes": 45},
            {"key": "quiz", "kind": "quiz", "questions": [ASKED], "needs": ["run", "ask"], "covers": ["read"]},
        ],
    )


@pytest.fixture
def draft(path, owner):
    """The next edition of it."""
    from coe.paths import services

    return services.draft_edition(slug=path.slug, actor=owner)
