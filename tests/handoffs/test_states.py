from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from coe.core.errors import Refused
from coe.core.http import today
from coe.core.models import Event, OutboxEntry
from projects.handoffs import record, services
from projects.handoffs.models import Answer, CheckRun, Decision, Handoff
from projects.registry.models import AliasOrder
from projects.tracking.models import ModelVersion

pytestmark = pytest.mark.django_db


def verbs(handoff: Handoff) -> list[str]:
    return [event.verb.removeprefix("handoff.") for event in Event.objects.about(handoff).order_by("id")]


class TestSubmit:
    def test_asks_for_what_only_the_team_can_answer(self, world, ways):
        handoff = ways.draft()
        with pytest.raises(Refused, match="A runbook is written; Going back was tried"):
            services.submit(handoff_id=handoff.pk, actor=world.owner)
        assert Handoff.objects.get().state == "draft"
        assert not Decision.objects.exists()

    def test_keeps_the_record_under_a_checksum(self, world, ways):
        handoff = ways.submitted()
        decision = handoff.decisions.get()
        assert (decision.kind, decision.round, decision.actor) == ("submitted", 1, world.member)
        assert decision.sha256 == record.checksum(decision.record)
        items = [item for group in decision.record["groups"] for item in group["items"]]
        assert [item["state"] for item in items] == ["done", "done", "open", "passed", "open"]
        assert items[0]["evidence"][0]["url"] == "https://wiki.example.com/runbook"

    @pytest.mark.parametrize("who", ["operator", "viewer", "stranger"])
    def test_is_the_teams(self, world, ways, who):
        handoff = ways.answered()
        with pytest.raises(PermissionDenied):
            services.submit(handoff_id=handoff.pk, actor=getattr(world, who))

    def test_not_twice(self, world, ways):
        handoff = ways.submitted()
        with pytest.raises(Refused, match="submitted already"):
            services.submit(handoff_id=handoff.pk, actor=world.owner)

    def test_freezes_the_items(self, world, ways):
        handoff = ways.submitted()
        with pytest.raises(Refused, match="cannot be changed now"):
            services.answer_item(handoff_id=handoff.pk, actor=world.owner, item_key="runbook", state="open")

    def test_not_what_changed_meanwhile(self, world, ways):
        handoff = ways.answered()
        services.edit_handoff(handoff_id=handoff.pk, actor=world.owner, summary="Another word")
        with pytest.raises(Refused, match="changed"):
            services.submit(handoff_id=handoff.pk, actor=world.owner, version=handoff.version)


class TestWhoDecides:
    @pytest.mark.parametrize("who", ["owner", "member", "other", "viewer", "lead", "admin", "stranger"])
    @pytest.mark.parametrize("verb", [services.start_review, services.accept, services.return_handoff])
    def test_nobody_but_the_receiving_team(self, world, ways, who, verb):
        handoff = ways.submitted() if verb is services.start_review else ways.ready()
        with pytest.raises(PermissionDenied):
            verb(handoff_id=handoff.pk, actor=getattr(world, who))
        assert Handoff.objects.get().state == handoff.state

    @pytest.mark.parametrize("hand", ["submitted", "submitted_before", "opened", "owns", "builds"])
    def test_nobody_who_had_a_hand_in_it(self, world, ways, make, hand):
        """An approver who is of the team, in each way in which one can be, decides nothing."""
        approver = world.second
        if hand == "owns":
            world.project.owner = approver
            world.project.save()
            world.owner = approver
        elif hand != "none":
            make.member(world.project, approver, "data_science" if hand == "builds" else "ml_operations")
        if hand == "opened":
            world.owner = approver
        handoff = ways.answered()
        by = approver if hand in ("submitted", "submitted_before") else world.member
        services.submit(handoff_id=handoff.pk, actor=by)
        services.start_review(handoff_id=handoff.pk, actor=world.operator)
        if hand == "submitted_before":
            services.return_handoff(handoff_id=handoff.pk, actor=world.operator, reason="More, please")
            services.submit(handoff_id=handoff.pk, actor=world.member)
            services.start_review(handoff_id=handoff.pk, actor=world.operator)
        services.sign_off(handoff_id=handoff.pk, actor=world.operator, item_key="receive")
        with pytest.raises(PermissionDenied):
            services.accept(handoff_id=handoff.pk, actor=approver)
        with pytest.raises(PermissionDenied):
            services.return_handoff(handoff_id=handoff.pk, actor=approver, reason="No")
        assert not Handoff.objects.to_accept(approver).exists()

    def test_a_member_who_runs_it_may(self, world, ways, make):
        make.member(world.project, world.second, "ml_operations")
        handoff = ways.ready()
        services.accept(handoff_id=handoff.pk, actor=world.second)
        assert Handoff.objects.get().decided_by == world.second

    def test_of_another_receiving_unit_that_ones_approvers(self, world, ways):
        handoff = ways.submitted()
        services.reassign(handoff_id=handoff.pk, actor=world.owner, receiving_unit=world.energy)
        with pytest.raises(PermissionDenied):
            services.start_review(handoff_id=handoff.pk, actor=world.operator)
        assert services.start_review(handoff_id=handoff.pk, actor=world.other).reviewer == world.other


class TestAccept:
    def test_orders_the_alias_and_keeps_the_record(self, world, ways):
        handoff = ways.ready()
        services.accept(handoff_id=handoff.pk, actor=world.operator, reason="Good work")
        handoff.refresh_from_db()
        order = AliasOrder.objects.get()
        assert (handoff.state, handoff.order, handoff.decided_by) == ("accepted", order, world.operator)
        assert (order.managed.alias, order.version, order.state, order.asked_by) == (
            *("production", 2, "waiting"),
            world.operator,
        )
        assert OutboxEntry.objects.filter(kind="registry.set_alias").count() == 1
        decision = handoff.decisions.get(kind="accepted")
        assert decision.record["decided"]["actor"] == "Oto Operator"
        assert decision.record["decisions"][0]["sha256"] == handoff.decisions.get(kind="submitted").sha256
        assert verbs(handoff)[-1] == "accepted"

    def test_asks_for_every_required_item(self, world, ways):
        handoff = ways.in_review()
        with pytest.raises(Refused, match="Operations can run it"):
            services.accept(handoff_id=handoff.pk, actor=world.operator)
        assert not AliasOrder.objects.exists()

    def test_runs_the_checks_once_more(self, world, ways):
        handoff = ways.ready()
        world.model.description = ""
        world.model.save()
        runs = CheckRun.objects.count()
        with pytest.raises(Refused, match="It has a description"):
            services.accept(handoff_id=handoff.pk, actor=world.operator)
        assert CheckRun.objects.count() == runs
        assert Handoff.objects.get().state == "in_review"

    def test_needs_the_review_begun(self, world, ways):
        handoff = ways.submitted()
        with pytest.raises(Refused, match="Begin the review first"):
            services.accept(handoff_id=handoff.pk, actor=world.operator)

    def test_a_newer_version_must_have_been_seen(self, world, ways):
        handoff = ways.ready()
        ModelVersion.objects.create(model=world.model, version=3, created_at=timezone.now())
        with pytest.raises(Refused, match="Version 3 of churn has arrived"):
            services.accept(handoff_id=handoff.pk, actor=world.operator)
        with pytest.raises(Refused):
            services.accept(handoff_id=handoff.pk, actor=world.operator, newest_seen=2)
        decision = services.accept(handoff_id=handoff.pk, actor=world.operator, newest_seen=3)
        assert decision.newest_version == 3
        assert AliasOrder.objects.get().version == 2

    def test_a_version_that_is_gone_is_not_accepted(self, world, ways):
        handoff = ways.ready()
        ModelVersion.objects.filter(pk=world.version.pk).update(missing_since=timezone.now())
        with pytest.raises(Refused, match="no longer has"):
            services.accept(handoff_id=handoff.pk, actor=world.operator)

    def test_nothing_comes_after_it(self, world, ways):
        handoff = ways.accepted()
        for verb, more in (
            (services.accept, {}),
            (services.return_handoff, {"reason": "No"}),
            (services.start_review, {}),
        ):
            with pytest.raises(Refused):
                verb(handoff_id=handoff.pk, actor=world.operator, **more)
        with pytest.raises(Refused):
            services.withdraw(handoff_id=handoff.pk, actor=world.owner, reason="No")
        with pytest.raises(Refused):
            services.run_checks(handoff_id=handoff.pk, actor=world.owner)

    def test_a_retirement_takes_the_alias_away(self, world, ways, make):
        world.checklist = make.checklist("goodbye", items=[], effect="remove", kind="retirement")
        handoff = ways.draft()
        services.submit(handoff_id=handoff.pk, actor=world.member)
        services.start_review(handoff_id=handoff.pk, actor=world.operator)
        services.accept(handoff_id=handoff.pk, actor=world.operator)
        assert AliasOrder.objects.get().version is None

    def test_without_effect_nothing_is_ordered(self, world, ways, make):
        world.checklist = make.checklist("look", items=[], effect="none", alias="")
        handoff = ways.draft()
        services.submit(handoff_id=handoff.pk, actor=world.member)
        services.start_review(handoff_id=handoff.pk, actor=world.operator)
        services.accept(handoff_id=handoff.pk, actor=world.operator)
        assert not AliasOrder.objects.exists()
        assert Handoff.objects.get().order is None


class TestReturn:
    def test_says_what_is_wanting_item_by_item(self, world, ways):
        handoff = ways.ready()
        services.return_handoff(
            handoff_id=handoff.pk, actor=world.operator, reasons={"runbook": "Nobody is on call", "rollback": ""}
        )
        handoff.refresh_from_db()
        assert handoff.state == "returned"
        assert dict(handoff.answers.values_list("item__key", "returned_because"))["runbook"] == "Nobody is on call"
        # What was signed will change.
        assert handoff.answers.get(item__key="receive").state == "open"
        assert handoff.decisions.get(kind="returned").reasons == {"runbook": "Nobody is on call"}

    def test_needs_a_reason(self, world, ways):
        handoff = ways.ready()
        with pytest.raises(ValidationError) as refused:
            services.return_handoff(handoff_id=handoff.pk, actor=world.operator, reasons={"runbook": "  "})
        assert list(refused.value.message_dict) == ["reason"]

    def test_of_items_that_are_there(self, world, ways):
        handoff = ways.ready()
        with pytest.raises(ValidationError):
            services.return_handoff(handoff_id=handoff.pk, actor=world.operator, reasons={"nothing": "?"})

    def test_what_was_returned_must_be_answered_anew(self, world, ways):
        handoff = ways.ready()
        services.return_handoff(handoff_id=handoff.pk, actor=world.operator, reasons={"runbook": "Nobody is on call"})
        with pytest.raises(Refused, match="A runbook is written"):
            services.submit(handoff_id=handoff.pk, actor=world.member)
        services.add_evidence(
            handoff_id=handoff.pk, actor=world.member, item_key="runbook", kind="text", text_="The rota is here."
        )
        services.submit(handoff_id=handoff.pk, actor=world.member)
        handoff.refresh_from_db()
        assert (handoff.state, handoff.round) == ("submitted", 2)
        assert list(handoff.decisions.values_list("kind", "round")) == [
            ("submitted", 1),
            ("returned", 1),
            ("submitted", 2),
        ]


class TestWithdraw:
    def test_with_a_reason_that_stays(self, world, ways):
        handoff = ways.in_review()
        with pytest.raises(ValidationError):
            services.withdraw(handoff_id=handoff.pk, actor=world.owner, reason=" ")
        services.withdraw(handoff_id=handoff.pk, actor=world.owner, reason="The data was wrong")
        assert Handoff.objects.get().state == "withdrawn"
        assert Decision.objects.get(kind="withdrawn").reason == "The data was wrong"

    def test_is_not_the_reviewers(self, world, ways):
        handoff = ways.in_review()
        with pytest.raises(PermissionDenied):
            services.withdraw(handoff_id=handoff.pk, actor=world.operator, reason="No")


class TestReassign:
    def test_to_somebody_who_may_decide(self, world, ways):
        handoff = ways.in_review()
        due = today() + timedelta(days=7)
        services.reassign(handoff_id=handoff.pk, actor=world.operator, reviewer=world.second, due_on=due)
        handoff.refresh_from_db()
        assert (handoff.reviewer, handoff.due_on) == (world.second, due)
        for person in (world.owner, world.member, world.other):
            with pytest.raises(ValidationError):
                services.reassign(handoff_id=handoff.pk, actor=world.operator, reviewer=person)

    def test_a_review_that_has_begun_needs_somebody(self, world, ways):
        handoff = ways.in_review()
        with pytest.raises(ValidationError):
            services.reassign(handoff_id=handoff.pk, actor=world.operator)

    def test_several_at_once_all_or_none(self, world, ways):
        one, two = ways.submitted(world.older), ways.submitted()
        assert services.reassign_many(handoff_ids=[one.pk, two.pk], actor=world.operator, reviewer=world.second) == 2
        services.withdraw(handoff_id=two.pk, actor=world.owner, reason="No")
        with pytest.raises(Refused):
            services.reassign_many(handoff_ids=[one.pk, two.pk], actor=world.operator, reviewer=world.operator)
        one.refresh_from_db()
        assert one.reviewer == world.second

    def test_strangers_do_not(self, world, ways):
        handoff = ways.submitted()
        with pytest.raises(PermissionDenied):
            services.reassign(handoff_id=handoff.pk, actor=world.viewer, reviewer=world.operator)


def test_a_stranger_knows_of_nothing(world, ways):
    world.project.visibility = "members"
    world.project.save()
    handoff = ways.submitted()
    for verb, more in (
        (services.submit, {}),
        (services.accept, {}),
        (services.withdraw, {"reason": "No"}),
        (services.comment, {"body": "Hello"}),
        (services.run_checks, {}),
        (services.issue_results_token, {}),
    ):
        with pytest.raises(Handoff.DoesNotExist):
            verb(handoff_id=handoff.pk, actor=world.stranger, **more)


def test_an_approver_knows_of_what_is_to_be_received(world, ways):
    world.project.visibility = "members"
    world.project.save()
    handoff = ways.submitted()
    assert list(Handoff.objects.visible_to(world.operator)) == [handoff]
    assert list(Handoff.objects.to_review(world.operator)) == [handoff]
    assert not Handoff.objects.visible_to(world.other).exists()


def test_what_was_decided_is_kept_for_good(world, ways):
    handoff = ways.accepted()
    for statement in (
        "UPDATE handoffs_decision SET reason = 'other'",
        "DELETE FROM handoffs_decision",
        "UPDATE handoffs_checkrun SET outcome = 'failed'",
    ):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert handoff.decisions.count() == 2


def test_answers_tell_their_state(world, ways):
    handoff = ways.answered()
    services.answer_item(
        handoff_id=handoff.pk, actor=world.owner, item_key="runbook", state="not_applicable", note="It runs by hand"
    )
    assert handoff.answers.get(item__key="runbook").state == Answer.State.NOT_APPLICABLE
