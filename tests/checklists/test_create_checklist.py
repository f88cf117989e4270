from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coe.core.models import Event
from projects.checklists import services
from projects.checklists.queries import published

pytestmark = pytest.mark.django_db


def test_it_begins_as_an_empty_draft(admin):
    made = services.create_checklist(
        actor=admin, name=" Shadow run ", purpose="Before", kind="pilot", effect="set", alias="shadow"
    )
    edition = made.editions.get()
    assert (made.slug, made.name, made.kind) == ("shadow-run", "Shadow run", "pilot")
    assert (edition.number, edition.state, edition.alias, edition.created_by) == (1, "draft", "shadow", admin)
    assert published(made) is None
    assert [e.verb for e in Event.objects.about(made)] == ["checklist.created"]


def test_one_that_does_nothing_in_mlflow_names_no_alias(admin):
    made = services.create_checklist(actor=admin, name="Review", effect="none", alias="production")
    assert made.editions.get().alias == ""


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "New"}, "slug"),
        ({"name": "2026"}, "slug"),
        ({"name": "Other", "slug": "pilot"}, "slug"),
        ({"name": "Other", "slug": "with space"}, "slug"),
        ({"name": "Other", "kind": "odd"}, "kind"),
        ({"name": "Other", "effect": "set", "alias": ""}, "alias"),
        ({"name": "Other", "alias": "1st"}, "alias"),
        ({"name": "Other", "score": "odd"}, "score"),
        ({"name": "Other", "state": "published"}, "state"),
    ],
)
def test_what_is_wrong_is_named(admin, parts, field):
    with pytest.raises(ValidationError) as error:
        services.create_checklist(actor=admin, **parts)
    assert field in error.value.message_dict


@pytest.mark.parametrize("role", ["contributor", "unit_lead", "approver", "executive"])
def test_it_is_the_centres(make, role):
    person = make.person(roles=[(role, None if role == "executive" else make.unit())])
    with pytest.raises(PermissionDenied):
        services.create_checklist(actor=person, name="Ours")
