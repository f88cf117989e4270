"""What the verbs of documents share: locks, checks of what was typed, short names, what events tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.utils.text import slugify

from coe.accounts.models import BusinessUnit, Person
from coe.core import access
from coe.core.errors import Refused, invalid
from coe.core.fields import check_fields
from coe.guides import about
from coe.guides.models import Document, Kind, Revision, Visibility

# These stand where a document's short name would stand in addresses.
TAKEN = frozenset({"all", "glossary", "new", "preview"})
MOST_TAGS = 12
MOST_IN_TAG = 40
TITLE, SUMMARY, NOTE, REASON = 160, 300, 300, 300


def known(slug: str, actor: Person) -> Document:
    """The document, if the actor may edit it. Raises `Document.DoesNotExist`, `PermissionDenied`."""
    document = Document.objects.visible_to(actor).get(slug=slug)
    access.require(actor, "document.edit", document)
    return document


def locked(slug: str, actor: Person, *, in_use: bool = True) -> Document:
    """The same with its row locked: every verb comes past here, so that its revisions need no lock of their own.

    Raises `Refused` for one that is out of use, unless that does not matter.
    """
    # Without its revisions: joined, they would be those of before the wait for the lock.
    document = Document.objects.visible_to(actor).select_for_update(of=("self",)).get(slug=slug)
    access.require(actor, "document.edit", document)
    if in_use and document.archived_at:
        raise Refused("It is out of use. Put it into use again first.")
    return document


def refuse_imported(document: Document) -> None:
    """Raises `Refused` for a document whose text lives elsewhere."""
    if document.is_imported:
        where = document.origin_url or f"{document.origin}, {document.origin_path}"
        raise Refused(f"It is brought in from where its authors keep it, and edited there: {where}")


def newest(document: Document) -> Revision:
    """Its newest revision. Every document has one."""
    return document.revisions.latest("number")


def revision_of(document: Document, number: int, field: str = "revision") -> Revision:
    """Its revision of that number. Raises `ValidationError` on `field`."""
    found = document.revisions.filter(number=number).first() if 0 < number < 2**31 else None
    if found is None:
        raise invalid(field, "must be the number of a revision of this document")
    return found


def short(value: str, field: str, most: int, *, required: str = "") -> str:
    """`value` on one line, trimmed. Raises `ValidationError` on `field`: too long, or empty where it must not be."""
    found = " ".join(value.split())
    if required and not found:
        raise invalid(field, required)
    if len(found) > most:
        raise invalid(field, f"may have at most {most} characters")
    if "\0" in found:
        raise invalid(field, "holds a character that cannot be stored")
    return found


def lines(value: str) -> str:
    """`value` with the line ends that everything here is kept with: browsers send others."""
    return value.replace("\r\n", "\n").replace("\r", "\n")


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Tags in small letters, each once. Raises `ValidationError` on `tags`."""
    found = list(dict.fromkeys(short(tag.lower(), "tags", MOST_IN_TAG) for tag in tags))
    found = [tag for tag in found if tag]
    if len(found) > MOST_TAGS:
        raise invalid("tags", f"may be at most {MOST_TAGS}")
    if any("," in tag for tag in found):
        raise invalid("tags", "must have no commas in them")
    return found


def free_slug(slug: str, title: str) -> str:
    """A free short name, made from the title unless one is given. Raises `ValidationError` on `slug`."""
    if slug:
        if slug in TAKEN or slug != slugify(slug) or len(slug) > 90:
            raise invalid("slug", "must be a short name of small letters, digits and hyphens, and not “new”")
        if Document.objects.filter(slug=slug).exists():
            raise invalid("slug", "is taken by another document")
        return slug
    stem = slugify(title)[:80].strip("-_") or "guide"
    if stem not in TAKEN and not Document.objects.filter(slug=stem).exists():
        return stem
    taken = set(Document.objects.filter(slug__startswith=f"{stem}-").values_list("slug", flat=True))
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def check_subject(subject: tuple[int, int] | None, *, actor: Person, owner: Person) -> dict[str, Any]:
    """The columns that name what it is about. Raises `PermissionDenied` where the actor may not write on it, and
    `ValidationError` where there is no such thing, or the owner may not know of it.
    """
    if subject is None:
        return {"subject_type": None, "subject_id": None}
    if about.subject_of(actor, *subject) is None:
        raise invalid("subject", "must be something that you may see")
    if not about.may_write_on(actor, *subject):
        raise PermissionDenied("document.edit")
    check_owner(owner, subject)
    return {"subject_type": ContentType.objects.get_for_id(subject[0]), "subject_id": subject[1]}


def check_owner(owner: Person, subject: tuple[int, int] | None) -> None:
    """Raises `ValidationError` on `owner` who may not know of what the document is about."""
    if subject is not None and about.subject_of(owner, *subject) is None:
        raise invalid("owner", "must be somebody who may see what it is about")


def settle(document: Document, unit: BusinessUnit | None) -> None:
    """Check what belongs together. Raises `ValidationError` by field."""
    names = ("kind", "audience", "outcome", "visibility", "verify_every_days")
    if document.kind == Kind.LESSON and not document.outcome:
        raise invalid("outcome", "must say how it went")
    if document.kind != Kind.LESSON and document.outcome:
        raise invalid("outcome", "is for lessons only")
    if document.visibility == Visibility.UNIT and unit is None:
        raise invalid("unit", "must be given when only people of the unit may read it")
    if document.kind == Kind.MODEL_GUIDE and document.subject_id is None:
        raise invalid("subject", "must be the model that the guide is about")
    if not document.owner.is_active:
        raise invalid("owner", "must be somebody who still works here")
    days = document.verify_every_days
    if not isinstance(days, int) or not 7 <= days <= 1100:
        raise invalid("verify_every_days", "must be a number of days from 7 to 1100")
    check_fields(document, *names)


def facts_of(document: Document, **more: Any) -> dict[str, Any]:
    """What every event of a document tells."""
    return {"title": document.title, "kind": document.get_kind_display().lower(), **more}
