"""An import of a whole folder: what is in it is looked at first, then each document is written by itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils.text import slugify

from coe.accounts.models import BusinessUnit, Person
from coe.core import files, markdown
from coe.core.errors import Refused, invalid
from coe.guides import document_parts as p
from coe.guides import importing_text as texts
from coe.guides.importing import Imported, Place, Wanted, archive_vanished, import_document
from coe.guides.importing_addresses import Addresses, Target
from coe.guides.importing_files import Folder, Unreadable, check_path
from coe.guides.importing_settings import Settings, is_draft, said, word
from coe.guides.models import Document

# Part of every digest: raised when the same files shall make other documents.
FORM = 1
# A text may have 64 kB, and front matter comes before it.
MOST_BYTES = 100_000
# Of all advisory locks of this database, that of imports.
_LOCK = 4_310_226
_MOST_URL = 600
_Given = TypeVar("_Given")


@dataclass(frozen=True)
class Options:
    """`origin` names the folder; kind, audience, unit and owner are those of new documents that name none."""

    origin: str
    owner: Person | None = None
    url_base: str = ""
    kind: str = "how_to"
    audience: str = "everyone"
    unit: BusinessUnit | None = None
    prune: bool = False
    dry_run: bool = False


@dataclass
class Report:
    """What became of the files, by path; `failed` and `notes` with the reason, `loose` with addresses left as words."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    archived: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    loose: list[tuple[str, str]] = field(default_factory=list)

    @property
    def taken(self) -> int:
        return len(self.new) + len(self.changed) + len(self.same)


@dataclass(frozen=True)
class _File:
    """A file that can be taken: what is kept of it until all were looked at. Its text is read again then."""

    path: str
    sha256: str
    slug: str
    title: str
    addresses: tuple[str, ...]


def run(folder: Folder, options: Options, progress: Callable[[int, int], None] = lambda done, total: None) -> Report:
    """Import the folder. `progress` is told how many of how many steps are done; each file takes two.

    Raises `Refused` while another import is under way. One bad file is reported, and stops none of the others.
    """
    with _alone():
        return _Run(folder, options, progress).whole()


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise Refused("Another import is under way. Import again when it is done.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


class _Run:
    def __init__(self, folder: Folder, options: Options, progress: Callable[[int, int], None]) -> None:
        self.folder, self.options, self.progress = folder, options, progress
        self.report = Report()
        self.settings = Settings()
        rows = Document.objects.filter(origin=options.origin).values_list("origin_path", "slug", "pk", "archived_at")
        self.there = {path: (slug, pk, archived_at) for path, slug, pk, archived_at in rows}
        self.slugs = {*p.TAKEN, *Document.objects.values_list("slug", flat=True)}
        self.done = self.total = 0

    def whole(self) -> Report:
        paths = self.folder.markdown()
        self.report.notes += self.folder.left_out
        self.total = 2 * len(paths)
        looked_at = [file for path in paths if (file := self._guarded(path, partial(self._look, path)))]
        # What is there from before stays there when its file is bad today, and links to it still lead to it.
        seen = set(paths)
        slugs = {path: slug for path, (slug, _, archived) in self.there.items() if path in seen and not archived}
        slugs |= {file.path: file.slug for file in looked_at}
        self.addresses = Addresses(self.folder, slugs, self.options.url_base)
        # Those that are not taken need no second step.
        self._step(len(paths) - len(looked_at))
        for file in looked_at:
            self._guarded(file.path, partial(self._write, file))
        self._vanished(seen)
        return self.report

    def _step(self, by: int = 1) -> None:
        self.done += by
        self.progress(self.done, self.total)

    def _guarded(self, path: str, work: Callable[[], _Given]) -> _Given | None:
        """What `work` gives; None where this file cannot be taken, which is reported."""
        try:
            return work()
        except Unreadable as error:
            self.report.failed.append((shown(path), str(error)))
        except ValidationError as error:
            self.report.failed.append((shown(path), said(error)))
        finally:
            self._step()
        return None

    def _look(self, path: str) -> _File | None:
        """Whether the file can be taken, under which title and name, and where it points to."""
        check_path(path)
        content = self.folder.read(path, MOST_BYTES)
        taken = texts.take_apart(content, path)
        if is_draft(taken.fields):
            self.report.drafts.append(path)
            return None
        self._owner(self.settings.of(taken.fields), path)
        page = markdown.render_page(taken.text)
        title = word(taken.fields, "title") or (page.toc[0][2] if page.toc else "")
        title = _cut(title or texts.title_of_path(path, self.options.origin), p.TITLE)
        known = self.there.get(path)
        slug = known[0] if known else self._free_slug(title, path)
        return _File(path, hashlib.sha256(content).hexdigest(), slug, title, page.relative)

    def _owner(self, settings: dict[str, Any], path: str) -> None:
        if "owner" not in settings and self.options.owner is None and path not in self.there:
            raise invalid("owner", "is not said in the file, so it must be given with --owner")

    def _free_slug(self, title: str, path: str) -> str:
        """A short name out of the title; where another document has it, out of the path."""
        longer = slugify(f"{self.options.origin} {path.rpartition('.')[0].replace('/', ' ')}")
        stems = [slugify(title)[:80].strip("-_"), longer[:80].strip("-_")]
        slug = next((stem for stem in stems if stem and stem not in self.slugs), "")
        number = 2
        while not slug:
            candidate = f"{stems[1] or stems[0] or 'guide'}-{number}"
            slug = candidate if candidate not in self.slugs else ""
            number += 1
        self.slugs.add(slug)
        return slug

    def _write(self, file: _File) -> None:
        content = self.folder.read(file.path, MOST_BYTES)
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise Unreadable("was changed while it was read; import again")
        taken = texts.take_apart(content, file.path)
        targets = {address: self.addresses.resolve(file.path, address) for address in file.addresses}
        place = Place(self.options.origin, file.path, self._url(file.path), self._digest(file, targets))
        with transaction.atomic():
            imported = import_document(
                place=place,
                slug=file.slug,
                title=file.title,
                summary=_cut(word(taken.fields, "summary", "description", "subtitle"), p.SUMMARY),
                text=self._text(taken),
                settings=self.settings.of(taken.fields),
                defaults=self._defaults(),
                links=self._links(targets),
                wanted=self._wanted(file.path, targets),
            )
            if self.options.dry_run:
                transaction.set_rollback(True)
        self._note(file, targets, imported)

    def _text(self, taken: texts.Taken) -> str:
        """The text without its title, where the title is the heading that it begins with."""
        own = word(taken.fields, "title")
        return taken.text if own and own not in taken.text.partition("\n\n")[0] else texts.without_heading(taken.text)

    def _url(self, path: str) -> str:
        url = self.addresses.url_of(path)
        if len(url) > _MOST_URL:
            raise Unreadable("has an address that is too long to be kept")
        return url

    def _digest(self, file: _File, targets: dict[str, Target]) -> str:
        """Of all that the document is made of: its file, where it lives, where its addresses lead, its files."""
        made_of = [FORM, file.sha256, self.addresses.url_of(file.path)]
        for address, target in sorted(targets.items()):
            made_of.append([address, target.kind, target.to, self._sum(target)])
        return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()

    def _sum(self, target: Target) -> str:
        """Of a file beside it: what it holds."""
        if target.kind != "file":
            return ""
        try:
            return hashlib.sha256(self.folder.read(target.to, files.MAX_SIZE)).hexdigest()
        except Unreadable as error:
            return str(error)

    def _defaults(self) -> dict[str, Any]:
        options = self.options
        return {"kind": options.kind, "audience": options.audience, "unit": options.unit, "owner": options.owner}

    def _links(self, targets: dict[str, Target]) -> dict[str, str]:
        links = {}
        for address, target in targets.items():
            if target.kind == "document":
                links[address] = reverse("guides:document", args=[target.to])
            elif target.kind != "file":
                links[address] = target.to
        return links

    def _wanted(self, path: str, targets: dict[str, Target]) -> list[Wanted]:
        found = []
        for address, target in targets.items():
            if target.kind == "file":
                instead = self.addresses.elsewhere(path, address).to
                found.append(Wanted(address, target.to, partial(self._content, target.to), instead))
        return found

    def _content(self, path: str) -> bytes:
        try:
            return self.folder.read(path, files.MAX_SIZE)
        except Unreadable as error:
            raise invalid("file", f"This file {error}.") from None

    def _note(self, file: _File, targets: dict[str, Target], imported: Imported) -> None:
        {"new": self.report.new, "changed": self.report.changed, "same": self.report.same}[imported.outcome].append(
            file.path
        )
        self.report.notes += [(file.path, f"{shown(name)} is left out. {why}") for name, why in imported.refused]
        if imported.outcome != "same":
            self.report.loose += [(file.path, address) for address, to in targets.items() if to.kind == "nowhere"]

    def _vanished(self, seen: set[str]) -> None:
        for path, (_, pk, archived_at) in sorted(self.there.items()):
            if path in seen or archived_at:
                continue
            if not self.options.prune:
                self.report.vanished.append(path)
                continue
            with transaction.atomic():
                archive_vanished(document_id=pk)
                if self.options.dry_run:
                    transaction.set_rollback(True)
            self.report.archived.append(path)


def shown(path: str) -> str:
    """The path as it can be written on a terminal and into a log, whatever bytes it is made of."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in path)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
