"""The verbs of documents that live elsewhere: bring one in as it is there, and take out of use what is gone there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from coe.core import events, files, markdown
from coe.core.errors import invalid
from coe.core.models import StoredFile
from coe.guides import document_parts as p
from coe.guides.document_files import MOST_FILES
from coe.guides.drafting import add_revision
from coe.guides.models import Attachment, Document


@dataclass(frozen=True)
class Place:
    """Where a document lives: `path` in the folder `origin`, at the address `url` ("" where nobody said)."""

    origin: str
    path: str
    url: str
    # Of everything that the document is made of there: the same one, and nothing is to be done.
    digest: str


@dataclass(frozen=True)
class Wanted:
    """A file that the text shows or offers as `address`. `instead` is where the address leads when it is not taken."""

    address: str
    path: str
    read: Callable[[], bytes]
    instead: str = ""


@dataclass
class Imported:
    """What became of one document; `refused` has the files that were not taken, with the reason."""

    document: Document
    outcome: Literal["new", "changed", "same"]
    refused: list[tuple[str, str]] = field(default_factory=list)


@transaction.atomic
def import_document(
    *,
    place: Place,
    slug: str,
    title: str,
    summary: str,
    text: str,
    settings: Mapping[str, Any],
    defaults: Mapping[str, Any],
    links: Mapping[str, str],
    wanted: Sequence[Wanted] = (),
) -> Imported:
    """Bring in a document as it is where it lives: published, with its files, in a revision by its owner where the
    text changed. `settings` are set, `defaults` for a new document alone; `links` maps relative addresses.

    Raises `ValidationError` by field; then nothing is changed.
    """
    document = _of(place)
    if document and document.origin_digest == place.digest:
        return Imported(document, "same")
    is_new = document is None
    if document is None:
        document = _begin(place, slug, title, {**defaults, **settings})
    else:
        _set(document, place, settings)
    kept, refused = _files(wanted)
    addresses = {**links, **{one.address: one.instead for one in wanted}}
    addresses |= {address: reverse("guides:file", args=[document.slug, name]) for address, name, _ in kept}
    page = markdown.render_page(text, links=addresses)
    columns = {
        "title": p.short(title, "title", p.TITLE, required="must have a title"),
        "summary": p.short(summary, "summary", p.SUMMARY),
        "text": text,
        "html": page.html,
        "toc": [list(row) for row in page.toc],
        "plain": page.plain,
    }
    _attach(document, {name: stored for _, name, stored in kept})
    number = _publish(document, columns)
    facts = p.facts_of(document, origin=place.origin, number=number)
    events.record(actor=document.owner, verb="document.imported", subject=document, facts=facts)
    return Imported(document, "new" if is_new else "changed", refused)


@transaction.atomic
def archive_vanished(*, document_id: int) -> Document:
    """Take an imported document out of use because its file is gone. It comes back with its file."""
    document = Document.objects.select_for_update(of=("self",)).select_related("owner").get(pk=document_id)
    if document.archived_at is None:
        document.archived_at = document.updated_at = timezone.now()
        document.origin_digest = ""
        document.save(update_fields=["archived_at", "updated_at", "origin_digest"])
        facts = p.facts_of(document, reason=f"its file is no longer in {document.origin}")
        events.record(actor=document.owner, verb="document.archived", subject=document, facts=facts)
    return document


def _of(place: Place) -> Document | None:
    rows = Document.objects.select_for_update(of=("self",)).select_related("owner")
    return rows.filter(origin=place.origin, origin_path=place.path).first()


def _begin(place: Place, slug: str, title: str, settings: Mapping[str, Any]) -> Document:
    made = Document(
        slug=slug, title=title[: p.TITLE], origin=place.origin, origin_path=place.path, origin_url=place.url,
        origin_digest=place.digest, **settings,
    )  # fmt: skip
    p.settle(made, made.unit)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise invalid("slug", "was taken by another document meanwhile; import again") from None
    return made


def _set(document: Document, place: Place, settings: Mapping[str, Any]) -> None:
    # A change of kind alone must not leave the outcome of a lesson behind.
    more: dict[str, Any] = {"outcome": ""} if settings.get("kind", "lesson") != "lesson" else {}
    if not document.origin_digest:
        more["archived_at"] = None
    columns = {**more, **settings, "origin_url": place.url, "origin_digest": place.digest}
    for name, value in columns.items():
        setattr(document, name, value)
    p.settle(document, document.unit)
    document.save(update_fields=list(columns))


def _files(wanted: Sequence[Wanted]) -> tuple[list[tuple[str, str, StoredFile]], list[tuple[str, str]]]:
    """The files that were taken as (address, name, stored), one read at a time, and those that were not, with why."""
    kept: list[tuple[str, str, StoredFile]] = []
    refused: dict[str, str] = {}
    names: dict[str, str] = {}
    for one in wanted:
        name = names.get(one.path) or _free_name(one.path, set(names.values()))
        try:
            if one.path in refused:
                continue
            if len(names) >= MOST_FILES and one.path not in names:
                raise invalid("file", f"A document may have at most {MOST_FILES} files.")
            stored = files.keep(name, one.read())
        except ValidationError as error:
            refused[one.path] = " ".join(error.messages)
            continue
        names[one.path] = name
        kept.append((one.address, name, stored))
    return kept, list(refused.items())


def _free_name(path: str, taken: set[str]) -> str:
    """The file's name, with those of its folders before it where another file has it, or else with a number."""
    parts = path.split("/")
    for start in range(len(parts) - 1, -1, -1):
        name = files.clean_name("-".join(parts[start:]))
        if name not in taken:
            return name
    number, (stem, dot, ending) = 2, files.clean_name(parts[-1]).rpartition(".")
    while (name := f"{stem[: files.MAX_NAME - 12]}-{number}{dot}{ending}") in taken:
        number += 1
    return name


def _attach(document: Document, kept: Mapping[str, StoredFile]) -> None:
    """The document's files are these, and no others."""
    there = {one.name: one for one in document.attachments.all()}
    for name, stored in kept.items():
        attachment = there.pop(name, None)
        if attachment is None:
            Attachment.objects.create(document=document, name=name, file=stored, added_by=document.owner)
        elif attachment.file_id != stored.pk:
            attachment.file = stored
            attachment.save(update_fields=["file"])
    for attachment in there.values():
        attachment.delete()


def _publish(document: Document, columns: Mapping[str, Any]) -> int:
    """Readers see these columns: in a new revision unless the newest one has the same. The number of that revision."""
    newest = document.revisions.order_by("-number").first()
    same = ("title", "summary", "text", "html")
    if newest is None or any(getattr(newest, name) != columns[name] for name in same):
        newest = add_revision(document, document.owner, columns, note="Brought in")
    if document.published_id == newest.pk:
        return newest.number
    seen = document.revisions.filter(pk=document.published_id).first() if document.published_id else None
    document.published, document.published_at = newest, timezone.now()
    document.first_published_at = document.first_published_at or document.published_at
    fields = ["published", "published_at", "first_published_at"]
    if seen is None or any(getattr(seen, name) != columns[name] for name in same[:3]):
        document.verified_at = document.verified_by = None
        fields += ["verified_at", "verified_by"]
    document.save(update_fields=fields)
    return newest.number
