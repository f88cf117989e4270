"""A file of Markdown taken apart: its front matter, its text, and the marks of site generators taken out."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

import yaml

from coe.guides.importing_files import Unreadable

MOST_FRONT_MATTER = 16_000
_FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)")
# Lines that are nothing but marks: Liquid, Jekyll and GitBook {% … %}, Hugo {{< … >}} and {{% … %}}, comments of MDX.
_MARKS = re.compile(r"\s*(?:\{%[^%\n]{0,400}%\}|\{\{[<%][^\n]{0,400}[>%]\}\}|\{/\*[^\n]{0,400}\*/\})\s*")
_IMPORT = re.compile(r"(?:import|export)\s[^\n]*")
_HEADING = re.compile(r"\s*(?:#[ \t]+[^\n]*(?:\n|\Z)|[^\n#>\-*`~|][^\n]*\n=+[ \t]*(?:\n|\Z))")


class _Loader(yaml.BaseLoader):
    """Every value as it is written, a word: no dates, no numbers; and nothing said twice by a reference."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("references are not taken")
        return super().compose_node(parent, index)


@dataclass(frozen=True)
class Taken:
    """What stands in a file: `fields` of its front matter, and the `text` below."""

    fields: dict[str, Any]
    text: str


def take_apart(content: bytes, path: str) -> Taken:
    """Raises `Unreadable` for what is not UTF-8, and for front matter that is none."""
    try:
        whole = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("is not UTF-8 text") from None
    whole = whole.replace("\r\n", "\n").replace("\r", "\n")
    fields, text = _front_matter(whole)
    return Taken(fields, _without_marks(text, is_mdx=path.lower().endswith(".mdx")))


def _front_matter(whole: str) -> tuple[dict[str, Any], str]:
    """YAML between lines of "---", or TOML between lines of "+++"; {} where the file begins with neither."""
    first, _, rest = whole.partition("\n")
    mark = first.rstrip()
    if mark not in ("---", "+++"):
        return {}, whole
    end = re.search(rf"^{re.escape(mark)}[ \t]*$", rest, re.M)
    if end is None:
        # A line of hyphens is a rule, and the text may begin with one.
        return {}, whole
    block = rest[: end.start()]
    if len(block) > MOST_FRONT_MATTER:
        raise Unreadable(f"has front matter of more than {MOST_FRONT_MATTER // 1000} kB")
    found = _yaml(block) if mark == "---" else _toml(block)
    return found, rest[end.end() :].lstrip("\n")


def _yaml(block: str) -> dict[str, Any]:
    try:
        found = yaml.load(block, _Loader)  # noqa: S506  a BaseLoader: it makes words, lists and mappings alone
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 2}" if mark else ""
        raise Unreadable(f"has front matter that is not YAML{where}") from None
    if found in ("", None):
        return {}
    if not isinstance(found, dict):
        raise Unreadable("has front matter that has no names in it")
    return {str(name): value for name, value in found.items()}


def _toml(block: str) -> dict[str, Any]:
    try:
        return tomllib.loads(block)
    except (ValueError, RecursionError):
        raise Unreadable("has front matter that is not TOML") from None


def _without_marks(text: str, *, is_mdx: bool) -> str:
    """The text without lines that only a site generator understands. Code stays as it is."""
    kept, fence = [], ""
    for line in text.split("\n"):
        if mark := _FENCE.match(line):
            if not fence:
                fence = mark[1]
            elif mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        elif not fence and (_MARKS.fullmatch(line) or (is_mdx and _IMPORT.fullmatch(line))):
            # An empty line, not none: what stood apart still does.
            line = ""
        kept.append(line)
    return "\n".join(kept)


def without_heading(text: str) -> str:
    """The text without the heading of the first level that it begins with: the page shows it as its title."""
    found = _HEADING.match(text)
    return text[found.end() :].lstrip("\n") if found else text


def begins_with_heading(text: str) -> bool:
    return _HEADING.match(text) is not None


def title_of_path(path: str, folder: str) -> str:
    """A title out of the name of the file; out of its folder's for the page of a folder."""
    *above, name = path.split("/")
    stem = name.rpartition(".")[0] or name
    if stem.lower() in ("readme", "index", "_index"):
        stem = above[-1] if above else folder
    words = re.sub(r"[-_\s]+", " ", stem).strip()
    return (words[:1].upper() + words[1:])[:160] or "Untitled"
