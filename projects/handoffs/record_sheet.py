"""A record put into words, once for paper and screen: what the page and the PDF say, in the order in which they say it.

Reads nothing but the record, which may be years old and hold nulls: whatever is missing is left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Word:
    """How something stands: a sign and a word, and a tone (good, warn, bad, accent or none) that colours them."""

    mark: str
    text: str
    tone: str = ""


VERDICTS = {
    "accepted": Word("✓", "Accepted", "good"),
    "returned": Word("↩", "Returned", "warn"),
    "withdrawn": Word("✕", "Withdrawn"),
    "submitted": Word("→", "Submitted", "accent"),
}
UNDECIDED = Word("○", "Not decided")
STATES = {
    "done": Word("✓", "Done", "good"),
    "passed": Word("✓", "Passed", "good"),
    "failed": Word("✕", "Failed", "bad"),
    "cannot_tell": Word("?", "Cannot tell", "warn"),
    "not_applicable": Word("–", "Does not apply"),
    "open": Word("○", "Open"),
}
_MET = ("done", "passed", "not_applicable")
_KINDS = {"link": "Link", "text": "Text", "file": "File", "tests": "Test report"}


@dataclass(frozen=True)
class Piece:
    """One piece of evidence."""

    kind: str
    title: str
    url: str
    text: str
    sha256: str
    about: str

    @property
    def is_linked(self) -> bool:
        """Whether `url` is one to follow: of the web, or a page of ours."""
        return self.url.lower().startswith(("https://", "http://", "/"))


@dataclass(frozen=True)
class Entry:
    """One item with its answer."""

    title: str
    word: Word
    # Who and when, or what kind of item it is.
    about: str
    # Why the reviewer sent it back, as long as it was not answered anew.
    returned: str
    note: str
    check: str
    evidence: list[Piece]


@dataclass(frozen=True)
class Group:
    name: str
    entries: list[Entry]
    met: str


@dataclass(frozen=True)
class Bar:
    """Points of one group of the score; `share` of what applies, 0 to 1."""

    name: str
    text: str
    share: float
    is_lowest: bool


@dataclass(frozen=True)
class Step:
    """One decision of those before."""

    word: Word
    at: str
    text: str
    reason: str
    reasons: list[tuple[str, str]]
    sha256: str


@dataclass(frozen=True)
class Sheet:
    """All that the record says."""

    number: str
    title: str
    moves: str
    verdict: Word
    verdict_text: str
    reason: str
    summary: str
    who: list[tuple[str, str]]
    version: list[tuple[str, str]]
    datasets: list[tuple[str, str, str]]
    metrics: list[tuple[str, str, str]]
    groups: list[Group]
    score: str
    bars: list[Bar] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def sheet(record: Record, *, files: Mapping[str, str] | None = None) -> Sheet:
    """The record in words. Times are in the company's time zone. `files`: where a file is to be had, by its SHA-256."""
    version, checklist, decided = (_part(record, name) for name in ("version", "checklist", "decided"))
    name = f"{text(version.get('model')) or 'A model'}, version {text(version.get('version')) or '?'}"
    titles: dict[str, str] = {}
    groups = [_group(one, titles, files or {}) for one in _parts(record, "groups")]
    score = _part(record, "score")
    return Sheet(
        number=text(_part(record, "handoff").get("id")),
        title=f"Handoff of {name}",
        moves=_moves(version, checklist),
        verdict=VERDICTS.get(text(decided.get("kind")), UNDECIDED),
        verdict_text=_verdict(decided, text(version.get("version"))),
        reason=text(decided.get("reason")),
        summary=text(_part(record, "handoff").get("summary")),
        who=[line for line in _who(record) if line[1]],
        version=[line for line in _version(record) if line[1]],
        datasets=[
            (text(one.get("name")), text(one.get("digest")), text(one.get("context")))
            for one in _parts(version, "datasets")
        ],
        metrics=[(text(one.get("key")), number(one.get("value")), _dataset(one)) for one in _parts(version, "metrics")],
        groups=groups,
        score=number(score.get("score")) if score else "",
        bars=_bars(_parts(score, "groups")),
        steps=[_step(one, titles) for one in _parts(record, "decisions")],
    )


def text(value: Any) -> str:
    """Any value of a record as text; nothing for null."""
    return "" if value is None else str(value)


def number(value: Any) -> str:
    """At most six significant digits, whole numbers whole; what is no finite number, as it is ("NaN")."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        said = f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")
    elif _is_number(value):
        said = f"{float(value):.6g}"
    else:
        return text(value)
    return said.replace("-", "\N{MINUS SIGN}", 1) if value < 0 else said


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number beyond all floats
        return False


def moment(value: Any) -> str:
    """An ISO time as "3 July 2026, 14:02"; what is none, as it is."""
    try:
        at = datetime.fromisoformat(text(value))
        if timezone.is_naive(at):
            at = at.replace(tzinfo=timezone.get_default_timezone())
        return when(at)
    except (ValueError, OverflowError):
        return text(value)


def when(at: datetime) -> str:
    """A time in the company's time zone."""
    return date_format(at.astimezone(timezone.get_default_timezone()), "j F Y, H:i")


def day(value: Any) -> str:
    """An ISO date as "3 July 2026"; what is none, as it is."""
    try:
        return date_format(date.fromisoformat(text(value)), "j F Y")
    except ValueError:
        return text(value)


def zone() -> str:
    return str(timezone.get_default_timezone())


def _part(record: Record, name: str) -> Record:
    part = record.get(name)
    return part if isinstance(part, Mapping) else {}


def _parts(record: Record, name: str) -> list[Record]:
    parts = record.get(name)
    return [one for one in parts if isinstance(one, Mapping)] if isinstance(parts, list) else []


def _moves(version: Record, checklist: Record) -> str:
    """One sentence: what acceptance does."""
    model, alias = text(version.get("model")) or "the model", text(checklist.get("alias"))
    which = f"Version {text(version.get('version')) or '?'} of {model}"
    if checklist.get("effect") == "set" and alias:
        return f"{which} takes the alias “{alias}”."
    if checklist.get("effect") == "remove" and alias:
        return f"The alias “{alias}” is taken away from {model}."
    return f"{which} is handed over; no alias moves."


def _verdict(decided: Record, version: str) -> str:
    """What follows the verdict's word."""
    if not decided:
        return "so far: this is how it stands now, and it can still change."
    newest = text(decided.get("newest_version"))
    late = f" Version {newest} of the model was there already." if newest and newest != version else ""
    return f"by {text(decided.get('actor')) or 'somebody'}, {moment(decided.get('at'))}.{late}"


def _who(record: Record) -> Iterator[tuple[str, str]]:
    handoff, project, to = (_part(record, name) for name in ("handoff", "project", "to"))
    yield "Project", text(project.get("name"))
    yield "Unit", text(project.get("unit"))
    yield "Owner", text(project.get("owner"))
    for one in _parts(_part(record, "from"), "people")[:12]:
        yield text(one.get("responsibility")) or "Member", text(one.get("name"))
    yield "Received by", text(to.get("unit"))
    yield "Reviewer", text(to.get("reviewer"))
    yield "Opened", _by(handoff, "opened_by", "opened_at") + _origin(handoff)
    yield "Submitted", _by(handoff, "submitted_by", "submitted_at") + _round(handoff)
    yield "Wanted by", day(handoff.get("due_on"))


def _by(part: Record, who: str, at: str) -> str:
    return ", ".join(said for said in (text(part.get(who)), moment(part.get(at))) if said)


def _origin(handoff: Record) -> str:
    return {"version": ", by a new version", "tag": ", by a tag on the version"}.get(text(handoff.get("origin")), "")


def _round(handoff: Record) -> str:
    rounds = handoff.get("round")
    return (
        f", round\N{NO-BREAK SPACE}{rounds}"
        if isinstance(rounds, int) and rounds > 1 and handoff.get("submitted_at")
        else ""
    )


def _version(record: Record) -> Iterator[tuple[str, str]]:
    version, checklist = _part(record, "version"), _part(record, "checklist")
    yield "Model", text(version.get("model"))
    yield "Version", text(version.get("version"))
    yield "Source", text(version.get("source"))
    yield "Registered", moment(version.get("created_at"))
    yield "Trained", moment(version.get("trained_at"))
    yield "Experiment", text(version.get("experiment"))
    yield "Run", text(version.get("run_id"))
    yield "Git commit", text(version.get("git_commit"))
    edition = text(checklist.get("edition"))
    yield "Checklist", text(checklist.get("name")) + (f", edition {edition}" if edition else "")


def _dataset(metric: Record) -> str:
    name, digest = text(metric.get("dataset_name")), text(metric.get("dataset_digest"))
    return f"{name} ({digest})" if name and digest else name or digest


def _group(group: Record, titles: dict[str, str], files: Mapping[str, str]) -> Group:
    found = _parts(group, "items")
    titles.update({text(one.get("key")): text(one.get("title")) for one in found})
    met = sum(text(one.get("state")) in _MET for one in found)
    return Group(text(group.get("name")), [_entry(one, files) for one in found], f"{met} of {len(found)} met")


def _entry(item: Record, files: Mapping[str, str]) -> Entry:
    kind, state = text(item.get("kind")), text(item.get("state"))
    word = STATES.get(state, Word("○", state.replace("_", " ").capitalize() or "Open"))
    if kind == "sign_off" and state == "done":
        word = Word("✓", "Signed", "good")
    check = _part(item, "check")
    about = [
        {"automatic": "check", "sign_off": "sign-off"}.get(kind, ""),
        "" if item.get("is_required", True) else "optional",
        "shown by the team’s tests" if item.get("is_automated") and state == "done" else "",
        _by(item, "by", "at") if state in ("done", "not_applicable") else "",
        f"ran {moment(check.get('at'))}" if check.get("at") else "",
    ]
    return Entry(
        title=text(item.get("title")) or text(item.get("key")),
        word=word,
        about=", ".join(one for one in about if one),
        returned=text(item.get("returned_because")),
        note=text(item.get("note")),
        check=text(check.get("sentence")),
        evidence=[_piece(one, files) for one in _parts(item, "evidence")],
    )


def _piece(one: Record, files: Mapping[str, str]) -> Piece:
    origin = one.get("carried_from")
    from_version = text(origin.get("version")) if isinstance(origin, Mapping) else text(origin)
    carried = f"carried over from version {from_version}" if from_version else ""
    return Piece(
        kind=_KINDS.get(text(one.get("kind")), "Evidence"),
        title=text(one.get("title")),
        url=text(one.get("url")) or files.get(text(one.get("sha256")), ""),
        text=text(one.get("text")),
        sha256=text(one.get("sha256")),
        about=", ".join(said for said in (_by(one, "by", "at"), carried) if said),
    )


def _bars(groups: list[Record]) -> list[Bar]:
    points: list[Any] = [one.get("points") for one in groups]
    sums = [float(one) if _is_number(one) else 0.0 for one in points]
    lowest = min(sums, default=0.0)
    return [_bar(one, found, found == lowest) for one, found in zip(groups, sums, strict=True)]


def _bar(group: Record, points: float, is_lowest: bool) -> Bar:
    applying: Any = group.get("applying")
    of = group.get("of")
    full = float(applying) if _is_number(applying) else 0.0
    said = f"{number(points)} of {number(applying)}" + (" that apply" if applying != of else "")
    return Bar(text(group.get("name")), said, min(max(points / full, 0.0), 1.0) if full > 0 else 0.0, is_lowest)


def _step(decision: Record, titles: dict[str, str]) -> Step:
    rounds, reasons = text(decision.get("round")), decision.get("reasons")
    said = f"by {text(decision.get('actor')) or 'somebody'}" + (f", round {rounds}" if rounds else "")
    return Step(
        word=VERDICTS.get(text(decision.get("kind")), UNDECIDED),
        at=moment(decision.get("at")),
        text=said,
        reason=text(decision.get("reason")),
        reasons=[(titles.get(text(key), text(key)), text(why)) for key, why in reasons.items()]
        if isinstance(reasons, Mapping)
        else [],
        sha256=text(decision.get("sha256")),
    )
