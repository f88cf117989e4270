"""Two who write at once: each with the lock, and once without it, to see that the race is there."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from coe.core import access
from coe.core.errors import Refused
from coe.core.models import Event
from coe.paths import parts, services
from coe.paths.models import Path, Step
from coe.paths.queries import published
from tests.races import failures, meeting, together

pytestmark = pytest.mark.django_db(transaction=True)
SLUG = "team-start"


def at_once(monkeypatch, *verbs, lock):
    """Run the verbs together, all past their reading of the draft before any writes, if the lock lets them."""
    meet, draft_of = meeting(len(verbs)), parts.draft_of

    def unlocked(slug, actor):
        path = Path.objects.visible_to(actor).get(slug=slug)
        access.require(actor, "path.edit", path)
        return path

    def read_and_meet(path, version=None):
        draft = draft_of(path, version)
        meet()
        return draft

    if not lock:
        monkeypatch.setattr(parts, "locked", unlocked)
    monkeypatch.setattr(parts, "draft_of", read_and_meet)
    return together(*verbs)


def edit(owner, **changes):
    return lambda: services.edit_step(slug=SLUG, actor=owner, key="read", version=1, **changes)


class TestTwoEditors:
    def test_one_of_them_is_told(self, monkeypatch, owner, draft):
        results = at_once(monkeypatch, edit(owner, title="One"), edit(owner, title="Two"), lock=True)
        assert failures(results, services.EditConflict) == 1
        draft.refresh_from_db()
        assert draft.version == 2
        assert Event.objects.filter(verb="path.step_changed").count() == 1

    def test_without_the_lock_one_would_write_over_the_other(self, monkeypatch, owner, draft):
        results = at_once(monkeypatch, edit(owner, title="One"), edit(owner, title="Two"), lock=False)
        assert failures(results, Exception) == 0
        assert Event.objects.filter(verb="path.step_changed").count() == 2


class TestPublishAgainstEdit:
    """What is published is what the publisher saw."""

    def verbs(self, owner):
        publish = {"slug": SLUG, "actor": owner, "note": "x", "version": 1}
        return lambda: services.publish_edition(**publish), edit(owner, title="Slipped in")

    def test_one_of_them_is_told(self, monkeypatch, owner, path, draft):
        results = at_once(monkeypatch, *self.verbs(owner), lock=True)
        assert failures(results, Refused) == 1
        is_published = published(path).number == 2
        assert is_published == isinstance(results[1], Refused)
        assert draft.steps.get(key="read").title == ("Read" if is_published else "Slipped in")

    def test_without_the_lock_both_would_find_the_draft(self, monkeypatch, owner, path, draft):
        results = at_once(monkeypatch, *self.verbs(owner), lock=False)
        # Either the edit slipped into what was published, or only PostgreSQL stopped it, with an error for somebody.
        slipped = published(path).number == 2 and draft.steps.get(key="read").title == "Slipped in"
        assert failures(results, Refused) == 0
        assert slipped or failures(results, IntegrityError) == 1


class TestTwoWhoMove:
    def test_the_places_stay_whole(self, monkeypatch, owner, draft):
        for key in ("run", "ask", "quiz"):
            services.edit_step(slug=SLUG, actor=owner, key=key, needs=[])
        move = [
            lambda: services.move_step(slug=SLUG, actor=owner, key="quiz", to=1),
            lambda: services.move_step(slug=SLUG, actor=owner, key="read", to=4),
        ]
        results = at_once(monkeypatch, *move, lock=True)
        assert failures(results, Exception) == 0
        keys = list(draft.steps.order_by("position").values_list("key", "position"))
        assert keys == [("quiz", 1), ("run", 2), ("ask", 3), ("read", 4)]

    def test_without_the_lock_they_would_not(self, monkeypatch, owner, draft):
        for key in ("run", "ask", "quiz"):
            services.edit_step(slug=SLUG, actor=owner, key=key, needs=[])
        move = [
            lambda: services.move_step(slug=SLUG, actor=owner, key="quiz", to=1),
            lambda: services.move_step(slug=SLUG, actor=owner, key="read", to=4),
        ]
        results = at_once(monkeypatch, *move, lock=False)
        keys = list(draft.steps.order_by("position").values_list("key", flat=True))
        assert failures(results, Exception) or keys != ["quiz", "run", "ask", "read"]


def test_of_two_who_publish_at_once_one_finds_no_draft(owner, path, draft):
    publish = [lambda: services.publish_edition(slug=SLUG, actor=owner, note="x")] * 2
    assert failures(together(*publish), Refused) == 1
    assert Event.objects.about(path).filter(verb="path.edition_published").count() == 1


def test_of_two_who_begin_a_path_of_the_same_name_one_is_told(admin):
    begin = [lambda: services.create_path(actor=admin, title="Walk in")] * 2
    results = together(*begin)
    assert sum(isinstance(result, Path) for result in results) == 1
    assert Path.objects.filter(slug="walk-in").count() == 1


def test_a_step_that_is_added_while_it_is_published_waits_and_is_refused(owner, path, draft):
    """The trigger's own lock, without any verb's."""
    results = together(
        lambda: services.publish_edition(slug=SLUG, actor=owner, note="x"),
        lambda: Step.objects.create(edition=draft, key="late", position=9, title="Late"),
    )
    is_in = draft.steps.filter(key="late").exists()
    assert is_in != isinstance(results[1], IntegrityError)
    assert published(path).number == 2
