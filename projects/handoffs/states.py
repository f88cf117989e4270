"""The states of a handoff as verbs: submit, begin the review, return, accept, withdraw; and who has it until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone

from coe.accounts.models import BusinessUnit, Person
from coe.core import access, events
from coe.core.errors import Refused, invalid
from projects.checklists.models import Edition, Item
from projects.handoffs import items, record
from projects.handoffs.checking import keep
from projects.handoffs.models import ANSWERABLE, Answer, Decision, Handoff, State
from projects.handoffs.parts import (
    due_date,
    enter,
    facts_of,
    locked,
    newest_version,
    refuse_if_changed,
    refuse_unless_open,
    save,
    text,
)
from projects.registry.models import AliasOrder
from projects.registry.services import order_alias
from projects.tracking.models import RegisteredModel


@transaction.atomic
def submit(*, handoff_id: int, actor: Person, version: int | None = None) -> Decision:
    """Hand it to the receiving team. Every required item of the team's own must be answered.

    Raises `Handoff.DoesNotExist`, `PermissionDenied`, `Refused` (which names what is missing).
    """
    handoff = locked(handoff_id, actor)
    access.require(actor, "handoff.answer", handoff)
    if handoff.state not in ANSWERABLE:
        raise Refused(f"It is {handoff.get_state_display().lower()} already.")
    refuse_if_changed(handoff, version)
    rows = items.standings(handoff)
    if missing := items.unanswered(rows):
        raise Refused("Not answered yet: " + _titles(missing))
    # What was found wanting of checks and sign-offs is for the reviewer to look at anew.
    handoff.answers.exclude(returned_because="").update(returned_because="")
    handoff.round += 1
    handoff.submitted_by, handoff.submitted_at = actor, timezone.now()
    handoff.decided_by = handoff.decided_at = None
    enter(handoff, State.SUBMITTED, "round", "submitted_by", "submitted_at", "decided_by", "decided_at")
    decision = _decide(handoff, Decision.Kind.SUBMITTED, actor)
    facts = facts_of(handoff, round=handoff.round)
    events.record(actor=actor, verb="handoff.submitted", subject=handoff, facts=facts)
    return decision


@transaction.atomic
def start_review(*, handoff_id: int, actor: Person) -> Handoff:
    """Take a submitted handoff up. Two who try at once: one gets it, the other is told who has it.

    Raises `Handoff.DoesNotExist`, `PermissionDenied`, `Refused`.
    """
    handoff = locked(handoff_id, actor)
    _require_decider(actor, handoff)
    if handoff.state == State.IN_REVIEW:
        raise Refused(f"{handoff.reviewer} has begun the review.")
    if handoff.state != State.SUBMITTED:
        raise Refused(f"It is {handoff.get_state_display().lower()}: there is nothing to review now.")
    handoff.reviewer = actor
    enter(handoff, State.IN_REVIEW, "reviewer")
    events.record(actor=actor, verb="handoff.review_started", subject=handoff, facts=facts_of(handoff))
    return handoff


@transaction.atomic
def return_handoff(
    *,
    handoff_id: int,
    actor: Person,
    reason: str = "",
    reasons: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Decision:
    """Give it back to the team with what is wanting: `reasons` by item key, `reason` for the whole; one of them.

    Sign-offs are void: what was signed will change. Raises `Handoff.DoesNotExist`, `PermissionDenied`, `Refused`,
    `ValidationError` by field (`reason`, or the item's key).
    """
    reason = text(reason, "reason", 2000)
    given = {key: text(why, key, 1000) for key, why in (reasons or {}).items()}
    given = {key: why for key, why in given.items() if why}
    handoff = locked(handoff_id, actor)
    _require_decider(actor, handoff)
    _refuse_unless_in_review(handoff)
    refuse_if_changed(handoff, version)
    if not reason and not given:
        raise invalid("reason", "must say what is missing, here or beside an item")
    answers = {answer.item.key: answer for answer in handoff.answers.select_related("item")}
    if unknown := sorted(set(given) - set(answers)):
        raise invalid("reasons", f"{unknown[0]}: is no item of this handoff’s checklist")
    for key, why in given.items():
        answers[key].returned_because = why
        answers[key].save(update_fields=["returned_because"])
    handoff.answers.filter(item__kind=Item.Kind.SIGN_OFF).update(
        state=Answer.State.OPEN, by=None, at=None, note="", is_automated=False
    )
    handoff.decided_by = actor
    handoff.decided_at = timezone.now()
    enter(handoff, State.RETURNED, "decided_by", "decided_at")
    decision = _decide(handoff, Decision.Kind.RETURNED, actor, reason=reason, reasons=given)
    said = reason or f"{len(given)} items want more"
    events.record(
        actor=actor, verb="handoff.returned", subject=handoff, facts=facts_of(handoff, reason=said, items=given)
    )
    return decision


@transaction.atomic
def accept(
    *,
    handoff_id: int,
    actor: Person,
    reason: str = "",
    version: int | None = None,
    newest_seen: int | None = None,
) -> Decision:
    """Accept it for the receiving team: checks are run once more, the record is frozen, and the alias is ordered; all
    of it or nothing.

    `newest_seen`: the newest version of the model that the approver saw; needed when that is not the handoff's own.
    Raises `Handoff.DoesNotExist`, `PermissionDenied` (also to whoever had a hand in it), `ValidationError` by field,
    and `Refused`: not in review, changed meanwhile, a newer version, a required item that is not met.
    """
    reason = text(reason, "reason", 2000)
    model_id = Handoff.objects.visible_to(actor).values_list("model_version__model", flat=True).get(pk=handoff_id)
    # The model's row first (everything that locks several does so in this order): a version that arrives at this moment
    # needs a share of it, so it comes wholly before or wholly after the acceptance.
    model = held(model_id)
    handoff = locked(handoff_id, actor)
    _require_decider(actor, handoff)
    _refuse_unless_in_review(handoff)
    refuse_if_changed(handoff, version)
    newest = _refuse_if_stale(handoff, model, newest_seen)
    keep(handoff, handoff.edition.items.filter(kind=Item.Kind.AUTOMATIC), actor)
    rows = items.standings(handoff)
    if missing := items.unmet(rows):
        raise Refused("It cannot be accepted yet: " + _titles(missing))
    handoff.decided_by = actor
    handoff.decided_at = timezone.now()
    handoff.order = _order(handoff, model, actor)
    # No longer open: the test job's token ends with it.
    handoff.results_token_hash, handoff.results_token_until = "", None
    enter(handoff, State.ACCEPTED, "decided_by", "decided_at", "order", "results_token_hash", "results_token_until")
    decision = _decide(handoff, Decision.Kind.ACCEPTED, actor, reason=reason, newest=newest)
    facts = facts_of(handoff, alias=handoff.edition.alias, effect=handoff.edition.effect, reason=reason)
    events.record(actor=actor, verb="handoff.accepted", subject=handoff, facts=facts)
    return decision


def held(model_id: int) -> RegisteredModel:
    """The model under a lock that a new version's foreign key has to wait for when it is committed."""
    return RegisteredModel.objects.select_for_update(of=("self",)).get(pk=model_id)


def _refuse_if_stale(handoff: Handoff, model: RegisteredModel, newest_seen: int | None) -> int:
    """The newest version, if the approver may accept in its face."""
    if model.missing_since or handoff.model_version.missing_since:
        raise Refused("MLflow no longer has this version, so it cannot be accepted.")
    newest, own = newest_version(handoff), handoff.model_version.version
    if newest != own and newest_seen != newest:
        raise Refused(
            f"Version {newest} of {model.name} has arrived. This handoff is for version {own}: accept it only if you"
            f" mean version {own} although {newest} is there."
        )
    return newest


def _order(handoff: Handoff, model: RegisteredModel, actor: Person) -> AliasOrder | None:
    edition = handoff.edition
    if edition.effect == Edition.Effect.NONE:
        return None
    return order_alias(
        model=model,
        alias=edition.alias,
        version=handoff.model_version.version if edition.effect == Edition.Effect.SET else None,
        actor=actor,
        reason=f"Handoff {handoff.pk} was accepted",
    )


@transaction.atomic
def withdraw(*, handoff_id: int, actor: Person, reason: str) -> Decision:
    """Take it back for good, with a reason; the team's to do while it is open.

    Raises `Handoff.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` on `reason`.
    """
    reason = text(reason, "reason", 2000, required="must say why")
    handoff = locked(handoff_id, actor)
    access.require(actor, "handoff.answer", handoff)
    refuse_unless_open(handoff)
    handoff.results_token_hash, handoff.results_token_until = "", None
    enter(handoff, State.WITHDRAWN, "results_token_hash", "results_token_until")
    decision = _decide(handoff, Decision.Kind.WITHDRAWN, actor, reason=reason)
    events.record(actor=actor, verb="handoff.withdrawn", subject=handoff, facts=facts_of(handoff, reason=reason))
    return decision


@transaction.atomic
def reassign(
    *,
    handoff_id: int,
    actor: Person,
    reviewer: Person | None = None,
    receiving_unit: BusinessUnit | None = None,
    due_on: date | None = None,
) -> Handoff:
    """Say who receives it: the unit (None leaves it), the reviewer (None: anybody of the receiving team) and the date
    by which an answer is wanted (None: no date).

    Raises `Handoff.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` by field.
    """
    handoff = locked(handoff_id, actor)
    access.require(actor, "handoff.reassign", handoff)
    refuse_unless_open(handoff)
    before = (handoff.reviewer_id, handoff.receiving_unit_id, handoff.due_on)
    handoff.due_on = due_date(due_on, before=handoff.due_on)
    if receiving_unit is not None:
        handoff.receiving_unit = receiving_unit
    if reviewer is not None and not (reviewer.is_active and access.may(reviewer, "handoff.decide", handoff)):
        raise invalid("reviewer", f"must be an approver for {handoff.receiving_unit} who had no hand in it")
    if reviewer is None and handoff.state == State.IN_REVIEW:
        raise invalid("reviewer", "must be named: the review has begun")
    handoff.reviewer = reviewer
    if before == (handoff.reviewer_id, handoff.receiving_unit_id, handoff.due_on):
        return handoff
    save(handoff, "reviewer", "receiving_unit", "due_on")
    to = str(reviewer) if reviewer else f"the approvers of {handoff.receiving_unit}"
    facts = facts_of(handoff, to=to, due_on=handoff.due_on.isoformat() if handoff.due_on else None)
    events.record(actor=actor, verb="handoff.reassigned", subject=handoff, facts=facts)
    return handoff


def reassign_many(*, handoff_ids: list[int], actor: Person, reviewer: Person, due_on: date | None = None) -> int:
    """Give several to one reviewer: all of them or none. Returns how many."""
    with transaction.atomic():
        # In the order of their ids, so that two who do this at once do not wait for each other in a circle.
        for handoff_id in sorted(set(handoff_ids)):
            handoff = Handoff.objects.visible_to(actor).get(pk=handoff_id)
            reassign(handoff_id=handoff_id, actor=actor, reviewer=reviewer, due_on=due_on or handoff.due_on)
    return len(set(handoff_ids))


def _require_decider(actor: Person, handoff: Handoff) -> None:
    access.require(actor, "handoff.decide", handoff)


def _refuse_unless_in_review(handoff: Handoff) -> None:
    if handoff.state != State.IN_REVIEW:
        hint = " Begin the review first." if handoff.state == State.SUBMITTED else ""
        raise Refused(f"It is {handoff.get_state_display().lower()}: it cannot be decided now.{hint}")


def _titles(rows: list[items.Standing]) -> str:
    shown = "; ".join(row.item.title for row in rows[:5])
    return shown + (f"; and {len(rows) - 5} more." if len(rows) > 5 else ".")


def _decide(
    handoff: Handoff,
    kind: str,
    actor: Person,
    *,
    reason: str = "",
    reasons: Mapping[str, str] | None = None,
    newest: int | None = None,
) -> Decision:
    """Keep what was decided, with the record as it stands now and its checksum."""
    now, newest = timezone.now(), newest or newest_version(handoff)
    verdict = record.Verdict(kind=kind, actor=str(actor), at=now, reason=reason, newest_version=newest)
    frozen = record.build(handoff, verdict)
    return Decision.objects.create(
        handoff=handoff,
        round=handoff.round,
        kind=kind,
        actor=actor,
        at=now,
        reason=reason,
        reasons=dict(reasons or {}),
        newest_version=newest,
        record=frozen,
        sha256=record.checksum(frozen),
    )
