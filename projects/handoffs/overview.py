"""What the page of a handoff says beside its items: whose turn it is, how far it is, what may be done."""

from __future__ import annotations

from dataclasses import dataclass

from coe.accounts.models import Person
from coe.core import access
from projects.checklists.models import Item
from projects.handoffs import answers, items
from projects.handoffs.items import Standing
from projects.handoffs.models import ANSWERABLE, Evidence, Handoff, State
from projects.handoffs.rules import had_a_hand, receives


@dataclass(frozen=True)
class Group:
    """Items under one name, and how many of the required ones are met."""

    name: str
    rows: list[Standing]
    met: int
    of: int


def groups(rows: list[Standing]) -> list[Group]:
    found = []
    for name, inside in items.by_group(rows):
        required = [row for row in inside if row.item.is_required]
        found.append(Group(name, inside, sum(row.is_met for row in required), len(required)))
    return found


@dataclass(frozen=True)
class Progress:
    """How many required items are met, and what is left for whom."""

    met: int
    of: int
    unanswered: list[Standing]
    unmet_checks: list[Standing]
    unsigned: list[Standing]

    @property
    def percent(self) -> int:
        return 100 * self.met // self.of if self.of else 100


def progress(rows: list[Standing]) -> Progress:
    required = [row for row in rows if row.item.is_required]
    missing = items.unmet(rows)
    return Progress(
        met=sum(row.is_met for row in required),
        of=len(required),
        unanswered=items.unanswered(rows),
        unmet_checks=[row for row in missing if row.item.kind == Item.Kind.AUTOMATIC],
        unsigned=[row for row in missing if row.item.kind == Item.Kind.SIGN_OFF],
    )


def allowed(person: Person, handoff: Handoff, rows: list[Standing]) -> dict[str, object]:
    """What the page offers, each decided by the rule of its verb and the state; `why_not` says why an approver may not
    decide.
    """
    team = access.may(person, "handoff.answer", handoff)
    in_hands = handoff.state in (State.SUBMITTED, State.IN_REVIEW)
    receiver = receives(person, handoff)
    # The eyes that are no second pair are looked for only where that person could decide at all.
    why_not = had_a_hand(person, handoff) if receiver and in_hands else ""
    decides = receiver and in_hands and not why_not
    sign = {
        row.item.key
        for row in rows
        if in_hands
        and row.item.kind == Item.Kind.SIGN_OFF
        and not row.is_met
        and access.may(person, "handoff.sign", (handoff, row.item))
    }
    return {
        "answer": team and handoff.state in ANSWERABLE,
        "submit": team and handoff.state in ANSWERABLE,
        "withdraw": team and handoff.is_open,
        "review": decides and handoff.state == State.SUBMITTED,
        "decide": decides and handoff.state == State.IN_REVIEW,
        "why_not": why_not,
        "reassign": handoff.is_open and (team or receiver),
        "take_part": team or receiver or handoff.project.sponsor_id == person.pk,
        "check": handoff.is_open and (team or receiver or handoff.project.sponsor_id == person.pk),
        "token": team and handoff.is_open,
        "sign": sign,
    }


def whose_turn(handoff: Handoff, rows: list[Standing]) -> str:
    """One sentence: what it waits for."""
    if handoff.state in ANSWERABLE:
        left = len(items.unanswered(rows))
        team = f"the team of {handoff.project.name}"
        if not left:
            return f"Ready to be submitted by {team}."
        return f"Waits for {team}: {left} required item{'' if left == 1 else 's'} to answer."
    if handoff.state == State.SUBMITTED:
        return f"Waits for {handoff.reviewer or f'an approver of {handoff.receiving_unit}'} to begin the review."
    if handoff.state == State.IN_REVIEW:
        return f"{handoff.reviewer} reviews it."
    return ""


@dataclass(frozen=True)
class Offer:
    """Another handoff of the same model whose answers could be taken over, item by item."""

    handoff: Handoff
    items: list[Item]


def predecessor(person: Person, handoff: Handoff, rows: list[Standing]) -> Offer | None:
    """The newest handoff of an older version by this checklist with answers that are still open here."""
    if handoff.state not in ANSWERABLE:
        return None
    open_here = {row.item.key for row in rows if row.item.kind == Item.Kind.MANUAL and row.state == "open"}
    if not open_here:
        return None
    older = Handoff.objects.visible_to(person).filter(
        model_version__model=handoff.model_version.model_id,
        model_version__version__lt=handoff.model_version.version,
        checklist=handoff.checklist_id,
    )
    for other in older.select_related("model_version__model", "checklist").order_by("-model_version__version", "-id")[
        :3
    ]:
        found = [answer.item for answer in answers.carriable(other) if answer.item.key in open_here]
        if found:
            return Offer(other, found)
    return None


def successor(person: Person, handoff: Handoff) -> Handoff | None:
    """The handoff of the newest later version by this checklist, if there is one."""
    later = Handoff.objects.visible_to(person).filter(
        model_version__model=handoff.model_version.model_id,
        model_version__version__gt=handoff.model_version.version,
        checklist=handoff.checklist_id,
    )
    return later.select_related("model_version__model", "checklist").order_by("-model_version__version", "-id").first()


def reports(handoff: Handoff) -> list[Evidence]:
    """The newest test reports."""
    return list(handoff.evidence.filter(kind=Evidence.Kind.TESTS).select_related("by").order_by("-id")[:5])
