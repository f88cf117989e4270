"""Paths as a whole: begun, changed, put away."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coe.core.errors import Refused
from coe.core.models import Event
from coe.paths import services
from coe.paths.models import Path
from coe.paths.queries import published

pytestmark = pytest.mark.django_db


class TestCreate:
    def test_it_begins_as_an_empty_draft_of_whoever_begins_it(self, admin):
        made = services.create_path(actor=admin, title=" Walk in ", summary="Along", audience="citizen", level=2)
        edition = made.editions.get()
        assert (made.slug, made.title, made.audience, made.level, made.owner) == (
            "walk-in", "Walk in", "citizen", 2, admin,
        )  # fmt: skip
        assert (edition.number, edition.state, edition.created_by) == (1, "draft", admin)
        assert published(made) is None
        assert [event.verb for event in Event.objects.about(made)] == ["path.created"]

    def test_it_can_be_somebody_elses(self, admin, owner):
        assert services.create_path(actor=admin, title="Walk in", owner=owner).owner == owner

    @pytest.mark.parametrize(
        ("parts", "field"),
        [
            ({"title": " "}, "title"),
            ({"title": "x" * 121}, "title"),
            ({"title": "New"}, "slug"),
            ({"title": "2026"}, "slug"),
            ({"title": "Other", "slug": "team-start"}, "slug"),
            ({"title": "Other", "slug": "with space"}, "slug"),
            ({"title": "Other", "audience": "odd"}, "audience"),
            ({"title": "Other", "level": -1}, "level"),
        ],
    )
    def test_what_is_wrong_is_named(self, admin, path, parts, field):
        with pytest.raises(ValidationError) as error:
            services.create_path(actor=admin, **parts)
        assert field in error.value.message_dict

    def test_somebody_who_left_cannot_own_one(self, admin, make):
        with pytest.raises(ValidationError, match="sign in"):
            services.create_path(actor=admin, title="x", owner=make.person(is_active=False))

    @pytest.mark.parametrize("role", ["contributor", "unit_lead", "executive", "mentor"])
    def test_it_is_the_centres(self, make, role):
        person = make.person(roles=[(role, None if role == "executive" else make.unit())])
        with pytest.raises(PermissionDenied):
            services.create_path(actor=person, title="Ours")


class TestEdit:
    def test_the_owner_and_the_centre_change_it(self, owner, admin, path):
        services.edit_path(slug=path.slug, actor=owner, title=" Begin ", level=1)
        services.edit_path(slug=path.slug, actor=admin, title="Begin", owner=admin)
        path.refresh_from_db()
        assert (path.title, path.level, path.owner) == ("Begin", 1, admin)
        facts = [event.facts["fields"] for event in Event.objects.about(path).order_by("pk")]
        assert facts == [["title", "level"], ["owner"]]

    @pytest.mark.parametrize(
        ("parts", "field"),
        [
            ({"title": ""}, "title"),
            ({"audience": "odd"}, "audience"),
            ({"owner": None}, "owner"),
            ({"state": "x"}, "state"),
        ],
    )
    def test_what_is_wrong_is_named(self, owner, path, parts, field):
        with pytest.raises(ValidationError) as error:
            services.edit_path(slug=path.slug, actor=owner, **parts)
        assert field in error.value.message_dict

    def test_others_are_refused_and_strangers_to_a_draft_find_nothing(self, make, path):
        make.path("fresh", published=False)
        for verb in (services.edit_path, services.archive_path, services.restore_path, services.draft_edition):
            with pytest.raises(PermissionDenied):
                verb(slug=path.slug, actor=make.person())
            with pytest.raises(Path.DoesNotExist):
                verb(slug="fresh", actor=make.person())


class TestArchive:
    def test_it_goes_and_comes_back(self, owner, path):
        for _ in range(2):
            services.archive_path(slug=path.slug, actor=owner)
        assert not Path.objects.in_use().filter(pk=path.pk).exists()
        # Whoever is on it still reads it.
        assert Path.objects.visible_to(owner).filter(pk=path.pk).exists()
        with pytest.raises(Refused, match="put away"):
            services.draft_edition(slug=path.slug, actor=owner)
        for _ in range(2):
            services.restore_path(slug=path.slug, actor=owner)
        assert Path.objects.in_use().filter(pk=path.pk).exists()
        verbs = [event.verb for event in Event.objects.about(path).order_by("pk")]
        assert verbs == ["path.archived", "path.restored"]

    def test_a_draft_of_it_is_not_published(self, owner, path, draft):
        services.archive_path(slug=path.slug, actor=owner)
        with pytest.raises(Refused, match="put away"):
            services.publish_edition(slug=path.slug, actor=owner, note="x")
