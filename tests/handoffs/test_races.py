"""Two people, or a person and MLflow, at once. Each race is shown to be one by the same test with the lock off."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import connection
from django.utils import timezone

from coe.core.errors import Refused
from coe.core.models import Event
from projects.handoffs import services, states
from projects.handoffs.models import Decision, Handoff
from projects.registry.models import AliasOrder
from projects.tracking.models import ModelVersion, RegisteredModel
from tests.races import failures, meeting, together

pytestmark = pytest.mark.django_db(transaction=True)


def unlocked(handoff_id, actor):
    related = ("project__unit", "model_version__model", "checklist", "edition", "receiving_unit")
    return Handoff.objects.visible_to(actor).select_related(*related).get(pk=handoff_id)


def unheld(model_id):
    return RegisteredModel.objects.get(pk=model_id)


@contextmanager
def without_constraints():
    """The database's own second line of defence taken away, so that only the lock is left to be tried."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE handoffs_decision DROP CONSTRAINT decision_once")
        cursor.execute("DROP INDEX decision_one_verdict")
        cursor.execute("ALTER TABLE handoffs_decision DISABLE TRIGGER handoffs_decision_for_good")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM handoffs_decision")
            cursor.execute("ALTER TABLE handoffs_decision ENABLE TRIGGER handoffs_decision_for_good")
            cursor.execute(
                "CREATE UNIQUE INDEX decision_one_verdict ON handoffs_decision (handoff_id, round)"
                " WHERE kind IN ('returned', 'accepted')"
            )
            cursor.execute(
                "ALTER TABLE handoffs_decision ADD CONSTRAINT decision_once UNIQUE (handoff_id, round, kind)"
            )


def both(monkeypatch, locked, *verbs):
    """Run the verbs at once, all past their reading of the handoff before any writes, if they can."""
    meet = meeting()
    read = states.locked if locked else unlocked

    def read_and_meet(handoff_id, actor):
        handoff = read(handoff_id, actor)
        meet()
        return handoff

    monkeypatch.setattr(states, "locked", read_and_meet)
    if not locked:
        monkeypatch.setattr(states, "held", unheld)
    return together(*verbs)


def accept(handoff, person):
    return lambda: services.accept(handoff_id=handoff.pk, actor=person)


def send_back(handoff, person):
    return lambda: services.return_handoff(handoff_id=handoff.pk, actor=person, reason="Not yet")


class TestTwoApprovers:
    def test_one_accepts_and_the_other_is_told(self, world, ways, monkeypatch):
        handoff = ways.ready()
        results = both(monkeypatch, True, accept(handoff, world.operator), accept(handoff, world.second))
        assert failures(results, Refused) == 1
        assert Decision.objects.filter(kind="accepted").count() == 1
        assert AliasOrder.objects.count() == 1
        assert Event.objects.filter(verb="handoff.accepted").count() == 1

    def test_without_the_lock_both_would(self, world, ways, monkeypatch):
        handoff = ways.ready()
        with without_constraints():
            results = both(monkeypatch, False, accept(handoff, world.operator), accept(handoff, world.second))
            assert failures(results, Exception) == 0
            assert Decision.objects.filter(kind="accepted").count() == 2


class TestApproveAgainstReturn:
    def test_one_verdict(self, world, ways, monkeypatch):
        handoff = ways.ready()
        results = both(monkeypatch, True, accept(handoff, world.operator), send_back(handoff, world.second))
        assert failures(results, Refused) == 1
        verdict = Decision.objects.get(kind__in=["accepted", "returned"])
        assert Handoff.objects.get().state == verdict.kind
        assert AliasOrder.objects.count() == (verdict.kind == "accepted")

    def test_without_the_lock_there_would_be_two(self, world, ways, monkeypatch):
        handoff = ways.ready()
        with without_constraints():
            results = both(monkeypatch, False, accept(handoff, world.operator), send_back(handoff, world.second))
            assert failures(results, Exception) == 0
            assert Decision.objects.filter(kind__in=["accepted", "returned"]).count() == 2


def test_two_who_begin_the_review_one_gets_it(world, ways, monkeypatch):
    handoff = ways.submitted()
    verbs = [
        lambda who=who: services.start_review(handoff_id=handoff.pk, actor=who)
        for who in (world.operator, world.second)
    ]
    results = both(monkeypatch, True, *verbs)
    assert failures(results, Refused) == 1
    assert Event.objects.filter(verb="handoff.review_started").count() == 1


def test_without_the_lock_both_would_begin(world, ways, monkeypatch):
    handoff = ways.submitted()
    verbs = [
        lambda who=who: services.start_review(handoff_id=handoff.pk, actor=who)
        for who in (world.operator, world.second)
    ]
    assert failures(both(monkeypatch, False, *verbs), Refused) == 0


class TestApproveAgainstANewVersion:
    """A version arrives after the approver's look for newer ones and before the acceptance is written."""

    def run(self, world, ways, monkeypatch):
        """What the acceptance gave, and the newest version that was there when it was written."""
        handoff = ways.ready()
        looked, arrived = meeting(), meeting()
        look = states.newest_version
        there = []

        def look_and_wait(handoff):
            found = look(handoff)
            looked()
            # The version is there now, or waits for this acceptance: then the meeting ends by itself.
            arrived()
            there.append(look(handoff))
            return found

        def arrive():
            looked()
            ModelVersion.objects.create(model=world.model, version=3, created_at=timezone.now())
            arrived()

        monkeypatch.setattr(states, "newest_version", look_and_wait)
        result, _ = together(accept(handoff, world.operator), arrive)
        return result, there[0]

    def test_it_comes_wholly_afterwards(self, world, ways, monkeypatch):
        result, newest = self.run(world, ways, monkeypatch)
        assert isinstance(result, Decision)
        assert (newest, result.newest_version) == (2, 2)
        assert ModelVersion.objects.filter(version=3).exists()

    def test_without_the_lock_it_would_be_there_unseen(self, world, ways, monkeypatch):
        monkeypatch.setattr(states, "held", unheld)
        result, newest = self.run(world, ways, monkeypatch)
        assert isinstance(result, Decision)
        assert (newest, result.newest_version) == (3, 2)


@pytest.mark.parametrize("times", [2, 3])
def test_sweeps_at_once_open_one_draft(world, times):
    from projects.handoffs.opening import open_drafts
    from projects.registry.models import Hook

    Hook.objects.create(source=world.source, opens_on="version", opens_since=world.run.started_at)
    world.checklist.is_default = True
    type(world.checklist).objects.update(is_default=False)
    world.checklist.save()
    results = together(*[lambda: open_drafts(world.source.pk)] * times)
    assert failures(results, Exception) == 0
    assert sum(result for result in results if isinstance(result, int)) == 2
    assert Handoff.objects.count() == 2
    assert Event.objects.filter(verb="handoff.opened").count() == 2
