"""Who hears of handoffs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from coe.accounts.models import Person
from coe.core import access
from coe.core.http import today
from coe.core.models import Event
from projects.handoffs import services
from projects.handoffs.models import Handoff
from projects.handoffs.telling import deciders
from projects.registry import services as registry
from tests.factories import Make
from tests.handoffs.conftest import Ways
from tests.hearsay import heard, lines, threads, who_heard

pytestmark = pytest.mark.django_db
APPROVERS = ["Eva Everywhere", "Oto Operator", "Sara Second"]


def test_whoever_may_decide_hears_that_it_waits(world: Any, ways: Ways) -> None:
    handoff = ways.submitted()
    text = "Mia Member submitted the handoff of churn 2. It waits for your decision."
    assert heard("handoff.submitted") == dict.fromkeys(APPROVERS, text)
    assert threads("handoff.submitted") == {("handoffs", f"handoff:{handoff.pk}")}
    assert {line.url for line in lines("handoff.submitted")} == {f"/handoffs/{handoff.pk}/"}


def test_deciders_are_those_whom_the_rule_lets_decide(world: Any, ways: Ways, make: Make) -> None:
    world.owner.grants.create(role="approver", unit=None)
    world.member.grants.create(role="approver", unit=world.retail)
    world.second.is_active = False
    world.second.save()
    runner = make.person(roles=[("approver", world.retail)])
    make.member(world.project, runner, "ml_operations")
    handoff = ways.submitted()
    allowed = {one.pk for one in Person.objects.all() if access.may(one, "handoff.decide", handoff)}
    assert deciders(handoff) == allowed == {world.operator.pk, world.everywhere.pk, runner.pk}


def test_a_reviewer_who_was_named_hears_it_alone(world: Any, ways: Ways) -> None:
    handoff = ways.draft()
    due = today() + timedelta(days=3)
    services.reassign(handoff_id=handoff.pk, actor=world.owner, reviewer=world.second, due_on=due)
    said = f"Olga Owner gave you the handoff of churn 2 to review, for an answer by {due:%-d %b %Y}."
    assert heard("handoff.reassigned") == {"Sara Second": said}
    for key in ("runbook", "rollback"):
        services.add_evidence(
            handoff_id=handoff.pk, actor=world.member, item_key=key, kind="link", url="https://wiki.example.com/x"
        )
    services.submit(handoff_id=handoff.pk, actor=world.member)
    assert heard("handoff.submitted") == {
        "Sara Second": f"Mia Member submitted the handoff of churn 2. It waits for your decision by {due:%-d %b %Y}."
    }


def test_another_unit_that_receives_it_hears_of_it(world: Any, ways: Ways) -> None:
    handoff = ways.submitted()
    services.reassign(handoff_id=handoff.pk, actor=world.owner, receiving_unit=world.energy)
    assert who_heard("handoff.reassigned") == ["Eva Everywhere", "Ole Other"]


def test_a_date_for_nobody_in_particular_is_no_news_of_a_draft(world: Any, ways: Ways) -> None:
    handoff = ways.draft()
    services.reassign(handoff_id=handoff.pk, actor=world.owner, due_on=today())
    assert who_heard("handoff.reassigned") == []


def test_where_nobody_may_decide_the_centre_hears_it(world: Any, ways: Ways) -> None:
    for approver in (world.operator, world.second, world.everywhere):
        approver.grants.all().delete()
    ways.submitted()
    text = "Mia Member submitted the handoff of churn 2. Nobody may decide it: Retail needs another approver."
    assert heard("handoff.submitted") == {"Adam Admin": text}


def test_the_team_hears_of_the_review_and_of_what_is_wanting(world: Any, ways: Ways, make: Make) -> None:
    make.member(world.project, make.person(name="Rune Runs"), "ml_operations")
    make.member(world.project, make.person(name="Bo Business"), "business")
    handoff = ways.in_review()
    assert heard("handoff.review_started") == dict.fromkeys(
        ["Mia Member", "Olga Owner"], "Oto Operator began the review of the handoff of churn 2."
    )
    services.return_handoff(handoff_id=handoff.pk, actor=world.operator, reason="The runbook names nobody")
    team = ["Mia Member", "Olga Owner", "Rune Runs"]
    text = "Oto Operator returned the handoff of churn 2: The runbook names nobody."
    assert heard("handoff.returned") == dict.fromkeys(team, text)
    services.submit(handoff_id=handoff.pk, actor=world.member)
    # The reviewer has it: the others need not look.
    assert heard("handoff.submitted") == {
        "Oto Operator": "Mia Member submitted the handoff of churn 2 again. It waits for your decision."
    }


def test_the_team_hears_that_it_is_accepted(world: Any, ways: Ways) -> None:
    ways.accepted()
    assert heard("handoff.accepted") == dict.fromkeys(
        ["Mia Member", "Olga Owner"], "Oto Operator accepted the handoff of churn 2."
    )


def test_those_for_whom_it_waited_hear_that_it_is_withdrawn(world: Any, ways: Ways) -> None:
    handoff = ways.submitted()
    services.withdraw(handoff_id=handoff.pk, actor=world.owner, reason="A newer version comes")
    told = heard("handoff.withdrawn")
    assert list(told) == [*APPROVERS[:1], "Mia Member", *APPROVERS[1:]]
    assert set(told.values()) == {"Olga Owner withdrew the handoff of churn 2: A newer version comes."}


def test_a_draft_that_is_withdrawn_was_waited_for_by_nobody(world: Any, ways: Ways) -> None:
    services.withdraw(handoff_id=ways.draft().pk, actor=world.owner, reason="Not yet")
    assert who_heard("handoff.withdrawn") == ["Mia Member"]


def test_a_comment_reaches_those_who_have_it_in_hand(world: Any, ways: Ways) -> None:
    handoff = ways.in_review()
    services.comment(handoff_id=handoff.pk, actor=world.second, body="Where is the *rollback*?")
    text = "Sara Second commented on the handoff of churn 2: “Where is the rollback?”"
    assert heard("handoff.commented") == dict.fromkeys(["Mia Member", "Olga Owner", "Oto Operator"], text)
    services.comment(handoff_id=handoff.pk, actor=world.owner, body="In the wiki.")
    assert who_heard("handoff.commented") == ["Mia Member", "Oto Operator", "Sara Second"]


def test_one_that_cairn_opened_reaches_the_owner(world: Any, ways: Ways) -> None:
    ways.draft()
    assert who_heard("handoff.opened") == []
    handoff = Handoff.objects.get()
    facts = {"name": "churn", "version": 2, "because": "because it is new"}
    Event.objects.create(
        actor=None, verb="handoff.opened", subject_type_id=lines_type(handoff), subject_id=handoff.pk, facts=facts
    )
    assert heard("handoff.opened") == {"Olga Owner": "Cairn opened the handoff of churn 2, because it is new."}


def lines_type(handoff: Handoff) -> int:
    return handoff.as_subject().type_id


def test_the_alias_that_acceptance_moved(world: Any, ways: Ways) -> None:
    handoff = ways.accepted()
    assert handoff.order is not None
    facts = {"alias": "production", "name": "churn", "version": 2, "order": handoff.order.pk}
    happen(world, "alias.applied", world.operator, facts)
    text = "The alias production of churn stands on version 2 in MLflow, as was decided."
    assert heard("alias.applied") == dict.fromkeys(["Mia Member", "Olga Owner"], text)
    assert threads("alias.applied") == {("handoffs", f"handoff:{handoff.pk}")}
    happen(world, "alias.delayed", None, {**facts, "error": "Tracker does not answer."})
    late = "MLflow does not have production of churn on version 2 yet: Tracker does not answer. Cairn goes on trying."
    told = heard("alias.delayed")
    assert list(told) == ["Adam Admin", "Mia Member", "Olga Owner", "Oto Operator"]
    assert set(told.values()) == {late}


def test_an_alias_that_was_put_back_is_the_models_matter(world: Any) -> None:
    order = registry.order_alias(
        model=world.model, alias="production", version=None, actor=world.operator, reason="Put back"
    )
    happen(world, "alias.applied", world.operator, {**facts_of(order), "version": None})
    assert heard("alias.applied") == {
        "Olga Owner": "The alias production of churn stands on no version in MLflow, as was decided."
    }
    assert threads("alias.applied") == {("handoffs", f"model:{world.model.pk}")}


def facts_of(order: Any) -> dict[str, Any]:
    return {"alias": order.managed.alias, "name": "churn", "version": order.version, "order": order.pk}


def happen(world: Any, verb: str, actor: Person | None, facts: dict[str, Any]) -> None:
    subject = world.model.as_subject()
    Event.objects.create(actor=actor, verb=verb, subject_type_id=subject.type_id, subject_id=subject.id, facts=facts)
