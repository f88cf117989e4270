"""Two people at once. Each race is shown to be one by the same test with the lock off."""

from __future__ import annotations

import pytest

from coe.core.errors import Refused
from projects.catalog import services
from projects.catalog.models import Project
from tests.factories import Make
from tests.races import failures, meeting, together

pytestmark = pytest.mark.django_db(transaction=True)


def unlocked(slug, actor):
    return Project.objects.visible_to(actor).select_related("unit", "owner").get(slug=slug)


def both(monkeypatch, locked, verb):
    """Run the verb twice at once, both past their reading of the project before either writes, if they can."""
    owner = Make().person()
    Make().project("churn", owner=owner, stage="exploration", since="2026-01-01")
    meet = meeting()
    read = services._locked if locked else unlocked

    def read_and_meet(slug, actor):
        project = read(slug, actor)
        meet()
        return project

    monkeypatch.setattr(services, "_locked", read_and_meet)
    results = together(lambda: verb(owner, "first"), lambda: verb(owner, "second"))
    return failures(results, Refused), Project.objects.get(slug="churn")


def move(owner, reason):
    return services.move_stage(slug="churn", actor=owner, to="pilot", reason=reason)


def edit(owner, words):
    return services.edit_project(slug="churn", actor=owner, version=1, summary=words)


def test_of_two_moves_one_is_made(monkeypatch):
    refused, project = both(monkeypatch, True, move)
    assert (refused, project.moves.count(), project.stage) == (1, 2, "pilot")


def test_without_the_lock_both_would_be(monkeypatch):
    refused, project = both(monkeypatch, False, move)
    assert (refused, project.moves.count()) == (0, 3)


def test_of_two_edits_of_one_version_one_is_kept_and_the_other_told(monkeypatch):
    refused, project = both(monkeypatch, True, edit)
    assert (refused, project.version) == (1, 2)


def test_without_the_lock_one_would_be_lost(monkeypatch):
    refused, project = both(monkeypatch, False, edit)
    assert (refused, project.version) == (0, 2)
