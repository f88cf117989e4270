from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coe.accounts.models import Person
from coe.core import access
from coe.core.errors import Refused
from coe.core.models import Event
from coe.guides import merging, services
from coe.guides.drafting import Conflict
from coe.guides.models import Document, Revision
from tests import races
from tests.factories import Make


def save(document: Document, person: Person, text: str, based_on: int = 1, **more: str) -> Revision:
    return services.save_revision(
        slug=document.slug, actor=person, based_on=based_on, title=document.title, summary="S.", text=text, **more
    )


def test_a_save_is_the_next_revision_and_a_draft(make: Make) -> None:
    document = make.document("churn")
    made = save(document, document.owner, "# New\r\n\r\nWith *words*.", note="All new")
    document.refresh_from_db()
    assert (made.number, made.text, made.plain) == (2, "# New\n\nWith *words*.", made.plain)
    assert "<em>words</em>" in made.html
    assert made.toc == [[2, "h-new", "New"]]
    assert document.latest == made
    assert document.published is not None
    assert document.published.number == 1
    assert Event.objects.about(document)[0].facts["note"] == "All new"


def test_nothing_changed_makes_none(make: Make) -> None:
    document = make.document("churn")
    first = save(document, document.owner, "Other.")
    assert save(document, document.owner, "Other.") == first
    assert save(document, document.owner, "Other.", based_on=2) == first
    assert document.revisions.count() == 2


def test_two_on_one_revision_are_told_of_each_other(make: Make) -> None:
    document = make.document("churn", text="One.\nTwo.\nThree.")
    save(document, document.owner, "One.\nTwo.\nThree, theirs.")
    with pytest.raises(Conflict) as caught:
        save(document, document.owner, "One, mine.\nTwo.\nThree.")
    assert caught.value.merged == merging.Merged("One, mine.\nTwo.\nThree, theirs.", 0)
    assert (caught.value.base.number, caught.value.latest.number) == (1, 2)
    made = save(document, document.owner, caught.value.merged.text, based_on=2)
    assert made.number == 3


def test_a_text_with_marks_is_not_saved(make: Make) -> None:
    document = make.document("churn", text="One.")
    save(document, document.owner, "Theirs.")
    with pytest.raises(Conflict) as caught:
        save(document, document.owner, "Mine.")
    assert caught.value.merged.conflicts == 1
    with pytest.raises(ValidationError) as wrong:
        save(document, document.owner, caught.value.merged.text, based_on=2)
    assert "text" in wrong.value.message_dict


def test_who_may(make: Make) -> None:
    unit = make.unit("retail")
    project = make.project("closed", unit=unit, visibility="members")
    document = make.document("plan", owner=project.owner, about=project)
    stranger, member = make.person(), make.member(project)
    with pytest.raises(Document.DoesNotExist):
        save(document, stranger, "X.")
    assert save(document, member, "Y.").number == 2
    public = make.document("public")
    with pytest.raises(PermissionDenied):
        save(public, stranger, "X.")


def test_text_that_lives_elsewhere_and_text_out_of_use(make: Make) -> None:
    document = make.document("far", origin="handbook", origin_path="a.md")
    with pytest.raises(Refused, match="handbook"):
        save(document, document.owner, "X.")
    gone = make.document("gone")
    services.archive_document(slug=gone.slug, actor=gone.owner, reason="Old")
    with pytest.raises(Refused, match="out of use"):
        save(gone, gone.owner, "X.")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("title", {"title": ""}),
        ("title", {"title": "x" * 161}),
        ("text", {"text": "\0"}),
        ("text", {"text": "x" * 66_000}),
        ("note", {"note": "x" * 301}),
        ("based_on", {"based_on": 9}),
        ("based_on", {"based_on": 0}),
        ("parts", {"text": None, "parts": []}),
    ],
)
def test_bad_input(make: Make, field: str, change: dict[str, object]) -> None:
    document = make.document("churn")
    given = {"based_on": 1, "title": "T", "summary": "", "text": "X.", **change}
    with pytest.raises(ValidationError) as caught:
        services.save_revision(slug=document.slug, actor=document.owner, **given)  # type: ignore[arg-type]  # as sent
    assert field in caught.value.message_dict


def part(key: str, text: str, *versions: int) -> dict[str, object]:
    return {"key": key, "title": key.capitalize(), "text": text, "versions": list(versions)}


def test_sections_are_merged_each_by_itself(make: Make) -> None:
    project = make.project("churn")
    model = make.model(project=project)
    made = services.create_document(
        actor=project.owner,
        kind="model_guide",
        title="G",
        subject=access_pair(model),
        parts=[part("decides", "One.", 1), part("read", "Two. # x\n\n# Head", 1)],
    )

    def write(based_on: int, *parts: dict[str, object]) -> Revision:
        return services.save_revision(
            slug=made.slug, actor=project.owner, based_on=based_on, title="G", summary="", parts=parts
        )

    write(1, part("decides", "One.", 1, 2), part("read", "Two!", 2))
    with pytest.raises(Conflict) as caught:
        write(1, part("decides", "Mine.", 1), part("read", "Two. # x\n\n# Head", 1))
    assert caught.value.parts == [part("decides", "Mine.", 1), part("read", "Two!", 2)]
    assert made.latest is not None
    assert [row[1] for row in made.latest.toc] == ["h-decides", "h-read"]
    assert '<h3 id="h-read-head">' in made.latest.html
    restored = services.restore_revision(slug=made.slug, actor=project.owner, number=1, based_on=2)
    assert restored.parts == made.latest.parts
    with pytest.raises(ValidationError):
        services.save_revision(slug=made.slug, actor=project.owner, based_on=3, title="G", summary="", text="Free.")


def access_pair(model: object) -> tuple[int, int]:
    subject = model.as_subject()  # type: ignore[attr-defined]  # a registered model
    return subject.type_id, subject.id


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_locked", [True, False], ids=["locked", "control"])
def test_two_saves_at_once_never_write_over_each_other(
    make: Make, monkeypatch: pytest.MonkeyPatch, is_locked: bool
) -> None:
    """One is saved and one is told. Without the lock both come to the same number, and the database stops one."""
    document = make.document("churn", text="One.\nTwo.\nThree.")
    meet = races.meeting()
    whole = Revision.objects.create

    def create(**columns: object) -> Revision:
        meet()
        return whole(**columns)

    monkeypatch.setattr(Revision.objects, "create", create)
    if not is_locked:
        monkeypatch.setattr("coe.guides.document_parts.locked", unlocked)
    jobs: list[Callable[[], object]] = [
        lambda: save(document, document.owner, "One!\nTwo.\nThree."),
        lambda: save(document, document.owner, "One.\nTwo.\nThree!"),
    ]
    results = races.together(*jobs)
    assert (races.failures(results, Conflict) == 1) is is_locked
    assert document.revisions.count() == 2


def unlocked(slug: str, actor: Person, *, in_use: bool = True) -> Document:
    document = Document.objects.visible_to(actor).get(slug=slug)
    access.require(actor, "document.edit", document)
    return document
