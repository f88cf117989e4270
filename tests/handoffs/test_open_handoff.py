from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils import timezone

from coe.core.errors import Refused
from coe.core.models import Event
from projects.checklists.models import Edition, Item
from projects.handoffs import services
from projects.handoffs.models import Answer, CheckRun, Handoff
from projects.tracking.models import RegisteredModel
from tests import races

pytestmark = pytest.mark.django_db


def test_a_draft_has_an_answer_for_each_item_and_its_checks_have_run(world, ways):
    handoff = ways.draft(summary="It reads **one** more table.")
    assert handoff.state == "draft"
    assert handoff.receiving_unit == world.retail
    assert "<strong>one</strong>" in handoff.summary_html
    assert list(handoff.answers.values_list("item__key", "state")) == [
        (key, "open") for key in ("runbook", "rollback", "notes", "described", "receive")
    ]
    assert CheckRun.objects.get(handoff=handoff).outcome == "passed"
    assert [event.verb for event in Event.objects.about(handoff).order_by("id")] == [
        "handoff.opened",
        "handoff.checked",
    ]


def test_only_the_team_opens(world, ways):
    for person in (world.operator, world.viewer, world.stranger):
        with pytest.raises(PermissionDenied):
            services.open_handoff(actor=person, model_version=world.version, checklist=world.checklist)
    assert not Handoff.objects.exists()


def test_a_model_that_one_may_not_know_of_is_not_there(world):
    world.project.visibility = "members"
    world.project.save()
    with pytest.raises(RegisteredModel.DoesNotExist):
        services.open_handoff(actor=world.stranger, model_version=world.version, checklist=world.checklist)


def test_one_open_handoff_for_a_version_and_checklist(world, ways):
    first = ways.draft()
    with pytest.raises(Refused, match=f"handoff {first.pk}"):
        ways.draft()
    services.withdraw(handoff_id=first.pk, actor=world.owner, reason="Wrong checklist")
    assert ways.draft().pk != first.pk


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"summary": "x" * 4001}, "summary"),
        ({"due_on": timezone.now().date().replace(year=2020)}, "due_on"),
    ],
)
def test_bad_input_names_the_field(world, ways, change, field):
    with pytest.raises(ValidationError) as refused:
        ways.draft(**change)
    assert list(refused.value.message_dict) == [field]
    assert not Handoff.objects.exists()


def test_a_reviewer_must_be_able_to_decide(world, ways):
    for person in (world.owner, world.other, world.viewer):
        with pytest.raises(ValidationError) as refused:
            ways.draft(reviewer=person)
        assert list(refused.value.message_dict) == ["reviewer"]
    assert ways.draft(reviewer=world.operator).reviewer == world.operator


def test_a_model_of_no_project_has_no_team(world, ways):
    world.model.project = None
    world.model.save()
    # Whoever may triage knows of models that belong to nothing.
    with pytest.raises(ValidationError) as refused:
        services.open_handoff(actor=world.lead, model_version=world.version, checklist=world.checklist)
    assert list(refused.value.message_dict) == ["model_version"]


def test_a_version_that_is_gone_is_not_handed_over(world, ways):
    world.version.missing_since = timezone.now()
    world.version.save()
    with pytest.raises(ValidationError):
        ways.draft()


def test_what_was_opened_is_there_whole_or_not_at_all(world, ways, monkeypatch):
    def broken(*args: object, **rest: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("projects.handoffs.opening.run_checks", broken)
    with pytest.raises(RuntimeError):
        ways.draft()
    assert not Handoff.objects.exists()
    assert not Answer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_open_at_once_open_one(world, ways):
    results = races.together(ways.draft, ways.draft)
    assert races.failures(results, Refused) == 1
    assert Handoff.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_constraint_two_would_be_open(world, ways):
    """The negative control of the race above: what keeps the second one out is the database's constraint."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX handoff_one_open")
    try:
        results = races.together(ways.draft, ways.draft)
        assert races.failures(results, Exception) == 0
        assert Handoff.objects.count() == 2
    finally:
        Handoff.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX handoff_one_open ON handoffs_handoff (model_version_id, checklist_id)"
                " WHERE state IN ('draft', 'submitted', 'in_review', 'returned')"
            )


def test_the_database_lets_nobody_approve_what_they_submitted(world, ways):
    handoff = ways.ready()
    handoff.state, handoff.decided_by, handoff.decided_at = "accepted", handoff.submitted_by, timezone.now()
    with pytest.raises(IntegrityError, match="handoff_two_pairs_of_eyes"):
        handoff.save()


def test_a_new_edition_changes_no_handoff_of_the_one_before(world, ways, sign_in):
    handoff = ways.accepted()
    edition = Edition.objects.create(checklist=world.checklist, number=2, alias="production")
    Item.objects.create(edition=edition, key="other", position=1, group="New", title="Something else")
    Edition.objects.filter(pk=edition.pk).update(state="published", published_at=handoff.decided_at)
    page = sign_in(world.owner).get(handoff.get_absolute_url()).content.decode()
    assert "A runbook is written" in page
    assert "Something else" not in page
    assert (
        services.open_handoff(actor=world.owner, model_version=world.older, checklist=world.checklist)
        .answers.get()
        .item.key
        == "other"
    )
