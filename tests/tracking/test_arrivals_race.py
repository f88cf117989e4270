"""Two syncs that end at once tell of the first run once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from coe.core.models import Event
from projects.tracking import arrivals
from tests.races import meeting, together

pytestmark = pytest.mark.django_db(transaction=True)


def race(make, monkeypatch, *, is_locked: bool) -> int:
    project, lab = make.project("churn"), make.source("lab")
    make.run(make.experiment(lab, project=project, touched_at=datetime.now(UTC)))
    meet, ask = meeting(), arrivals._ask

    def slowly(source_id, query, some):
        found = ask(source_id, query, some)
        if some is not None and found:
            meet()
        return found

    monkeypatch.setattr(arrivals, "_ask", slowly)
    if not is_locked:
        unlocked = type(arrivals.Project.objects.all())
        monkeypatch.setattr(unlocked, "select_for_update", lambda self, **_: self)
    together(lambda: arrivals.after_sync(lab.pk), lambda: arrivals.after_sync(lab.pk))
    return Event.objects.filter(verb="project.first_run_seen").count()


def test_it_is_told_once(make, monkeypatch):
    assert race(make, monkeypatch, is_locked=True) == 1


def test_without_the_lock_it_would_be_told_twice(make, monkeypatch):
    assert race(make, monkeypatch, is_locked=False) == 2
