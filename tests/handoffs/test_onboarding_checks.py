from __future__ import annotations

import pytest
from django.utils import timezone

from coe.core import events
from projects.handoffs import services
from projects.registry.models import AliasOrder
from tests.paths.newcomers import found_of, newcomer, queries, see, subject, touched_by_last_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(world):
    return newcomer(world.owner, about=world.project)


def apply(handoff) -> None:
    """As the worker does when MLflow said that the alias stands there."""
    now = timezone.now()
    AliasOrder.objects.filter(pk=handoff.order_id).update(state="applied", applied_at=now)
    events.record(
        actor=None,
        verb="alias.applied",
        subject=handoff.model_version.model,
        facts={"alias": "production", "name": "churn"},
    )


def test_nothing_yet(who):
    assert see("first_handoff", who).why == "No handoff of the project was accepted yet."
    assert see("first_handoff", who, state="submitted").why == "No handoff of the project was submitted yet."
    assert see("in_production", who).why == "No model of the project stands in production by an accepted handoff yet."


def test_a_draft_is_not_submitted_and_a_submitted_one_is_not_accepted(ways, who):
    ways.draft()
    assert not see("first_handoff", who, state="submitted").is_so
    ways.world.version, ways.world.older = ways.world.older, ways.world.version
    handoff = ways.submitted()
    found = see("first_handoff", who, state="submitted")
    assert (found.is_so, found.at) == (True, handoff.submitted_at)
    assert found.evidence == ((str(handoff), handoff.get_absolute_url()),)
    assert not see("first_handoff", who).is_so


def test_one_that_was_returned_was_submitted(ways, who):
    handoff = ways.in_review()
    services.return_handoff(
        handoff_id=handoff.pk, actor=ways.world.operator, reason="Not yet.", reasons={"runbook": "Too short."}
    )
    assert see("first_handoff", who, state="submitted").is_so


def test_an_accepted_one_is_seen_and_lasts(ways, who):
    handoff = ways.accepted()
    found = see("first_handoff", who)
    assert (found.is_so, found.at) == (True, handoff.decided_at)
    touched = touched_by_last_event("first_handoff", "handoff.accepted")
    assert touched.subjects == {subject(ways.world.project)}
    assert touched.people == {ways.world.owner.pk, ways.world.member.pk}
    assert not see("in_production", who).is_so


def test_of_one_kind_of_checklist_alone(ways, who):
    ways.accepted()
    assert see("first_handoff", who, kind="production").is_so
    assert not see("first_handoff", who, kind="pilot").is_so


def test_a_retirement_is_no_first_handoff(ways, who):
    ways.world.checklist.kind = "retirement"
    ways.world.checklist.save()
    ways.accepted()
    assert not see("first_handoff", who).is_so
    assert see("first_handoff", who, kind="retirement").is_so


def test_in_production_once_the_alias_was_set(ways, who):
    handoff = ways.accepted()
    apply(handoff)
    handoff.order.refresh_from_db()
    found = see("in_production", who)
    assert (found.is_so, found.at) == (True, handoff.order.applied_at)
    assert found.evidence[0] == ("churn, version 2, in production", ways.world.model.get_absolute_url())
    touched = touched_by_last_event("in_production", "alias.applied")
    assert touched.subjects == {subject(ways.world.project)}


def test_a_pilot_is_not_production(ways, who):
    ways.world.checklist.kind = "pilot"
    ways.world.checklist.save()
    apply(ways.accepted())
    assert not see("in_production", who).is_so


@pytest.mark.parametrize("key", ["first_handoff", "in_production"])
def test_a_thousand_newcomers_take_as_many_queries_as_two(make, ways, who, key):
    apply(ways.accepted())
    others = [who, newcomer(make.person(), about=make.project()), newcomer(ways.world.member), newcomer(make.person())]
    assert queries(key, others * 250) == queries(key, others[-2:]) == 2
    assert [one.is_so for one in found_of(key, others)] == [True, False, True, False]
