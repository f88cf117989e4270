"""The next edition: begun as a copy, its settings changed, thrown away."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coe.core.errors import Refused
from coe.core.models import Event
from projects.checklists import services
from projects.checklists.models import Checklist, Item
from projects.checklists.queries import published

pytestmark = pytest.mark.django_db
COPIED = [field.name for field in Item._meta.fields if field.name not in ("id", "edition")]


def test_it_is_a_copy_of_the_newest_published_one(admin, ready):
    draft = services.draft_edition(slug="ready", actor=admin)
    assert (draft.number, draft.state, draft.version, draft.created_by) == (2, "draft", 1, admin)
    assert list(draft.items.values(*COPIED)) == list(published(ready).items.values(*COPIED))
    assert published(ready).number == 1


def test_begun_twice_it_is_begun_once(admin, ready):
    assert services.draft_edition(slug="ready", actor=admin) == services.draft_edition(slug="ready", actor=admin)
    assert [event.verb for event in Event.objects.about(ready)] == ["checklist.drafted"]


def test_settings(admin, ready):
    services.draft_edition(slug="ready", actor=admin)
    draft = services.edit_edition(slug="ready", actor=admin, version=1, effect="remove", alias="champion", note="Why")
    assert (draft.effect, draft.alias, draft.note, draft.version) == ("remove", "champion", "Why", 2)
    assert services.edit_edition(slug="ready", actor=admin, alias="champion").version == 2
    with pytest.raises(ValidationError) as error:
        services.edit_edition(slug="ready", actor=admin, alias="two words")
    assert "alias" in error.value.message_dict


def test_two_editors_lose_nothing(admin, ready):
    services.draft_edition(slug="ready", actor=admin)
    services.edit_edition(slug="ready", actor=admin, version=1, alias="first")
    with pytest.raises(services.EditConflict) as conflict:
        services.edit_edition(slug="ready", actor=admin, version=1, alias="second")
    assert (conflict.value.current.version, conflict.value.current.alias) == (2, "first")


def test_without_a_draft_there_is_nothing_to_edit(admin, ready):
    with pytest.raises(Refused, match="no draft"):
        services.edit_edition(slug="ready", actor=admin, note="x")


def test_throwing_it_away(admin, ready):
    services.draft_edition(slug="ready", actor=admin)
    services.discard_draft(slug="ready", actor=admin, version=1)
    assert [edition.number for edition in ready.editions.all()] == [1]
    fresh = services.create_checklist(actor=admin, name="Fresh")
    with pytest.raises(Refused, match="only edition"):
        services.discard_draft(slug=fresh.slug, actor=admin)


def test_a_checklist_that_is_not_there(admin):
    with pytest.raises(Checklist.DoesNotExist):
        services.draft_edition(slug="nowhere", actor=admin)


def test_it_is_the_centres(make, ready):
    for verb in (services.draft_edition, services.edit_edition, services.discard_draft):
        with pytest.raises(PermissionDenied):
            verb(slug="ready", actor=make.person())
