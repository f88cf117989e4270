"""Editions: the next one is a copy, publishing is for good, and PostgreSQL sees to it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from coe.core.errors import Refused
from coe.core.models import Event
from coe.paths import checks, services
from coe.paths.models import Edition, Path, Step
from coe.paths.queries import published

pytestmark = pytest.mark.django_db
SLUG = "team-start"
COPIED = [field.name for field in Step._meta.fields if field.name not in ("id", "edition")]


class TestDraft:
    def test_it_is_a_copy_of_the_newest_published_one(self, owner, path, draft):
        assert (draft.number, draft.state, draft.version, draft.created_by) == (2, "draft", 1, owner)
        assert list(draft.steps.values(*COPIED)) == list(published(path).steps.values(*COPIED))
        assert published(path).number == 1

    def test_begun_twice_it_is_begun_once(self, owner, path, draft):
        assert services.draft_edition(slug=SLUG, actor=owner) == draft
        assert [event.verb for event in Event.objects.about(path)] == ["path.edition_drafted"]

    def test_throwing_it_away(self, owner, admin, path, draft):
        services.discard_draft(slug=SLUG, actor=owner, version=1)
        assert [edition.number for edition in path.editions.all()] == [1]
        fresh = services.create_path(actor=admin, title="Fresh")
        with pytest.raises(Refused, match="only edition"):
            services.discard_draft(slug=fresh.slug, actor=admin)


class TestPublish:
    def test_it_is_the_newest_now(self, owner, path, draft):
        edition = services.publish_edition(slug=SLUG, actor=owner, note=" Shorter ", version=1)
        assert published(path) == edition
        assert (edition.state, edition.published_by, edition.note) == ("published", owner, "Shorter")
        event = Event.objects.about(path).get(verb="path.edition_published")
        assert event.facts == {"number": 2, "note": "Shorter", "title": "Team start"}

    def test_a_later_edition_says_what_changed(self, owner, draft):
        with pytest.raises(ValidationError, match="what changed"):
            services.publish_edition(slug=SLUG, actor=owner, note=" ")

    def test_the_first_one_need_not(self, owner, make):
        make.path("fresh", owner=owner, published=False)
        assert services.publish_edition(slug="fresh", actor=owner).number == 1

    def test_an_empty_one_is_refused(self, owner, make):
        make.path("fresh", owner=owner, steps=[], published=False)
        with pytest.raises(Refused, match="nothing on it"):
            services.publish_edition(slug="fresh", actor=owner)

    def test_optional_steps_alone_are_no_path(self, owner, make):
        make.path("fresh", owner=owner, steps=[{"is_optional": True}], published=False)
        with pytest.raises(ValidationError, match="not optional"):
            services.publish_edition(slug="fresh", actor=owner)

    @pytest.mark.parametrize(
        ("step", "said"),
        [
            ({"kind": "read", "text": " "}, "Choose a guide"),
            ({"kind": "quiz"}, "It asks nothing yet"),
            ({"kind": "quiz", "questions": [{"text": "?", "options": ["a", "b"], "right": []}]}, "at least one right"),
            ({"kind": "quiz", "questions": [{"text": "?", "options": ["a"], "right": [0]}]}, "at least two"),
            ({"kind": "meet"}, "its topic"),
            ({"kind": "verified", "check_key": "gone"}, "No part of Cairn knows the check gone"),
            ({"kind": "verified", "check_key": "look-here", "params": {"x": "y"}}, "nothing that this check"),
            ({"needs": ["last"]}, "comes later"),
            ({"needs": ["nowhere"]}, "no other step"),
            ({"kind": "quiz", "questions": [], "covers": ["nowhere"]}, "asks nothing"),
        ],
    )
    def test_what_a_step_lacks_is_said_by_its_key(self, owner, make, step, said):
        make.path("fresh", owner=owner, steps=[{"key": "odd", **step}, {"key": "last"}], published=False)
        with pytest.raises(ValidationError, match=f"odd: .*{said}") as error:
            services.publish_edition(slug="fresh", actor=owner)
        assert list(error.value.message_dict) == ["steps"]

    def test_a_guide_that_was_withdrawn(self, owner, make):
        guide = make.document(published=False)
        make.path("fresh", owner=owner, steps=[{"kind": "read", "document": guide}], published=False)
        with pytest.raises(ValidationError, match="not published any more"):
            services.publish_edition(slug="fresh", actor=owner)

    def test_a_check_that_a_room_took_away(self, owner, draft, monkeypatch):
        monkeypatch.delitem(checks._checks, "look-here")
        with pytest.raises(ValidationError, match="run: No part of Cairn"):
            services.publish_edition(slug=SLUG, actor=owner, note="x")


@pytest.mark.parametrize(
    "change",
    [
        lambda e: Edition.objects.filter(pk=e.pk).update(note="other"),
        lambda e: Edition.objects.filter(pk=e.pk).update(state="draft"),
        lambda e: Edition.objects.filter(pk=e.pk).delete(),
        lambda e: Path.objects.filter(pk=e.path_id).delete(),
        lambda e: e.steps.update(title="other"),
        lambda e: e.steps.filter(key="read").delete(),
        lambda e: Step.objects.create(edition=e, key="late", position=9, title="Late"),
        lambda e: Step.objects.bulk_create([Step(edition=e, key="late", position=9, title="Late")]),
    ],
    ids=["note", "state", "delete", "path", "steps", "step", "add", "add in bulk"],
)
def test_postgresql_refuses_to_change_a_published_edition(path, change):
    with pytest.raises(IntegrityError, match="published"), transaction.atomic():
        change(published(path))


def test_a_step_cannot_be_slipped_in_from_a_draft(path, draft):
    with pytest.raises(IntegrityError, match="published"), transaction.atomic():
        draft.steps.filter(key="read").update(edition=published(path), key="slipped", position=9)
