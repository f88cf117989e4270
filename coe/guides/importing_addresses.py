"""Where relative addresses in imported files lead: to an imported document, a file beside it, elsewhere, or nowhere."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote, urljoin

from coe.guides.importing_files import ENDINGS, OF_FOLDER, Folder

_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif", ".bmp", ".ico")


@dataclass(frozen=True)
class Target:
    """`to` is the document's slug, the file's path in the folder, the whole address, or ""."""

    kind: Literal["document", "file", "elsewhere", "nowhere"]
    to: str = ""


_NOWHERE = Target("nowhere")


class Addresses:
    """Resolves addresses as they are written in the file at `path`. `documents` gives the slugs by path."""

    def __init__(self, folder: Folder, documents: Mapping[str, str], url_base: str) -> None:
        self.folder = folder
        self.documents = documents
        self.url_base = url_base

    def url_of(self, path: str) -> str:
        """Where that file lives, or "" when nobody said where the folder does."""
        return self.url_base.rstrip("/") + "/" + quote(path) if self.url_base else ""

    def resolve(self, path: str, address: str) -> Target:
        """Where `address` in the file at `path` leads."""
        bare = unquote(address.partition("?")[0])
        if not bare or "\0" in bare or "\\" in bare:
            return _NOWHERE
        places = list(_places(path, bare))
        for place in places:
            if slug := self._document(place):
                return Target("document", slug)
        for place in places:
            if not place.lower().endswith(ENDINGS) and self.folder.has(place):
                return Target("file", place)
        return self.elsewhere(path, address)

    def elsewhere(self, path: str, address: str) -> Target:
        """The address where the folder lives, for links. Images of other hosts are not shown, so they lead nowhere."""
        if not self.url_base or address.partition("?")[0].lower().endswith(_IMAGES):
            return _NOWHERE
        try:
            found = urljoin(self.url_of(path), address)
        except ValueError:
            return _NOWHERE
        return Target("elsewhere", found) if found.startswith(("https://", "http://")) else _NOWHERE

    def _document(self, place: str) -> str:
        """The slug of what `place` names: a file, one without its ending or with that of the page, or a folder."""
        if place.endswith(".html"):
            place = place.removesuffix(".html")
        inside = "" if place == "." else f"{place}/"
        names = [place, *(place + ending for ending in ENDINGS), *(inside + name for name in OF_FOLDER)]
        return next((self.documents[name] for name in names if name in self.documents), "")


def _places(path: str, bare: str) -> Iterator[str]:
    """What an address can mean: from the folder's root, beside the file, or beside the page that a site makes of it."""
    if bare.startswith("/"):
        bases = [""]
    else:
        stem = path.rpartition(".")[0]
        bases = [posixpath.dirname(path), stem]
    for base in bases:
        place = posixpath.normpath(posixpath.join(base, bare.lstrip("/") or "."))
        if place != ".." and not place.startswith("../"):
            yield place
