"""What mentors were asked, as Markdown files: a heading for each request, settings, the details, and what was done.

    # What somebody is trying to do
    ask: <days ago> | <who> | <topic> | <further skills> | <urgency>
    about: model <name> | project <slug>      team: …      with: <a mentor>      language: fr      private
    turns: declined <why>; silent             (of those who are asked, in their order; the next one accepts)
    live                                      (lately: told by the clock on the wall, not by working hours)
    hold                                      (who is asked has not answered yet)
    > the details
    - <a, m or t> <what> <after>: <words>

Who did it is who asks, the mentor or the first of the team; <after> are hours or days since what was before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

HERE = Path(__file__).with_name("content") / "mentoring"
ACTS = ("say", "meet", "resolve", "rate", "guide", "reopen", "hand", "withdraw")
_ACT = re.compile(r"- ([amt]) (\w+) ([\d.]+)([hd]): ?(.*)")
# A day of work, in hours.
_DAY = 8


@dataclass(frozen=True)
class Done:
    """One act; `hours` of work after the one before (of a live conversation: hours of the clock)."""

    who: str
    what: str
    hours: float
    words: str

    @property
    def parts(self) -> list[str]:
        return [part.strip() for part in self.words.split("|")]


@dataclass
class Asked:
    """A request and its conversation."""

    goal: str
    head: dict[str, str] = field(default_factory=dict)
    details: list[str] = field(default_factory=list)
    acts: list[Done] = field(default_factory=list)

    @property
    def asked(self) -> list[str]:
        return [part.strip() for part in self.head["ask"].split("|")]

    @property
    def ago(self) -> float:
        return float(self.asked[0])

    @property
    def by(self) -> str:
        return self.asked[1]

    @property
    def skills(self) -> list[str]:
        return _listed(self.asked[3])

    @property
    def team(self) -> list[str]:
        return _listed(self.head.get("team", ""))

    @property
    def turns(self) -> list[str]:
        """What those do who are asked first: "silent", or "declined" with a reason."""
        return _listed(self.head.get("turns", ""), ";")

    @property
    def is_live(self) -> bool:
        return "live" in self.head


def _listed(text: str, sign: str = ",") -> list[str]:
    return [word.strip() for word in text.split(sign) if word.strip()]


@cache
def conversations() -> tuple[Asked, ...]:
    """All of them, in the order of the files."""
    return tuple(one for path in sorted(HERE.glob("*.md")) for one in _read(path.read_text()))


def _read(text: str) -> list[Asked]:
    found: list[Asked] = []
    for line in text.splitlines():
        one = found[-1] if found else Asked("")
        if line.startswith("# "):
            found.append(Asked(line[2:].strip()))
        elif line.startswith(">"):
            one.details.append(line[1:].removeprefix(" "))
        elif match := _ACT.fullmatch(line):
            who, what, number, unit, words = match.groups()
            clock = 24 if one.is_live else _DAY
            one.acts.append(Done(who, what, float(number) * (clock if unit == "d" else 1), words))
        elif one.acts and (line.startswith("  ") or not line):
            last = one.acts.pop()
            one.acts.append(replace(last, words=f"{last.words}\n{line.removeprefix('  ')}"))
        elif line:
            name, _, value = line.partition(": ")
            one.head[name] = value
    for one in found:
        one.acts = [replace(act, words=act.words.strip()) for act in one.acts]
    return found
