"""The verbs that write a document's text: each save is a revision, and none writes over another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.text import slugify

from coe.accounts.models import BusinessUnit, Person
from coe.core import access, events, markdown
from coe.core.errors import Refused, invalid
from coe.guides import document_parts as p
from coe.guides.merging import Merged, has_marks, merge, pick
from coe.guides.models import Audience, Document, Kind, Revision, Visibility

MOST_PARTS = 20
_FILE = re.compile(r"(?<![\w/.])files/([^\s()<>\[\]\"'`#?]{1,400})")
_HEADING = re.compile(r"(</?h)([2-5])\b")
_TAG = re.compile(r"<[a-z][^>]*>")


class Conflict(Refused):
    """Somebody else saved meanwhile. Nothing is lost: `merged` holds both texts, to be checked and saved on `latest`.

    `base` is the revision that the text was written on; `title`, `summary` and `parts` are merged too.
    """

    def __init__(self, base: Revision, latest: Revision, mine: Content) -> None:
        self.base, self.latest = base, latest
        self.title = pick(base.title, mine.title, latest.title)
        self.summary = pick(base.summary, mine.summary, latest.summary)
        self.parts, conflicts = merge_parts(base.parts, mine.parts, latest.parts)
        if mine.parts:
            self.merged = Merged(compose(self.parts), conflicts)
        else:
            self.merged = merge(base.text, mine.text, latest.text)
        super().__init__(
            f"{latest.author} saved revision {latest.number} while you were writing. "
            "Check the text that both of you make, then save that."
        )

    @property
    def problem(self) -> dict[str, Any]:
        """What the API tells: the newest revision, and the text of both."""
        names = ("number", "title", "summary", "text")
        latest = {name: getattr(self.latest, name) for name in names} | {"parts": plain_parts(self.latest.parts)}
        merged = {"title": self.title, "summary": self.summary, "text": self.merged.text, "parts": self.parts}
        return {"latest": latest, "merged": {**merged, "conflicts": self.merged.conflicts}}


@dataclass(frozen=True)
class Content:
    """What a revision says. Of `parts` each is {key, title, text, versions}."""

    title: str
    summary: str
    text: str
    parts: Sequence[Mapping[str, Any]]

    def is_of(self, revision: Revision) -> bool:
        """Whether the revision says the same."""
        return (self.title, self.summary, self.text) == (revision.title, revision.summary, revision.text) and [
            _key(part) for part in self.parts
        ] == [_key(part) for part in revision.parts]


def _key(part: Mapping[str, Any]) -> tuple[str, str, str, list[int]]:
    return part["key"], part["title"], part["text"], list(part["versions"])


def plain_parts(parts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Sections as people write them, without their HTML."""
    return [{name: part[name] for name in ("key", "title", "text", "versions")} for part in parts]


def compose(parts: Iterable[Mapping[str, Any]]) -> str:
    """The text of all sections that say something, each under its title."""
    return "\n\n".join(f"## {part['title']}\n\n{part['text']}" for part in parts if part["text"].strip())


def merge_parts(base: Any, mine: Any, theirs: Any) -> tuple[list[dict[str, Any]], int]:
    """Sections of both, each merged by itself, and how many places in them both changed. Of the versions that a
    section is true for, those of whoever changed its text count; both changed it: those that both say.
    """
    was, others = {one["key"]: one for one in base}, {one["key"]: one for one in theirs}
    found: list[dict[str, Any]] = []
    conflicts = 0
    for part in mine:
        before, other = was.get(part["key"], {}), others.pop(part["key"], part)
        old, yours, new = before.get("text", ""), part["text"], other["text"]
        merged = merge(old, yours, new)
        conflicts += merged.conflicts
        if yours == new:
            versions = sorted({*part["versions"], *other["versions"]})
        elif old in (yours, new):
            versions = list(other["versions"] if yours == old else part["versions"])
        else:
            versions = sorted({*part["versions"]} & {*other["versions"]})
        title = pick(before.get("title", ""), part["title"], other["title"])
        found.append({"key": part["key"], "title": title, "text": merged.text, "versions": versions})
    kept = [one for key, one in others.items() if key not in was]
    return found + plain_parts(kept), conflicts


def file_links(slug: str, text: str) -> dict[str, str]:
    """Where the files live that the text names as files/<name>."""
    found = {}
    for name in _FILE.findall(text):
        found[f"files/{name}"] = reverse("guides:file", args=[slug, unquote(name)])
    return found


def reference(name: str, *, is_image: bool) -> str:
    """The Markdown that shows an attachment, or links to it."""
    label = re.sub(r"[\[\]\\]", "", name.rpartition(".")[0] or name)
    return f"{'!' if is_image else ''}[{label}](files/{quote(name)})"


def rendered(slug: str, content: Content) -> dict[str, Any]:
    """The columns of a revision with this content. Raises `ValidationError` for what cannot be shown."""
    columns: dict[str, Any] = {"title": content.title, "summary": content.summary, "text": content.text}
    if not content.parts:
        page = markdown.render_page(content.text, links=file_links(slug, content.text))
        return {**columns, "html": page.html, "toc": [list(row) for row in page.toc], "plain": page.plain, "parts": []}
    if len(content.text.encode("utf-8", "replace")) > markdown.MOST_BYTES:
        raise invalid("parts", "may have at most 64 kB together")
    parts, html, toc, plain = [], [], [], []
    for part in content.parts:
        page = markdown.render_page(part["text"], field=part["key"], links=file_links(slug, part["text"]))
        # Its title is a heading of the page, so its own headings stand one below, with ids of their own.
        inner = _HEADING.sub(lambda found: found[1] + str(int(found[2]) + 1), page.html)
        inner = _with_own_ids(inner, f"h-{part['key']}-")
        parts.append({name: part[name] for name in ("key", "title", "text", "versions")} | {"html": inner})
        if inner:
            html.append(f'<h2 id="h-{part["key"]}">{escape(part["title"])}</h2>\n{inner}')
            toc.append([2, f"h-{part['key']}", part["title"]])
            plain.append(f"{part['title']}\n{page.plain}")
    return {**columns, "html": "\n".join(html), "toc": toc, "plain": "\n\n".join(plain), "parts": parts}


def _with_own_ids(html: str, own: str) -> str:
    """The HTML with ids, and links to them, that begin with `own` in place of "h-"."""
    return _TAG.sub(lambda tag: tag[0].replace(' id="h-', f' id="{own}').replace(' href="#h-', f' href="#{own}'), html)


def checked(
    *, title: str, summary: str, text: str, parts: Iterable[Mapping[str, Any]] | None, required: bool = True
) -> Content:
    """What was typed, tidied. Raises `ValidationError` by field, also where marks of a merge are still there."""
    title = p.short(title, "title", p.TITLE, required="must be given" if required else "")
    summary = p.short(summary, "summary", p.SUMMARY)
    found = [_checked_part(part) for part in parts or ()]
    if len(found) > MOST_PARTS or len({part["key"] for part in found}) != len(found):
        raise invalid("parts", f"must be at most {MOST_PARTS}, each with a key of its own")
    text = compose(found) if parts is not None else p.lines(text)
    if "\0" in text:
        raise invalid("text", "holds a character that cannot be stored")
    for field, one in [(part["key"], part["text"]) for part in found] or [("text", text)]:
        if has_marks(one):
            raise invalid(field, "still has places that both of you changed: keep what is right, delete the marks")
    return Content(title, summary, text, found)


def _checked_part(part: Mapping[str, Any]) -> dict[str, Any]:
    key, versions = part.get("key", ""), part.get("versions", [])
    if not isinstance(key, str) or not key or slugify(key) != key or len(key) > 40:
        raise invalid("parts", "must each have a key of small letters and digits")
    if not all(isinstance(one, int) and 0 < one < 2**31 for one in versions):
        raise invalid(key, "must name versions by their numbers")
    title = p.short(part.get("title", ""), key, p.TITLE, required="must have a title")
    return {"key": key, "title": title, "text": p.lines(part.get("text", "")), "versions": sorted(set(versions))}


def add_revision(document: Document, actor: Person, columns: Mapping[str, Any], **more: Any) -> Revision:
    """The next revision of a locked document, with what `rendered` gave; it is the newest one then."""
    number = p.newest(document).number + 1 if document.latest_id else 1
    made = Revision.objects.create(document=document, number=number, author=actor, **columns, **more)
    document.latest, document.title, document.updated_at = made, made.title, timezone.now()
    document.save(update_fields=["latest", "title", "updated_at"])
    return made


def create_document(
    *,
    actor: Person,
    kind: str,
    title: str,
    owner: Person | None = None,
    summary: str = "",
    text: str = "",
    parts: Iterable[Mapping[str, Any]] | None = None,
    audience: str = Audience.EVERYONE,
    outcome: str = "",
    unit: BusinessUnit | None = None,
    visibility: str = Visibility.COMPANY,
    tags: Iterable[str] = (),
    subject: tuple[int, int] | None = None,
    verify_every_days: int = 180,
    slug: str = "",
) -> Document:
    """Begin a document: its first revision is a draft that only those see who may edit it.

    Raises `PermissionDenied`, `ValidationError` by field, `Refused` where a model has its guide already.
    """
    if subject is None:
        access.require(actor, "document.create")
    owner = owner or actor
    columns = p.check_subject(subject, actor=actor, owner=owner)
    content = checked(title=title, summary=summary, text=text, parts=parts)
    if (kind == Kind.MODEL_GUIDE) != (parts is not None):
        raise invalid("parts", "are the sections of a model guide, which is written on the page of its model")
    settings = {"kind": kind, "audience": audience, "outcome": outcome, "visibility": visibility}
    made = Document(
        title=content.title, owner=owner, unit=unit, tags=p.clean_tags(tags), verify_every_days=verify_every_days,
        **settings, **columns,
    )  # fmt: skip
    p.settle(made, unit)
    made.slug = p.free_slug(slug, content.title)
    shown = rendered(made.slug, content)
    with transaction.atomic():
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as error:
            raise _taken(error) from None
        add_revision(made, actor, shown)
        events.record(actor=actor, verb="document.created", subject=made, facts=p.facts_of(made))
    return made


def _taken(error: IntegrityError) -> Exception:
    """What another one took between the check and the insert."""
    if "one_model_guide" in str(error):
        return Refused("This model has its guide already.")
    return invalid("slug", "is taken by another document")


def save_revision(
    *,
    slug: str,
    actor: Person,
    based_on: int,
    title: str,
    summary: str,
    text: str | None = None,
    parts: Iterable[Mapping[str, Any]] | None = None,
    note: str = "",
) -> Revision:
    """Save what was written on revision `based_on` as the next one: a draft until it is published. Where nothing
    changed, the newest one is given and none is made. Text or sections that are not given stay as they were.

    Raises `Document.DoesNotExist`, `PermissionDenied`, `Refused` (out of use, imported), `Conflict` where another
    revision came meanwhile and says something else, and `ValidationError` by field.
    """
    document = p.known(slug, actor)
    p.refuse_imported(document)
    note = p.short(note, "note", p.NOTE)
    base = p.revision_of(document, based_on, "based_on")
    if document.kind == Kind.MODEL_GUIDE and text is not None:
        raise invalid("text", "is written in sections: send those")
    if parts is not None and document.kind != Kind.MODEL_GUIDE:
        raise invalid("parts", "are the sections of a model guide")
    if text is None and parts is None:
        text, parts = base.text, base.parts or None
    content = checked(title=title, summary=summary, text=text or "", parts=parts)
    # Before the lock: nobody waits for the renderer but who wrote the text.
    columns = rendered(document.slug, content)
    with transaction.atomic():
        document = p.locked(slug, actor)
        p.refuse_imported(document)
        latest = p.newest(document)
        if content.is_of(latest) or content.is_of(base):
            return latest
        if latest.number != base.number:
            raise Conflict(base, latest, content)
        made = add_revision(document, actor, columns, note=note)
        facts = p.facts_of(document, number=made.number, note=note)
        events.record(actor=actor, verb="document.revised", subject=document, facts=facts)
    return made


@transaction.atomic
def restore_revision(*, slug: str, actor: Person, number: int, based_on: int) -> Revision:
    """Take revision `number` up again as the newest one, with its sections; a draft until it is published.

    Raises `Document.DoesNotExist`, `PermissionDenied`, `ValidationError` on `number` or `based_on`, and `Refused`: out
    of use, imported, changed since `based_on`, or the newest one says the same.
    """
    document = p.locked(slug, actor)
    p.refuse_imported(document)
    old, latest = p.revision_of(document, number, "number"), p.newest(document)
    if p.revision_of(document, based_on, "based_on").number != latest.number:
        raise Refused(f"{latest.author} saved revision {latest.number} meanwhile. Look at it, then decide.")
    if Content(old.title, old.summary, old.text, old.parts).is_of(latest):
        raise Refused("The newest revision says the same.")
    names = ("title", "summary", "text", "html", "toc", "parts", "plain")
    made = add_revision(document, actor, {name: getattr(old, name) for name in names}, restored_from=old.number)
    facts = p.facts_of(document, number=made.number, restored_from=old.number)
    events.record(actor=actor, verb="document.restored", subject=document, facts=facts)
    return made
