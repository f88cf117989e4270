"""Texts of the library as their writers left them: Markdown files with a head that says who did what to them when.

Before `---` the head names settings (`title: …`) and, in their order, acts: `write: <when> | <who> | <note>` saves the
next state of the text and publishes it, `draft` only saves it; `verify`, `file` and `confirm` do what they say.
`<when>` is a number of days ago, or `m9+6`: six days after the version of the training's tenth month (0 is the first).

A line that begins with `{2}` is in the text from its second state on, one with `{-2}` until then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).with_name("content") / "guides"
KINDS = {"how-tos": "how_to", "playbooks": "playbook", "lessons": "lesson", "models": "model_guide"}
ACTS = ("write", "draft", "verify", "file", "confirm")
_MARK = re.compile(r"^((?:\{-?\d+\} ?)+)")
_NUMBER = re.compile(r"\{(-?\d+)\}")
_WHEN = re.compile(r"(?:m(\d+)\+)?(\d+)")
# What a glossary entry of so many days ago is verified after, and how long that counts.
_CHECKED_AFTER, GLOSSARY_DAYS, LESSON_DAYS = 4, 730, 730


@dataclass(frozen=True)
class Done:
    """One act on a text. `month` is None where `days` are days ago; `words` are what follows who did it."""

    what: str
    month: int | None
    days: int
    who: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """A document: what it is called in its address (a model guide: the model's name), its settings, acts and text."""

    slug: str
    kind: str
    head: dict[str, str]
    acts: tuple[Done, ...]
    body: str

    @property
    def owner(self) -> str:
        return self.head.get("owner") or self.acts[0].who

    @property
    def tags(self) -> list[str]:
        return [tag.strip() for tag in self.head.get("tags", "").split(",") if tag.strip()]

    @property
    def verify_every_days(self) -> int:
        usual = {"lesson": LESSON_DAYS, "glossary": GLOSSARY_DAYS}.get(self.kind, 180)
        return int(self.head.get("verify_every", usual))

    @property
    def states(self) -> int:
        """How many states of the text there are."""
        return sum(act.what in ("write", "draft") for act in self.acts)

    def text(self, state: int) -> str:
        """The text as it was in its nth state."""
        kept: list[str] = []
        for line in self.body.splitlines():
            mark = _MARK.match(line)
            numbers = [int(one) for one in _NUMBER.findall(mark[1])] if mark else []
            if all(state >= one if one > 0 else state < -one for one in numbers):
                kept.append(line[mark.end() :] if mark else line)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()

    def sections(self, state: int) -> dict[str, str]:
        """The text of each section of a model guide; those without a word are left out."""
        _, *found = re.split(r"^## (\w+)$", self.text(state), flags=re.M)
        return {key: text.strip() for key, text in zip(found[::2], found[1::2], strict=True) if text.strip()}


@cache
def library() -> tuple[Written, ...]:
    """Everything that was written, model guides last: they are told along with the versions."""
    files = [_read(path, kind) for folder, kind in KINDS.items() for path in sorted((HERE / folder).glob("*.md"))]
    return (*_glossary((HERE / "glossary.md").read_text()), *files)


def _read(path: Path, kind: str) -> Written:
    top, _, body = path.read_text().partition("\n---\n")
    pairs = [line.partition(": ") for line in top.splitlines() if line.strip()]
    head = {name: value for name, _, value in pairs if name not in ACTS}
    acts = tuple(_act(name, value) for name, _, value in pairs if name in ACTS)
    return Written(path.stem, kind, head, acts, body)


def _act(what: str, told: str) -> Done:
    when, who, *words = (part.strip() for part in told.split("|"))
    found = _WHEN.fullmatch(when)
    if found is None:
        raise ValueError(f"not a time: {when}")
    return Done(what, int(found[1]) if found[1] else None, int(found[2]), who, tuple(words))


def _glossary(text: str) -> Iterator[Written]:
    """Entries of `# Term | owner | days ago | tags`; the first paragraph is the summary as well."""
    for block in re.split(r"^# ", text, flags=re.M)[1:]:
        top, _, body = block.partition("\n")
        term, owner, ago, tags = (part.strip() for part in top.split("|"))
        days = int(ago)
        acts = (Done("write", None, days, owner, ()), Done("verify", None, days - _CHECKED_AFTER, owner, ()))
        head = {"title": term, "summary": body.strip().split("\n")[0], "owner": owner, "tags": tags}
        yield Written(term.lower().replace(" ", "-"), "glossary", head, acts, body)
