"""What guides can see of a newcomer's steps: that a document about the newcomer's thing is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from coe.core.models import Event
from coe.guides.models import Document, Kind
from coe.paths.checks import Check, Finding, Newcomer, Touched, register

VERBS = frozenset(f"document.{did}" for did in ("published", "withdrawn", "archived", "recalled", "imported"))


def find_guide(newcomers: Sequence[Newcomer], params: Mapping[str, Any]) -> list[Finding]:
    """Whether a document is published that is about what the newcomer is bound to, or, for one that is bound to
    nothing or with `about` “anything”, that one of its people owns. One query.
    """
    kind, anything = str(params.get("kind", "")), str(params.get("about", "")) == "anything"
    subjects = {one.subject for one in newcomers if one.subject}
    owners = {pk for one in newcomers if anything or one.subject is None for pk in one.people}
    wanted = Q(owner__in=owners)
    for type_id in {each[0] for each in subjects}:
        wanted |= Q(subject_type=type_id, subject_id__in=[pk for kept, pk in subjects if kept == type_id])
    rows = Document.objects.published_only().filter(wanted, **({"kind": kind} if kind in Kind.values else {}))
    of_subject: dict[tuple[int, int], Document] = {}
    of_owner: dict[int, Document] = {}
    for one in rows.order_by("first_published_at", "pk"):
        if one.subject_type_id and one.subject_id:
            of_subject.setdefault((one.subject_type_id, one.subject_id), one)
        of_owner.setdefault(one.owner_id, one)
    why = f"No {Kind(kind).label.lower() if kind in Kind.values else 'guide'} is published yet."
    found = []
    for newcomer in newcomers:
        about = of_subject.get(newcomer.subject) if newcomer.subject else None
        own = [of_owner[pk] for pk in sorted(newcomer.people) if pk in of_owner]
        documents = [about] if about else own if anything or newcomer.subject is None else []
        found.append(_seen(documents[0]) if documents else Finding(False, why=why))
    return found


def _seen(document: Document) -> Finding:
    at = document.first_published_at or document.published_at
    return Finding(True, at=at, evidence=((document.title, document.get_absolute_url()),))


def touched(events: Sequence[Event]) -> Touched:
    """The owners of the documents, and what these are about."""
    type_id = ContentType.objects.get_for_model(Document).pk
    ids = {event.subject_id for event in events if event.subject_type_id == type_id}
    rows = Document.objects.filter(pk__in=ids).order_by().values_list("owner_id", "subject_type_id", "subject_id")
    kept = list(rows) if ids else []
    return Touched(
        people=frozenset(owner for owner, _, _ in kept),
        subjects=frozenset((about, pk) for _, about, pk in kept if about and pk),
    )


register(
    Check(
        key="guide_published",
        label="Guide published",
        not_yet="Cairn waits for a published guide about what this path is about, or by you.",
        verbs=VERBS,
        find=find_guide,
        touched=touched,
        params={
            "kind": "Only of this kind: how_to, playbook, lesson, glossary or model_guide.",
            "about": "“anything” takes a guide of one’s own about any thing.",
        },
    )
)
