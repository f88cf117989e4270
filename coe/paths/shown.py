"""How editions and their steps read on pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from coe.accounts.models import Person, Role
from coe.guides.models import Document
from coe.paths import checks, wording
from coe.paths.checks import Check
from coe.paths.differences import Difference, Entry, compare
from coe.paths.models import Edition, Experience, Step


@dataclass(frozen=True)
class Line:
    """A step as a page shows it. `guide` is None where there is none or the reader may not know of it; `check` where
    there is none or no room offers it any more.
    """

    step: Step
    needs: str
    guide: Document | None
    check: Check | None
    told: tuple[tuple[str, str], ...]
    covers: str
    lacking: str = ""

    @property
    def due(self) -> str:
        return wording.due(self.step)

    @property
    def time(self) -> str:
        return wording.duration(self.step.minutes)

    @property
    def for_whom(self) -> str:
        return wording.for_whom(self.step)

    @property
    def evidence(self) -> str:
        return wording.evidence(self.step)

    @property
    def quiz(self) -> str:
        return wording.quiz(self.step)

    @property
    def is_for_others(self) -> bool:
        """Whether it has a guide that the reader may not know of."""
        return self.guide is None and self.step.document_id is not None


@dataclass(frozen=True)
class Previewed:
    """A step as a newcomer would meet it on the first day. `due_on` is None where it has no date."""

    line: Line
    is_open: bool
    is_next: bool
    due_on: date | None


@dataclass(frozen=True)
class Preview:
    """What a newcomer would see, and the steps that are for others."""

    steps: tuple[Previewed, ...]
    left_out: tuple[Line, ...] = field(default=())


def lines(steps: Sequence[Step], reader: Person, lacking: Mapping[str, str] | None = None) -> list[Line]:
    """The steps of an edition for a reader, in their order; one query where one of them has a guide."""
    ids = {one.document_id for one in steps if one.document_id}
    known = Document.objects.visible_to(reader).filter(pk__in=ids).select_related("published") if ids else []
    guides = {one.pk: one for one in known}
    titles = {one.key: one.title for one in steps}
    found = []
    for one in steps:
        check = checks.get(one.check_key) if one.kind == Step.Kind.VERIFIED else None
        covers = wording.listed([f"“{titles.get(key, key)}”" for key in one.covers])
        found.append(
            Line(
                step=one,
                needs=wording.needs(one, titles),
                guide=guides.get(one.document_id or 0),
                check=check,
                told=tuple(told(check, one.params).items()),
                covers=covers,
                lacking=(lacking or {}).get(one.key, ""),
            )
        )
    return found


def told(check: Check | None, given: Mapping[str, Any]) -> dict[str, str]:
    """What a check is asked with, by what it means."""
    meanings = check.params if check else {}
    return {str(meanings.get(name, name)): _text(value) for name, value in given.items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def entry_of(step: Step, titles: Mapping[str, str], *, with_answers: bool) -> Entry:
    """A step in words. `titles` are those of the steps of its edition, by key.

    Without answers a quiz says only how much it asks: whoever will take it reads this too.
    """
    kind = Step.Kind(step.kind)
    fields = {
        "Title": step.title,
        "Kind": str(kind.label),
        "What to do": step.text,
        **_own(step, titles, with_answers=with_answers),
        "Minutes": str(step.minutes or ""),
        "Due": wording.due(step),
        "Needs": wording.needs(step, titles),
        "Done by": str(Step.Scope(step.scope).label),
        "Optional": "yes" if step.is_optional else "no",
        "Roles": wording.listed([str(Role(one).label) for one in step.roles if one in Role.values], "or"),
        "Experience": wording.listed(
            [str(Experience(one).label) for one in step.experience if one in Experience.values], "or"
        ),
    }
    return Entry(step.key, step.title, step.position, fields)


def _own(step: Step, titles: Mapping[str, str], *, with_answers: bool) -> dict[str, str]:
    """What a step of its kind alone has, in words."""
    if step.kind == Step.Kind.READ:
        return {"Guide": _guide(step)}
    if step.kind == Step.Kind.TASK:
        return {"Evidence": wording.evidence(step)}
    if step.kind == Step.Kind.MEET:
        return {"Topic": step.topic}
    if step.kind == Step.Kind.VERIFIED:
        check = checks.get(step.check_key)
        return {"Check": check.label if check else step.check_key, **told(check, step.params)}
    asked = "\n\n".join(wording.question(one) for one in step.questions) if with_answers else str(len(step.questions))
    return {
        "Questions": asked,
        "To pass": f"{step.pass_mark} %, {step.tries_a_day} tries a day",
        "Passing finishes also": wording.listed([titles.get(key, key) for key in step.covers]),
    }


def _guide(step: Step) -> str:
    """The guide's address: its title is for those who may know of it."""
    return step.document.get_absolute_url() if step.document else ""


def difference(before: Edition, after: Edition, *, with_answers: bool) -> Difference:
    """What changed between two editions. Two queries."""
    old, new = (list(one.steps.select_related("document").order_by("position")) for one in (before, after))
    # By one name each: a step that is called otherwise now has not changed those that need it.
    titles = {one.key: one.title for one in [*old, *new]}
    entries = [[entry_of(one, titles, with_answers=with_answers) for one in steps] for steps in (old, new)]
    return compare(*entries)
