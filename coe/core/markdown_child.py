"""The process that turns Markdown into HTML, so that a text that takes too long can be ended with it.

Run as a script by `coe.core.markdown`, without Django. It speaks in frames on its standard input and output: four bytes
of length, then UTF-8. A question is a JSON object: `text`, and for a page also `links`. An answer begins with "+" and
the HTML (for a page: a JSON object), or with "-" when the text cannot be rendered.
"""

from __future__ import annotations

import json
import re
import signal
import struct
import sys
import unicodedata
from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser
from typing import Any, BinaryIO
from urllib.parse import unquote

import markdown
import nh3

# Seconds of processor time for one text. Python-Markdown is quadratic on "[": 64 kB of them would take minutes.
CPU_SECONDS = 1.0

_ALWAYS = [
    "tables",
    "sane_lists",
    "pymdownx.betterem",
    "pymdownx.highlight",
    "pymdownx.superfences",
    "pymdownx.tilde",
    "pymdownx.magiclink",
]
_OF_PAGES = [
    "footnotes",
    "def_list",
    "abbr",
    "admonition",
    "md_in_html",
    "pymdownx.details",
    "pymdownx.quotes",
    "pymdownx.tasklist",
]
# The page has its own h1, so a text's headings begin at h2. The ids that `toc` makes are taken out again below.
_CONFIG: dict[str, dict[str, object]] = {
    "toc": {"baselevel": 2},
    "pymdownx.highlight": {"use_pygments": False},
    "pymdownx.quotes": {"callouts": True},
}
_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "kbd", "samp"),
    *("em", "strong", "del", "sub", "sup", "abbr", "ul", "ol", "li", "dl", "dt", "dd", "a", "img"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "abbr": {"title"},
    "th": {"scope"},
}
_SCHEMES = {"http", "https", "mailto"}
_REL = "nofollow noopener noreferrer"

_PAGE_TAGS = _TAGS | {"h1", "div", "details", "summary"}
# Footnotes are reached by ids, which only the extension's own form may have.
_PAGE_ATTRIBUTES = {**_ATTRIBUTES, "li": {"id"}, "sup": {"id"}}
_PAGE_CLASSES = {"div": {"admonition", "footnote"}, "p": {"admonition-title"}}
_FOOTNOTE = re.compile(r"fn(?:ref[0-9]{0,3})?:[\w-]{1,60}")
_FOREIGN = re.compile(r"\s*(?:https?:|[/\\]{2})", re.I)
_MAPPED_TO = re.compile(r"(?:/(?![/\\])|https?://|mailto:)", re.I)
_BOX = re.compile(r'<input type="checkbox" disabled( checked)?\s*/?>')
_FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)")
_OWN_ID = re.compile(r"\s*\{:?\s*#([\w.:-]{1,80})\s*\}\s*$")
_BLOCKS = {*("p", "br", "hr", "pre", "ul", "ol", "li", "dl", "dt", "dd", "table", "tr", "td", "th", "div", "details")}
_BLOCKS |= {"summary", "blockquote", *(f"h{level}" for level in range(1, 7))}
MOST_ROWS = 300  # of a table of contents
MOST_TITLE = 200
MOST_ID = 60


def to_html(text: str) -> str:
    """Markdown as HTML that holds no script, style, id, class, form or foreign scheme."""
    made = markdown.markdown(text, extensions=[*_ALWAYS, "toc"], extension_configs=_CONFIG, output_format="html")
    return nh3.clean(
        made,
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=_REL,
    )


def to_page(text: str, links: Mapping[str, str]) -> dict[str, Any]:
    """Markdown as a document page: `html`, `toc`, `plain`, and `relative`, the relative addresses as they are written.

    The HTML holds what `to_html` lets through, headings and footnotes with ids that begin with "h-", and tables and
    code that can be moved sideways by keyboard.
    """
    used = [*_ALWAYS, *_OF_PAGES]
    made = markdown.markdown(_opened(text), extensions=used, extension_configs=_CONFIG, output_format="html")
    addresses = _Addresses(links)
    clean = nh3.clean(
        _BOX.sub(lambda box: "\u2611" if box[1] else "\u2610", made).replace("<p>[TOC]</p>", ""),
        tags=_PAGE_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_PAGE_ATTRIBUTES,
        attribute_filter=addresses.keep,
        allowed_classes=_PAGE_CLASSES,
        url_schemes=_SCHEMES,
        link_rel=_REL,
    )
    # A column without a name, as the corner of a table often is, has no head.
    walk = _Walk(clean.replace("<th></th>", "<td></td>"))
    return {"html": walk.html(), "toc": walk.toc[:MOST_ROWS], "plain": walk.plain(), "relative": list(addresses.found)}


def _opened(text: str) -> str:
    """Lets Markdown inside of `<details>` be Markdown, as it is in most other places; code stays as it is."""
    lines, fence = text.split("\n"), ""
    for at, line in enumerate(lines):
        if mark := _FENCE.match(line):
            if not fence:
                fence = mark[1]
            elif mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        elif not fence and line.strip() in ("<details>", "<details open>"):
            lines[at] = line.rstrip()[:-1] + ' markdown="1">'
    return "\n".join(lines)


def slug_of(title: str) -> str:
    """ASCII letters, digits, "-" and "_", as most generators make it out of a heading; "" where none are left."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", ascii_only)).strip("-")[:MOST_ID].rstrip("-")


class _Addresses:
    """Decides on each attribute: relative addresses are mapped, ids are those of footnotes, each once."""

    def __init__(self, links: Mapping[str, str]) -> None:
        self.links = links
        self.found: dict[str, None] = {}
        self.ids: set[str] = set()

    def keep(self, tag: str, name: str, value: str) -> str | None:
        if name == "id":
            return self._id(value)
        if name not in ("href", "src"):
            return value
        address, mark, fragment = value.partition("#")
        if not address:
            return self._here(fragment) if tag == "a" else None
        if not re.match(r"[a-z][a-z0-9+.-]*:|//", address, re.I):
            self.found[address] = None
        if address not in self.links:
            return value
        target = self.links[address]
        if not _MAPPED_TO.match(target):
            return None
        if not mark or tag == "img":
            return target
        return f"{target}#h-{slug_of(unquote(fragment))}" if target.startswith("/") else f"{target}#{fragment}"

    def _here(self, fragment: str) -> str:
        if _FOOTNOTE.fullmatch(fragment):
            return f"#h-{fragment}"
        return f"#h-{slug_of(unquote(fragment)) or 'section'}" if fragment else "#"

    def _id(self, value: str) -> str | None:
        if value in self.ids or not _FOOTNOTE.fullmatch(value):
            return None
        self.ids.add(value)
        return f"h-{value}"


class _Walk(HTMLParser):
    """Goes once through clean HTML, notes its words and headings, and what is to be put in which place of it."""

    def __init__(self, clean: str) -> None:
        super().__init__(convert_charrefs=True)
        self.clean = clean
        self.toc: list[tuple[int, str, str]] = []
        self._line_starts = [0]
        for line in clean.split("\n"):
            self._line_starts.append(self._line_starts[-1] + len(line) + 1)
        self._words: list[str] = []
        self._edits: list[tuple[int, int, str]] = []
        self._headings: list[tuple[int, int, int, int, int, str]] = []
        self._open: tuple[int, int, int, int] | None = None
        self._dead_links: list[bool] = []
        self._tables = 0
        self._depth = 0
        self.feed(clean)
        self.close()
        self._number()

    def plain(self) -> str:
        """The words, one line for each block."""
        lines = (" ".join(line.split()) for line in "".join(self._words).split("\n"))
        return "\n".join(line for line in lines if line)

    def html(self) -> str:
        pieces, at = [], 0
        for start, end, put in sorted(self._edits):
            pieces += [self.clean[at:start], put]
            at = end
        return "".join(pieces) + self.clean[at:]

    def _place(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._place()
        end = start + len(self.get_starttag_text() or "")
        if tag in _BLOCKS:
            self._words.append("\n")
        if tag == "img":
            self._image(start, end, dict(attrs))
        elif tag == "a":
            self._dead_links.append(not dict(attrs).get("href"))
            if self._dead_links[-1]:
                self._edits.append((start, end, ""))
        elif tag == "pre":
            self._edits.append((start, end, '<pre tabindex="0">'))
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._tables += 1
                wrap = f'<div class="scroll" role="region" tabindex="0" aria-label="Table {self._tables}">'
                self._edits.append((start, start, wrap))
        elif re.fullmatch("h[1-6]", tag) and self._open is None:
            self._open = (int(tag[1]), start, end, len(self._words))

    def _image(self, start: int, end: int, attributes: dict[str, str | None]) -> None:
        said, address = attributes.get("alt") or "", attributes.get("src") or ""
        self._words.append(f" {said} ")
        if not address:
            self._edits.append((start, end, escape(said)))
        elif _FOREIGN.match(address):
            # The policy of every page lets no other host show its images: a link says where it is.
            inside = False in self._dead_links
            link = f'<a href="{escape(address)}" rel="{_REL}">{escape(said or address)}</a>'
            self._edits.append((start, end, escape(said) if inside else link))

    def handle_endtag(self, tag: str) -> None:
        start = self._place()
        if tag == "a" and self._dead_links and self._dead_links.pop():
            self._edits.append((start, start + len("</a>"), ""))
        elif tag == "table" and self._depth:
            self._depth -= 1
            if not self._depth:
                self._edits.append((start, start + len("</table>"), "</table></div>"))
        elif self._open and tag == f"h{self._open[0]}":
            level, at, inner, words = self._open
            title = " ".join("".join(self._words[words:]).split())
            self._words[words:] = [_OWN_ID.sub("", title)]
            self._headings.append((level, at, inner, start, start + len("</h2>"), title))
            self._open = None
        if tag in _BLOCKS:
            self._words.append("\n")

    def _number(self) -> None:
        """Levels that begin at 2, ids that are there once; a heading without words is none."""
        shift = 2 - min((heading[0] for heading in self._headings), default=2)
        used: dict[str, int] = {}
        for level, start, inner, inner_end, end, title in self._headings:
            level = min(level + shift, 6)
            own = _OWN_ID.search(title)
            title = _OWN_ID.sub("", title)
            if not title:
                self._edits += [(start, inner, "<p>"), (inner_end, end, "</p>")]
                continue
            anchor = _unused((slug_of(own[1]) if own else "") or slug_of(title) or "section", used)
            self._edits.append((start, inner, f'<h{level} id="h-{anchor}">'))
            if own and (written := _OWN_ID.search(self.clean, inner, inner_end)):
                self._edits.append((written.start(), inner_end, ""))
            self._edits.append((inner_end, end, f"</h{level}>"))
            self.toc.append((level, f"h-{anchor}", title[:MOST_TITLE]))


def _unused(slug: str, used: dict[str, int]) -> str:
    """`slug`, or with the first number that makes it one that nothing else has."""
    anchor = slug
    while anchor in used:
        anchor = f"{slug}-{used[slug]}"
        used[slug] += 1
    used[anchor] = 1
    return anchor


def _answer(question: dict[str, Any]) -> str:
    if "links" in question:
        return json.dumps(to_page(question["text"], question["links"]), ensure_ascii=False)
    return to_html(question["text"])


def _read(stream: BinaryIO) -> str | None:
    head = stream.read(4)
    if len(head) < 4:
        return None
    return stream.read(struct.unpack(">I", head)[0]).decode()


def _write(stream: BinaryIO, text: str) -> None:
    body = text.encode("utf-8", "replace")
    stream.write(struct.pack(">I", len(body)) + body)
    stream.flush()


def serve(texts: BinaryIO, answers: BinaryIO) -> None:
    """Answer one text after the other until the asking process closes the pipe or ends."""
    _write(answers, "+")
    while (text := _read(texts)) is not None:
        # The signal's default action ends the process even inside of a C function.
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        try:
            answer = "+" + _answer(json.loads(text))
        except Exception:  # a text nested too deep, or an extension's own mistake: this text cannot be rendered
            answer = "-"
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        _write(answers, answer)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the asking process, whose end closes the pipe
    serve(sys.stdin.buffer, sys.stdout.buffer)
