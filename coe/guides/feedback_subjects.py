"""What feedback is about: documents, and the things that documents explain. Found for a person, and named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from coe.accounts.models import Person
from coe.core.subjects import Subject, resolve
from coe.guides import about
from coe.guides.models import Document, Revision


def document_type_id() -> int:
    """The content type of documents."""
    return ContentType.objects.get_for_model(Document).pk


def find(person: Person, type_id: int, object_id: int) -> Any:
    """The document or thing itself.

    Raises `Document.DoesNotExist` where there is none, or none that the person may know of.
    """
    if type_id == document_type_id():
        visible = Document.objects.visible_to(person).select_related("published", "latest", "owner")
        return visible.get(pk=object_id)
    found = about.subject_of(person, type_id, object_id)
    if found is None:
        raise Document.DoesNotExist
    return found


def title_of(subject: Model) -> str:
    """What readers know it by: of a document the title of the published text, not of a draft."""
    if isinstance(subject, Document) and subject.published is not None:
        return subject.published.title
    return str(subject)


def named(pairs: Iterable[tuple[int, int]], person: Person) -> dict[tuple[int, int], Subject]:
    """The label and the address behind each (content type id, id) that the person may know of: a query a kind."""
    wanted, own = set(pairs), document_type_id()
    found = resolve({pair for pair in wanted if pair[0] != own}, person)
    ids = {pk for type_id, pk in wanted if type_id == own}
    if ids:
        for document in Document.objects.visible_to(person).filter(pk__in=ids).select_related("published"):
            shown = Subject(own, document.pk, title_of(document), document.get_absolute_url())
            found[own, document.pk] = shown
    return found


def owner_of(subject: Model) -> Person | None:
    """Whom feedback on it goes to."""
    if isinstance(subject, Document):
        return subject.owner
    kind = about.kind_of(ContentType.objects.get_for_model(subject).pk)
    return kind.owner(subject) if kind else None


def text_of(subject: Model, person: Person) -> Revision | None:
    """The published text that readers of the thing see: the document's own, or that of the guide of a model."""
    if isinstance(subject, Document):
        return subject.published or subject.latest
    guides = Document.objects.visible_to(person).published_only().about(subject).filter(kind="model_guide")
    guide = guides.select_related("published").first()
    return guide.published if guide else None


def sections_of(text: Revision | None) -> list[tuple[str, str]]:
    """(key, title) of each section of a text: its parts, else its headings."""
    if text is None:
        return []
    if text.parts:
        return [(str(part["key"])[:80], str(part["title"])) for part in text.parts]
    return [(str(row[1])[:80], str(row[2])) for row in text.toc]


def section_words(key: str) -> str:
    """A section's key as words, for lists: "h-when-to-ask" is "when to ask"."""
    return key.removeprefix("h-").replace("-", " ").replace("_", " ").strip()
