"""Guides, as they are found: what readers see of them. The guide of a model is found as what it explains, by the room
of model pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coe.accounts.models import Person
from coe.core.models import Event
from coe.guides import about
from coe.guides.models import Document, Kind
from coe.guides.queries import DocumentQuerySet
from coe.search.sources import Source, Text, of_subject

# Each verb after which readers may see another text, or none.
VERBS = (
    "document.edited",
    "document.revised",
    "document.restored",
    "document.published",
    "document.withdrawn",
    "document.archived",
    "document.recalled",
    "document.imported",
)


def _rows() -> DocumentQuerySet:
    return Document.objects.published_only().exclude(kind=Kind.MODEL_GUIDE)


def visible(person: Person) -> DocumentQuerySet:
    """What readers find, guides of models too: these stand in the index under a source of their own."""
    return Document.objects.published_only().visible_to(person)


def _texts(ids: Sequence[int]) -> Iterator[Text]:
    for document in _rows().filter(pk__in=ids).select_related("published"):
        shown = document.published
        if shown is not None:
            yield Text(
                ref=document.pk,
                title=shown.title,
                url=document.get_absolute_url(),
                keywords=[*document.tags, document.get_kind_display()],
                summary=shown.summary,
                body=shown.plain or shown.text,
                unit_id=document.unit_id or _unit_of_subject(document),
            )


def _unit_of_subject(document: Document) -> int | None:
    kind = about.kind_of(document.subject_type_id)
    subject = kind.model._default_manager.filter(pk=document.subject_id).first() if kind else None
    unit = kind.unit(subject) if kind and subject is not None else None
    return unit.pk if unit else None


def about_subject(event: Event) -> list[int]:
    """The documents about what the event speaks of: its unit may be another one now."""
    about_it = Document.objects.filter(subject_type=event.subject_type_id, subject_id=event.subject_id)
    return list(about_it.values_list("pk", flat=True))


GUIDES = Source(
    name="guide",
    label="Guides",
    noun="Guide",
    order=30,
    rows=_rows,
    visible=visible,
    texts=_texts,
    verbs={**dict.fromkeys(VERBS, of_subject), "project.edited": about_subject},
)
