"""The library: which documents there are for a person, what is new, what is read, what needs a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from coe.accounts.models import BusinessUnit, Person
from coe.guides.models import Audience, Document, Kind, Reader
from coe.guides.queries import DocumentQuerySet
from coe.guides.rules import editable

# What is "most used" is what people read in the last so many days.
LATE = timedelta(days=30)
SHOWN = 6
SORTS = {
    "title": ["shown_title"],
    "kind": ["kind", "shown_title"],
    "published": ["published_at"],
    "verified": ["verified_at"],
    "owner": ["owner__name", "shown_title"],
    "readers": ["readers_of_late"],
}
CSV = (
    *("slug", "title", "kind", "audience", "outcome", "unit", "visibility", "tags", "owner", "state", "published_at"),
    *("verified_at", "verified_by", "verification_due", "readers_30_days", "summary"),
)
STATES = [
    ("", "Published"),
    ("due", "Verification due"),
    ("draft", "Drafts and changes not published yet"),
    ("archived", "Out of use"),
]


def note_reader(document: Document, person: Person) -> None:
    """Note that the person reads the document now: one statement, whether it is the first time or not."""
    Reader.objects.bulk_create(
        [Reader(document=document, person=person, last_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["document", "person"],
        update_fields=["last_at"],
    )


def readers_of_late(documents: Iterable[Document]) -> dict[int, int]:
    """By the id of each document, how many people read it in the last 30 days. One query."""
    ids = [document.pk for document in documents]
    rows = Reader.objects.filter(document__in=ids, last_at__gte=timezone.now() - LATE).order_by().values("document")
    return dict(rows.annotate(n=Count("pk")).values_list("document", "n"))


def with_readers(rows: QuerySet[Document]) -> QuerySet[Any]:
    """`readers_of_late`: how many people read each in the last 30 days."""
    late = Reader.objects.filter(document=OuterRef("pk"), last_at__gte=timezone.now() - LATE).order_by()
    counted = late.values("document").annotate(n=Count("pk")).values("n")
    return rows.annotate(readers_of_late=Coalesce(Subquery(counted, IntegerField()), 0))


def published(person: Person) -> DocumentQuerySet:
    """What the person finds in the library: published, in use, open to the person."""
    found: DocumentQuerySet = Document.objects.visible_to(person).published_only()
    return found


def of_state(person: Person, state: str) -> QuerySet[Document]:
    """The documents in one of `STATES` that the person may know of, with the title that is shown of each.

    Of drafts and of changes that nobody published only whoever may edit them learns.
    """
    known = Document.objects.visible_to(person)
    if state == "draft":
        mine = known.filter(editable(person), archived_at=None)
        unpublished = mine.filter(Q(published=None) | ~Q(latest=F("published")))
        return unpublished.annotate(shown_title=F("title"))
    if state == "archived":
        known = known.exclude(archived_at=None)
    else:
        known = known.verification_due() if state == "due" else known.published_only()
    return known.annotate(shown_title=Coalesce("published__title", "title"))


def narrowed(rows: QuerySet[Any], wanted: Mapping[str, Any]) -> QuerySet[Any]:
    """Those that match each of kind, audience, outcome, unit, tag, owner, about and q that is given; `rows` carry
    `shown_title`.
    """
    exact = {name: wanted[name] for name in ("kind", "audience", "outcome") if wanted.get(name)}
    rows = rows.filter(**exact)
    for word in str(wanted.get("q") or "").replace("\0", "").split()[:8]:
        rows = rows.filter(shown_title__icontains=word)
    if wanted.get("unit"):
        rows = rows.filter(unit__in=list(BusinessUnit.objects.within(wanted["unit"]).values_list("pk", flat=True)))
    if wanted.get("tag"):
        rows = rows.filter(tags__contains=[str(wanted["tag"]).replace("\0", "").strip()[:40]])
    for word in str(wanted.get("owner") or "").replace("\0", "").split()[:8]:
        rows = rows.filter(Q(owner__name__icontains=word) | Q(owner__email__icontains=word))
    if wanted.get("about"):
        type_id, object_id = wanted["about"]
        rows = rows.filter(subject_type=type_id, subject_id=object_id)
    return rows


def csv_rows(rows: QuerySet[Document]) -> Iterator[list[Any]]:
    """The rows of the list as `CSV` names them."""
    whole = with_readers(rows).select_related("published", "latest", "unit", "owner", "verified_by")
    for one in whole.iterator(chunk_size=500):
        text = one.published or one.latest
        yield [
            *(one.slug, one.__dict__["shown_title"], one.kind, one.audience, one.outcome),
            *(one.unit.slug if one.unit else "", one.visibility, "; ".join(one.tags), one.owner.name, state_of(one)),
            *(one.published_at, one.verified_at, one.verified_by.name if one.verified_by else ""),
            *(bool(one.published_id) and not one.is_verified, one.__dict__["readers_of_late"]),
            text.summary if text else "",
        ]


def state_of(document: Document) -> str:
    """Where a document stands, in a word."""
    if document.archived_at:
        return "out of use"
    return "published" if document.published_id else "draft"


@dataclass(frozen=True)
class Shelf:
    """A part of the library: its filter in the list, its name, and how many documents stand there."""

    query: str
    label: str
    count: int


def shelves(person: Person) -> dict[str, list[Shelf]]:
    """The shelves by kind, by audience and by vertical, each with what the person may read there. Two queries.

    A vertical counts what is in its sub-units too; the list narrows further.
    """
    rows: Any = published(person).order_by().values("kind", "audience", "unit").annotate(n=Count("pk"))
    counts: dict[str, Counter[Any]] = {"kind": Counter(), "audience": Counter(), "unit": Counter()}
    for row in rows:
        for name, counter in counts.items():
            counter[row[name]] += row["n"]
    units = {unit.pk: unit for unit in BusinessUnit.objects.visible_to(person)}
    inside: Counter[int] = Counter()
    for pk, n in counts["unit"].items():
        for above in units[pk].lineage if pk in units else ():
            inside[above] += n
    verticals = sorted((units[pk] for pk in inside if pk in units and units[pk].parent_id is None), key=str)
    return {
        "kind": [Shelf(f"kind={key}", label, n) for key, label in Kind.choices if (n := counts["kind"][key])],
        "audience": [
            Shelf(f"audience={key}", label, n) for key, label in Audience.choices if (n := counts["audience"][key])
        ],
        "unit": [Shelf(f"unit={unit.slug}", unit.name, inside[unit.pk]) for unit in verticals],
    }


def newest(person: Person, *kinds: str) -> list[Document]:
    """What was published first most lately, of these kinds (of all, when none is named). One query."""
    rows = published(person).filter(kind__in=kinds) if kinds else published(person)
    return list(rows.select_related("published", "owner").order_by("-first_published_at", "-pk")[:SHOWN])


def most_used(person: Person) -> list[Document]:
    """What most people read in the last 30 days, with `readers_of_late`. One query."""
    rows = with_readers(published(person)).filter(readers_of_late__gt=0)
    return list(rows.select_related("published", "owner").order_by("-readers_of_late", "-pk")[:SHOWN])


def to_verify(person: Person) -> list[Document]:
    """What the person may verify and nobody verified in time, the longest unverified first. One query."""
    due = Document.objects.visible_to(person).verification_due().filter(editable(person))
    return list(due.select_related("published", "owner").order_by(F("verified_at").asc(nulls_first=True), "pk")[:SHOWN])


def own_drafts(person: Person) -> list[Document]:
    """The person's own documents with something that readers do not see yet. One query."""
    mine = Document.objects.filter(owner=person, archived_at=None).filter(Q(published=None) | ~Q(latest=F("published")))
    return list(mine.select_related("published").order_by("-updated_at")[:SHOWN])


def glossary(person: Person) -> list[tuple[str, list[Document]]]:
    """The glossary from A to Z, by first letters; what begins with no letter stands under #. One query."""
    rows = published(person).filter(kind=Kind.GLOSSARY).select_related("published")
    found: dict[str, list[Document]] = {}
    for one in sorted(rows, key=lambda one: (one.published.title if one.published else one.title).casefold()):
        first = (one.published.title if one.published else one.title)[:1].upper()
        found.setdefault(first if first.isalpha() else "#", []).append(one)
    return sorted(found.items())
