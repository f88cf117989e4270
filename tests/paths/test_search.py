"""Paths are found by what they say, while somebody can be put on them."""

from __future__ import annotations

import pytest

from coe.paths import services
from coe.paths.search import PATHS

pytestmark = pytest.mark.django_db


def test_what_is_found_of_a_path(path, make):
    (text,) = PATHS.texts([path.pk])
    assert (text.title, text.url, text.keywords) == ("Team start", "/paths/team-start/", ["New team"])
    assert text.summary == "From nothing to a first model."
    assert text.body.startswith("Read\nRead *this*.\n\nRun")
    # What a quiz asks is not found.
    assert "Which one" not in text.body


def test_the_newest_edition_speaks(path, owner, draft):
    services.edit_step(slug=path.slug, actor=owner, key="run", title="Walk")
    assert "Walk" not in next(iter(PATHS.texts([path.pk]))).body
    services.publish_edition(slug=path.slug, actor=owner, note="x")
    body = next(iter(PATHS.texts([path.pk]))).body
    assert "Walk" in body
    assert "Run" not in body


def test_drafts_and_those_put_away_are_not_found(path, make, owner):
    fresh = make.path("fresh", owner=owner, published=False)
    assert not PATHS.rows().filter(pk=fresh.pk).exists()
    assert PATHS.visible(make.person()).filter(pk=path.pk).exists()
    services.archive_path(slug=path.slug, actor=owner)
    assert not PATHS.visible(owner).filter(pk=path.pk).exists()
    assert list(PATHS.texts([path.pk, fresh.pk])) == []
