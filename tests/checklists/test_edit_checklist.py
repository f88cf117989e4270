from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coe.core.errors import Refused
from coe.core.models import Event
from projects.checklists import services
from projects.checklists.models import Checklist

pytestmark = pytest.mark.django_db


def test_name_and_purpose(admin, ready):
    services.edit_checklist(slug="ready", actor=admin, name=" Go live ", purpose="Before it counts")
    ready.refresh_from_db()
    assert (ready.name, ready.purpose) == ("Go live", "Before it counts")
    assert Event.objects.about(ready).get().facts == {"what": "name, purpose"}
    services.edit_checklist(slug="ready", actor=admin, name="Go live")
    assert Event.objects.about(ready).count() == 1


def test_the_kind_is_settled_once_it_is_published(admin, ready):
    with pytest.raises(ValidationError, match="cannot change any more"):
        services.edit_checklist(slug="ready", actor=admin, kind="pilot")
    fresh = services.create_checklist(actor=admin, name="Fresh")
    assert services.edit_checklist(slug=fresh.slug, actor=admin, kind="pilot").kind == "pilot"


def test_there_is_one_default(admin, ready):
    services.edit_checklist(slug="ready", actor=admin, is_default=True)
    assert Checklist.objects.get(is_default=True) == ready
    with pytest.raises(ValidationError, match="cannot be taken away"):
        services.edit_checklist(slug="ready", actor=admin, is_default=False)


def test_a_default_must_be_usable(admin):
    fresh = services.create_checklist(actor=admin, name="Fresh")
    with pytest.raises(ValidationError, match="published edition"):
        services.edit_checklist(slug=fresh.slug, actor=admin, is_default=True)


def test_putting_away_and_taking_up(admin, ready):
    for _ in range(2):
        services.archive_checklist(slug="ready", actor=admin)
    assert not Checklist.objects.in_use().filter(slug="ready").exists()
    with pytest.raises(Refused):
        services.draft_edition(slug="ready", actor=admin)
    for _ in range(2):
        services.restore_checklist(slug="ready", actor=admin)
    assert Checklist.objects.in_use().filter(slug="ready").exists()
    verbs = [event.verb for event in Event.objects.about(ready)]
    assert sorted(verbs) == ["checklist.archived", "checklist.restored"]


def test_the_default_is_not_put_away(admin):
    with pytest.raises(Refused, match="another checklist"):
        services.archive_checklist(slug="production-readiness", actor=admin)


def test_it_is_the_centres(make, ready):
    for verb in (services.edit_checklist, services.archive_checklist, services.restore_checklist):
        with pytest.raises(PermissionDenied):
            verb(slug="ready", actor=make.person())
