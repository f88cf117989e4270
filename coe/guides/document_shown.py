"""How a document is shown: what a reader may read of its history, files that are missing, differences in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import escape

from coe.accounts.models import Person
from coe.core import access
from coe.core.models import Event
from coe.guides import about
from coe.guides.differences import Piece, word_diff
from coe.guides.models import Document, Revision

# Of what stayed the same, so much is shown before and after a change.
_AROUND = 300


@dataclass(frozen=True)
class FieldDifference:
    """One part of a document in two revisions, word by word; long stretches that stayed are shortened."""

    label: str
    pieces: list[Piece]


@dataclass(frozen=True)
class VersionsDifference:
    """A section, and the versions that it was and is said to be true for."""

    title: str
    before: list[int]
    after: list[int]


@dataclass(frozen=True)
class Difference:
    fields: list[FieldDifference]
    versions: list[VersionsDifference]

    @property
    def is_empty(self) -> bool:
        return not (self.fields or self.versions)


def compare(before: Any, after: Any) -> Difference:
    """What changed from one revision (or what is like one: title, summary, text, parts) to another."""
    fields = []
    for name in ("title", "summary", "text"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            fields.append(FieldDifference(name.capitalize(), shortened(word_diff(old, new))))
    was = {one["key"]: one["versions"] for one in before.parts}
    versions = [
        VersionsDifference(one["title"], was.get(one["key"], []), one["versions"])
        for one in after.parts
        if was.get(one["key"], []) != one["versions"]
    ]
    return Difference(fields, versions)


def shortened(pieces: list[Piece]) -> list[Piece]:
    """The pieces, with what stayed the same cut to what stands near a change."""
    found: list[Piece] = []
    for place, (kind, text) in enumerate(pieces):
        if kind == "same":
            before = text[:_AROUND] if place else ""
            after = text[-_AROUND:] if place + 1 < len(pieces) else ""
            if len(before) + len(after) + 40 < len(text):
                text = f"{before}\n[…]\n{after}".strip("\n") if before and after else f"{before}\n[…]\n{after}"
        found.append((kind, text))
    return found


def readable(document: Document, person: Person) -> QuerySet[Revision]:
    """The revisions that the person may read: all of them for whoever may edit it; else those that readers saw since
    it was last taken back from them.
    """
    rows = document.revisions.select_related("author")
    if access.may(person, "document.edit", document):
        return rows
    if document.published_id is None:
        return rows.none()
    numbers = []
    told = Event.objects.about(document).filter(verb__in=("document.published", "document.withdrawn"))
    for verb, facts in told.values_list("verb", "facts"):
        if verb == "document.withdrawn":
            break
        numbers.append(facts.get("number"))
    return rows.filter(number__in=numbers) | rows.filter(pk=document.published_id)


def with_files(html: str, document: Document) -> str:
    """The HTML of a document of which files were removed since: where one was shown, words say that it is missing."""
    start = reverse("guides:files", args=[document.slug])
    if start not in html:
        return html
    there = set(document.attachments.values_list("name", flat=True))

    def image(found: re.Match[str]) -> str:
        alt = re.search(r'\balt="([^"]*)"', found[0])
        return found[0] if _name(found[1]) in there else _missing(_name(found[1]), alt[1] if alt else "")

    def link(found: re.Match[str]) -> str:
        return found[0] if _name(found[1]) in there else f"{found[2]} {_missing(_name(found[1]), '')}"

    html = re.sub(rf'<img\b[^>]*\bsrc="{start}([^"#?/]+)"[^>]*>', image, html)
    return re.sub(rf'<a\b[^>]*\bhref="{start}([^"#?/]+)(?:#[^"]*)?"[^>]*>(.*?)</a>', link, html, flags=re.S)


def _name(address: str) -> str:
    return unquote(address.replace("&amp;", "&"))


def _missing(name: str, alt: str) -> str:
    """`alt` is HTML already."""
    words = f": {alt}" if alt else ""
    return f'<span class="tag warn missing">The file {escape(name)} is missing{words}</span>'


def subject_of(document: Document, person: Person) -> Any:
    """The thing it is about, if there is one and the person may know of it."""
    return about.subject_of(person, document.subject_type_id, document.subject_id)
