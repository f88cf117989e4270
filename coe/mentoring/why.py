"""Why this mentor: the breakdown that is kept with each attempt, in words. What it holds, `routing.Plan.why` says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from coe.core import figures
from coe.mentoring.models import Attempt, Request
from coe.mentoring.routing import Plan
from coe.mentors.models import Level

_MANY = {"is": "are", "was": "were", "has": "have", "does": "do", "knows": "know"}
# After "You" and after a name.
_KNOWS = {
    Level.TEACHES: ("can teach", "can teach"),
    Level.PRACTISES: ("use", "uses"),
    Level.KNOWS: ("have used", "has used"),
}


@dataclass(frozen=True)
class Line:
    """One candidate. `reason` says why not to be asked; empty for who could. Figures are in hundredths."""

    mentor: int
    name: str
    url: str
    is_chosen: bool
    reason: str
    score: str
    fit: int
    knows: str
    unit: str
    together: str
    wanted: bool
    load: str
    recent: int


@dataclass(frozen=True)
class Breakdown:
    """The candidates, the best first; what each skill decides of the fit, and how many each reason took out."""

    lines: list[Line]
    shares: list[tuple[str, int]] = field(default_factory=list)
    candidates: int = 0
    reasons: list[str] = field(default_factory=list)


def breakdown(why: Any) -> Breakdown | None:
    """What was kept, in words; None where nothing was, as with requests by name."""
    top = _top(why)
    if not top:
        return None
    shares = [(tag, round(100 * share)) for tag, share in sorted(why.get("tags", {}).items(), key=lambda one: -one[1])]
    return Breakdown(lines(top), shares, why.get("candidates", len(top)), counted(why.get("reasons", {})))


def lines(rows: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Scores as `placing.breakdown` gives them, in words and in their order."""
    return [
        Line(
            mentor=one["candidate"],
            name=one.get("name", "a mentor"),
            url=reverse("mentors:mentor", args=[one["person"]]) if "person" in one else "",
            is_chosen=bool(one["chosen"]),
            reason=one["reason"],
            score=figures.signless(round(100 * one["total"])),
            fit=round(100 * one["fit"]),
            knows=knows(one["levels"], others=True),
            unit={1.0: "serves this unit", 0.0: "serves other units"}.get(one["unit"], "serves any unit"),
            together="has helped them before" if one["together"] else "",
            wanted=bool(one["wanted"]),
            load=f"{one['held']} of {one['capacity']}" if "held" in one else f"{round(100 * one['load'])} %",
            recent=round(100 * one["recent"]),
        )
        for one in rows
    ]


def counted(reasons: Mapping[str, int]) -> list[str]:
    """ "4 have no free place", "1 is away", the most frequent first."""
    ordered = sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
    return [f"{count} {reason if count == 1 else _of_many(reason)}" for reason, count in ordered]


def nobody(plan: Plan, request: Request, names: Mapping[int, str]) -> str:
    """Why a request of the plan waits, in a sentence or two."""
    if not names:
        return "Nobody mentors at present."
    if (mentor := plan.pairs.get(request.pk)) is not None:
        return f"{names[mentor]} is asked within a minute."
    scores = plan.explain(request.pk)
    known = "" if any(one.levels for one in scores) else f"Nobody knows {_listed(request.tags)}. "
    reasons = plan.hindered(request.pk)
    if reasons is not None:
        return f"{known}Of {len(names)} who mentor {_listed(counted(reasons))}."
    if any(not one.reason for one in scores):
        return f"{known}The free places go to others who wait."
    return f"{known}Who has a free place knows too little of it; for a while it waits for somebody who knows more."


def knows(levels: Mapping[str, int], *, others: bool = False) -> str:
    """ "can teach calibration, has used mlops"; for "you" unless it is said of `others`."""
    by_level = sorted(levels.items(), key=lambda one: (-one[1], one[0]))
    said: dict[int, list[str]] = {}
    for tag, level in by_level:
        said.setdefault(level, []).append(tag)
    return ", ".join(f"{_KNOWS[Level(level)][others]} {_listed(tags)}" for level, tags in said.items())


def sentence(attempt: Attempt) -> str:
    """Why it came to this mentor, said to the mentor; empty where nothing was kept."""
    by = attempt.by.name if attempt.by else ""
    if attempt.how == Attempt.How.DIRECT:
        return f"{by} asked for you by name." if by else "You were asked for by name."
    if attempt.how == Attempt.How.BY_HAND:
        return f"{by} gave it to you." if by else "The centre gave it to you."
    if attempt.how == Attempt.How.HANDED:
        return f"{by} handed it over to you." if by else "It was handed over to you."
    if attempt.how == Attempt.How.REOPENED:
        return "You answered it before, and it is open again."
    mine = next((one for one in _top(attempt.why) if one["chosen"]), None)
    if mine is None:
        return ""
    return _of_score(mine)


def _of_score(mine: Mapping[str, Any]) -> str:
    parts = [knows(mine["levels"]) or "have a free place, and nobody knows more of it"]
    if mine["together"]:
        parts.append("have helped them before")
    if mine["unit"] == 1:
        parts.append("serve their unit")
    if mine["wanted"]:
        parts.append("want this topic")
    return f"You {_listed(parts)}."


def _of_many(reason: str) -> str:
    verb, space, rest = reason.partition(" ")
    return _MANY.get(verb, verb) + space + rest


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def _top(why: Any) -> list[dict[str, Any]]:
    return list(why.get("top", [])) if isinstance(why, dict) else []
