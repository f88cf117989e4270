"""Whom news of handoffs reach: who may decide one, and the team that waits for the decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from coe.accounts.models import Role
from coe.accounts.queries import administrators, holders
from coe.core import telling
from coe.core.models import Event
from coe.core.telling import News
from coe.core.wording import because, pair, plain, quote, who
from projects.catalog.models import Responsibility
from projects.handoffs.models import Comment, Decision, Handoff, State
from projects.handoffs.rules import BUILDERS
from projects.registry.models import AliasOrder
from projects.registry.states import where
from projects.tracking.models import RegisteredModel

TOPIC = "handoffs"
telling.topic(
    TOPIC,
    "Handoffs",
    about="Handoffs that wait for you, what becomes of yours, and aliases of your models.",
    order=20,
    email="at_once",
)
_TEAM = (Responsibility.DATA_SCIENCE, Responsibility.ML_OPERATIONS)


def _handoff(event: Event) -> Handoff | None:
    related = Handoff.objects.select_related("project", "receiving_unit", "model_version__model", "checklist")
    return related.filter(pk=event.subject_id).first()


def _news(handoff: Handoff, text: str, to: Collection[int | None]) -> Iterable[News]:
    people = {pk for pk in to if pk}
    if people:
        yield News(TOPIC, text, people, pair(handoff), handoff.get_absolute_url(), f"handoff:{handoff.pk}")


def _it(facts: dict[str, Any]) -> str:
    return f"the handoff of {facts['name']} {facts['version']}"


def deciders(handoff: Handoff) -> set[int]:
    """Who may decide it: the rule `handoff.decide` for everybody at once. Three queries."""
    submitted = Decision.objects.filter(handoff=handoff, kind=Decision.Kind.SUBMITTED).values_list(
        "actor_id", flat=True
    )
    built = handoff.project.members.filter(responsibility__in=BUILDERS).values_list("person_id", flat=True)
    had_a_hand = {handoff.opened_by_id, handoff.submitted_by_id, handoff.project.owner_id, *submitted, *built}
    return holders(Role.APPROVER, unit=handoff.receiving_unit) - had_a_hand


def _receivers(handoff: Handoff) -> set[int]:
    """For whom it waits: the reviewer who was named, else everybody who may decide it."""
    return {handoff.reviewer_id} if handoff.reviewer_id else deciders(handoff)


def team(handoff: Handoff) -> set[int | None]:
    """Who waits for the decision: who submitted it, the owner, those who build and those who will run it."""
    members = handoff.project.members.filter(responsibility__in=_TEAM).values_list("person_id", flat=True)
    return {handoff.submitted_by_id, handoff.project.owner_id, *members}


@telling.tell("handoff.opened")
def _opened(event: Event) -> Iterable[News]:
    """One that Cairn opened by itself: the owner begins to answer it. Whoever opens one by hand knows of it."""
    handoff = _handoff(event)
    if handoff is not None and event.actor_id is None:
        text = f"Cairn opened {_it(event.facts)}, {event.facts.get('because') or 'by itself'}."
        yield from _news(handoff, text, {handoff.project.owner_id})


@telling.tell("handoff.submitted")
def _submitted(event: Event) -> Iterable[News]:
    handoff = _handoff(event)
    if handoff is None:
        return
    again = " again" if event.facts.get("round", 1) > 1 else ""
    text = f"{who(event)} submitted {_it(event.facts)}{again}"
    to = _receivers(handoff)
    if not to:
        unit = handoff.receiving_unit
        yield from _news(handoff, f"{text}. Nobody may decide it: {unit} needs another approver.", administrators())
        return
    by = f" by {handoff.due_on:%-d %b %Y}" if handoff.due_on else ""
    yield from _news(handoff, f"{text}. It waits for your decision{by}.", to)


@telling.tell("handoff.reassigned")
def _reassigned(event: Event) -> Iterable[News]:
    """Who is to review it now; before it is submitted only who was named."""
    handoff = _handoff(event)
    if handoff is None or not (handoff.reviewer_id or handoff.state == State.SUBMITTED):
        return
    by = f", for an answer by {handoff.due_on:%-d %b %Y}" if handoff.due_on else ""
    yield from _news(handoff, f"{who(event)} gave you {_it(event.facts)} to review{by}.", _receivers(handoff))


@telling.tell("handoff.review_started")
def _review_started(event: Event) -> Iterable[News]:
    handoff = _handoff(event)
    if handoff is not None:
        to = {handoff.submitted_by_id, handoff.project.owner_id}
        yield from _news(handoff, f"{who(event)} began the review of {_it(event.facts)}.", to)


@telling.tell("handoff.returned")
def _returned(event: Event) -> Iterable[News]:
    handoff = _handoff(event)
    if handoff is not None:
        text = because(f"{who(event)} returned {_it(event.facts)}", event.facts.get("reason", ""))
        yield from _news(handoff, text, team(handoff))


@telling.tell("handoff.accepted")
def _accepted(event: Event) -> Iterable[News]:
    handoff = _handoff(event)
    if handoff is not None:
        text = because(f"{who(event)} accepted {_it(event.facts)}", event.facts.get("reason", ""))
        yield from _news(handoff, text, team(handoff))


@telling.tell("handoff.withdrawn")
def _withdrawn(event: Event) -> Iterable[News]:
    """The team, and those for whom it waited."""
    handoff = _handoff(event)
    if handoff is not None:
        waited = _receivers(handoff) if handoff.submitted_at else {handoff.reviewer_id}
        text = because(f"{who(event)} withdrew {_it(event.facts)}", event.facts.get("reason", ""))
        yield from _news(handoff, text, team(handoff) | waited)


@telling.tell("handoff.commented")
def _commented(event: Event) -> Iterable[News]:
    """Those who have it in hand, and those who said something before."""
    handoff = _handoff(event)
    said = Comment.objects.filter(pk=event.facts["comment"]).first()
    if handoff is None or said is None:
        return
    version = handoff.model_version
    of = f"{version.model.name} {version.version}"
    before = handoff.comments.filter(pk__lt=said.pk).values_list("author_id", flat=True)
    to = {handoff.opened_by_id, handoff.submitted_by_id, handoff.project.owner_id, handoff.reviewer_id, *before}
    yield from _news(handoff, because(f"{who(event)} commented on the handoff of {of}", quote(plain(said.html))), to)


# -- what acceptance decided, in MLflow -----------------------------------------------------------------------------
@telling.tell("alias.applied")
def _applied(event: Event) -> Iterable[News]:
    """The team hears that it is so; the approver is who decided it, and counts as the actor."""
    facts = event.facts
    text = (
        f"The alias {facts['alias']} of {facts['name']} stands on {where(facts['version'])} in MLflow, as was decided."
    )
    yield from _of_order(event, text, set())


@telling.tell("alias.delayed")
def _delayed(event: Event) -> Iterable[News]:
    """The team, who decided it, and the centre, which knows the server."""
    facts = event.facts
    text = f"MLflow does not have {facts['alias']} of {facts['name']} on {where(facts['version'])} yet"
    order = AliasOrder.objects.filter(pk=facts["order"]).first()
    also = administrators() | ({order.asked_by_id} if order else set())
    yield from _of_order(event, because(text, facts["error"]) + " Cairn goes on trying.", also)


def _of_order(event: Event, text: str, also: set[int]) -> Iterable[News]:
    """In the thread of the handoff that the order is of, else in that of its model."""
    related = Handoff.objects.select_related("project", "model_version__model", "checklist")
    handoff = related.filter(order=event.facts["order"]).first()
    if handoff is not None:
        yield from _news(handoff, text, {handoff.submitted_by_id, handoff.project.owner_id} | also)
        return
    model = RegisteredModel.objects.select_related("source", "project").filter(pk=event.subject_id).first()
    if model is not None:
        to = also | ({model.project.owner_id} if model.project else set())
        yield News(TOPIC, text, to, pair(model), f"{model.versions_url}#aliases", f"model:{model.pk}")
