"""How each item of a handoff stands: one reading of answers, newest check runs and evidence, used by pages, API, verbs
and the record alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from projects.checklists.models import Edition, Item
from projects.checklists.score import Score, ml_test_score
from projects.handoffs.models import Answer, CheckRun, Evidence, Handoff


@dataclass(frozen=True)
class Standing:
    """One item: what the team said, what its check found last, and what shows it."""

    item: Item
    answer: Answer
    check: CheckRun | None = None
    evidence: list[Evidence] = field(default_factory=list)

    @property
    def state(self) -> str:
        """`done`, `not_applicable` or `open`; of an automatic item `passed`, `failed` or `cannot_tell` once it ran."""
        if self.item.kind == Item.Kind.AUTOMATIC and self.answer.state == Answer.State.OPEN:
            return str(self.check.outcome) if self.check else "open"
        return str(self.answer.state)

    @property
    def is_met(self) -> bool:
        return self.state in ("done", "passed", "not_applicable")

    @property
    def is_answered(self) -> bool:
        """Whether the team did its part: evidence or a reason. Checks and sign-offs are not the team's to answer."""
        if self.item.kind != Item.Kind.MANUAL:
            return True
        return self.is_met and not self.answer.returned_because

    @property
    def is_automated(self) -> bool:
        return self.answer.is_automated or self.state == "passed"

    @property
    def points(self) -> float | None:
        """Points of the ML Test Score: 1 by machine, ½ by hand with evidence, 0 for what is not done; None where it
        does not apply.
        """
        if self.state == "not_applicable":
            return None
        if not self.is_met:
            return 0.0
        return 1.0 if self.is_automated else 0.5


def standings(handoff: Handoff) -> list[Standing]:
    """Every item of the handoff in the checklist's order, in three queries."""
    answers = list(
        handoff.answers.select_related("item", "by", "carried_from__model_version").order_by("item__position")
    )
    runs = CheckRun.objects.filter(handoff=handoff).select_related("asked_by")
    newest = {run.item_id: run for run in runs.order_by("item_id", "-id").distinct("item_id")}
    shown: dict[int, list[Evidence]] = {}
    for one in handoff.evidence.filter(removed_at=None, item__isnull=False).select_related(
        "by", "file", "carried_from__handoff__model_version"
    ):
        shown.setdefault(one.item_id or 0, []).append(one)
    return [
        Standing(answer.item, answer, newest.get(answer.item_id), shown.get(answer.item_id, [])) for answer in answers
    ]


def by_group(rows: Iterable[Standing]) -> list[tuple[str, list[Standing]]]:
    """The items under their groups' names, in order."""
    return [(name, list(found)) for name, found in groupby(rows, key=lambda row: row.item.group)]


def unanswered(rows: Iterable[Standing]) -> list[Standing]:
    """What keeps the team from submitting."""
    return [row for row in rows if row.item.is_required and not row.is_answered]


def unmet(rows: Iterable[Standing]) -> list[Standing]:
    """What keeps the receiving team from accepting."""
    return [row for row in rows if row.item.is_required and not row.is_met]


def score(edition: Edition, rows: Iterable[Standing]) -> Score | None:
    """The ML Test Score where the edition asks for it."""
    if edition.score != Edition.Score.ML_TEST:
        return None
    return ml_test_score((row.item.group, row.points) for row in rows)
