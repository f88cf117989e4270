"""Beginning a document and changing what it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coe.core.errors import Refused
from coe.guides import services
from coe.guides.models import Document
from tests.factories import Make
from tests.guides.test_save_revision import access_pair, part


def test_a_document_begins_as_a_draft(make: Make) -> None:
    writer = make.person(roles=[("contributor", make.unit("retail"))])
    made = services.create_document(actor=writer, kind="how_to", title=" Read a  score ", text="*How*", tags=["A", "a"])
    assert (made.slug, made.title, made.owner, made.tags) == ("read-a-score", "Read a score", writer, ["a"])
    assert made.published is None
    assert made.latest is not None
    assert (made.latest.number, made.latest.plain.strip()) == (1, "How")
    again = services.create_document(actor=writer, kind="how_to", title="Read a score")
    assert again.slug == "read-a-score-2"


@pytest.mark.parametrize("title", ["New", "all", "Предсказание", "Glossary", "!!"])
def test_titles_that_make_no_address(make: Make, title: str) -> None:
    writer = make.person(roles=[("contributor", None)])
    made = services.create_document(actor=writer, kind="how_to", title=title)
    assert made.slug
    assert made.slug not in ("new", "all", "glossary")


def test_who_may_begin(make: Make) -> None:
    project = make.project("closed", visibility="members")
    viewer = make.person(roles=[("viewer", None)])
    with pytest.raises(PermissionDenied):
        services.create_document(actor=viewer, kind="how_to", title="T")
    with pytest.raises(ValidationError, match="may see"):
        services.create_document(actor=viewer, kind="how_to", title="T", subject=access_pair(project))
    made = services.create_document(actor=project.owner, kind="how_to", title="T", subject=access_pair(project))
    assert made.subject_id == project.pk
    opened = make.project("open")
    with pytest.raises(PermissionDenied):
        services.create_document(actor=viewer, kind="how_to", title="T", subject=access_pair(opened))


def test_a_model_has_one_guide(make: Make) -> None:
    project = make.project("churn")
    subject = access_pair(make.model(project=project))
    given: dict[str, Any] = {"actor": project.owner, "kind": "model_guide", "subject": subject}
    services.create_document(**given, title="T", parts=[part("read", "X.", 1)])
    with pytest.raises(Refused):
        services.create_document(**given, title="T", parts=[])
    with pytest.raises(ValidationError):
        services.create_document(**given, title="T", text="Free")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("title", {"title": " "}),
        ("kind", {"kind": "poem"}),
        ("outcome", {"kind": "lesson"}),
        ("outcome", {"outcome": "success"}),
        ("unit", {"visibility": "unit"}),
        ("slug", {"slug": "new"}),
        ("slug", {"slug": "taken"}),
        ("slug", {"slug": "Not A Slug"}),
        ("tags", {"tags": ["x" * 41]}),
        ("tags", {"tags": [str(n) for n in range(13)]}),
        ("verify_every_days", {"verify_every_days": 3}),
        ("text", {"text": "[" * 70_000}),
    ],
)
def test_bad_input(make: Make, field: str, change: dict[str, Any]) -> None:
    make.document("taken")
    writer = make.person(roles=[("contributor", None)])
    with pytest.raises(ValidationError) as caught:
        services.create_document(**{"actor": writer, "kind": "how_to", "title": "T", **change})
    assert field in caught.value.message_dict


def test_settings_change(make: Make) -> None:
    unit = make.unit("retail")
    document, other = make.document("churn"), make.person()
    made = services.edit_document(
        slug="churn", actor=document.owner, kind="lesson", outcome="failure", unit=unit, visibility="unit", owner=other
    )
    assert (made.kind, made.outcome, made.visibility, made.owner) == ("lesson", "failure", "unit", other)
    with pytest.raises(Document.DoesNotExist):
        services.edit_document(slug="churn", actor=document.owner, tags=["x"])


def test_nothing_is_given_to_whom_the_subject_does_not_exist(make: Make) -> None:
    project = make.project("closed", visibility="members")
    document = make.document("plan", owner=project.owner, about=project)
    with pytest.raises(ValidationError) as caught:
        services.edit_document(slug="plan", actor=document.owner, owner=make.person())
    assert "owner" in caught.value.message_dict


def test_a_model_guide_stays_one(make: Make) -> None:
    project = make.project("churn")
    made = make.document("guide", owner=project.owner, about=make.model(project=project), kind="model_guide")
    for change in ({"kind": "how_to"}, {"subject": None}):
        with pytest.raises(ValidationError):
            services.edit_document(slug=made.slug, actor=made.owner, **change)


def test_who_sees_what_is_for_a_unit(make: Make) -> None:
    retail, health = make.unit("retail"), make.unit("health")
    document = make.document("plan", unit=retail, visibility="unit")
    inside, outside = make.person(unit=retail), make.person(unit=health)
    assert Document.objects.visible_to(inside).filter(pk=document.pk).exists()
    assert not Document.objects.visible_to(outside).filter(pk=document.pk).exists()
