"""Who hears of projects."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from projects.catalog import services
from tests.factories import Make
from tests.hearsay import heard, lines, threads, who_heard

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(make: Make) -> Any:
    """A pilot in loyalty, a part of retail; retail has a lead, and the group has another one."""
    retail = make.unit("retail")
    loyalty = make.unit("loyalty", parent=retail)
    people = SimpleNamespace(
        owner=make.person(name="Olga Owner"),
        sponsor=make.person(name="Sam Sponsor"),
        stakeholder=make.person(name="Stella Stakeholder"),
        member=make.person(name="Mia Member"),
        lead=make.person(name="Lea Lead", roles=[("unit_lead", retail)]),
        stranger=make.person(name="Ole Other", roles=[("unit_lead", make.unit("energy"))]),
        admin=make.person(name="Adam Admin", roles=[("administrator", None)]),
    )
    project = make.project("churn", unit=loyalty, owner=people.owner, sponsor=people.sponsor, stage="exploration")
    project.stakeholders.add(people.stakeholder)
    make.member(project, people.member)
    return SimpleNamespace(project=project, unit=loyalty, **vars(people))


def test_a_status_reaches_who_answers_for_it_and_who_stands_behind_it(world: Any) -> None:
    services.give_status(
        slug="churn", actor=world.member, status="at_risk", text="The **feed** of March is late,\n\nso is the test."
    )
    text = "Mia Member says that Churn is at risk: “The feed of March is late, so is the test.”"
    told = heard("project.status_given")
    assert list(told) == ["Lea Lead", "Olga Owner", "Sam Sponsor", "Stella Stakeholder"]
    assert set(told.values()) == {text}
    assert threads("project.status_given") == {("projects", f"project:{world.project.pk}")}
    assert {line.url for line in lines("project.status_given")} == {"/projects/churn/"}


def test_good_news_reach_the_same(world: Any) -> None:
    services.give_status(slug="churn", actor=world.owner, status="on_track")
    assert heard("project.status_given") == dict.fromkeys(
        ["Lea Lead", "Sam Sponsor", "Stella Stakeholder"], "Olga Owner says that Churn is on track."
    )


def test_each_status_is_told_with_its_own_words(world: Any) -> None:
    for word in ("First", "Second"):
        services.give_status(slug="churn", actor=world.owner, status="off_track", text=word)
        assert heard("project.status_given")["Sam Sponsor"].endswith(f"is off track: “{word}”.")


def test_a_move_reaches_the_members_too(world: Any) -> None:
    services.move_stage(slug="churn", actor=world.lead, to="pilot", reason="The trial in Lyon went well")
    told = heard("project.moved")
    assert list(told) == ["Mia Member", "Olga Owner", "Sam Sponsor", "Stella Stakeholder"]
    assert told["Mia Member"] == "Lea Lead moved Churn from exploration to pilot: The trial in Lyon went well."


def test_an_override_is_called_one(world: Any) -> None:
    services.move_stage(slug="churn", actor=world.admin, to="production", reason="Decided above.", is_override=True)
    text = "Adam Admin moved Churn from exploration to production by an override: Decided above."
    assert heard("project.moved")["Sam Sponsor"] == text


def test_who_joins_and_leaves_hears_it_and_nobody_else(world: Any) -> None:
    joined = services.add_member(
        slug="churn", actor=world.owner, person=world.stranger, responsibility="data_engineering"
    )
    assert heard("project.member_added") == {"Ole Other": "Olga Owner added you to Churn for data engineering."}
    services.remove_member(slug="churn", actor=world.owner, member_id=joined.pk)
    assert heard("project.member_removed") == {"Ole Other": "Olga Owner took you off data engineering in Churn."}


def test_who_steps_down_by_oneself_hears_nothing(world: Any) -> None:
    member = world.project.members.get(person=world.member)
    services.remove_member(slug="churn", actor=world.member, member_id=member.pk)
    assert who_heard("project.member_removed") == []


def test_a_new_project_reaches_its_owner_and_the_nearest_lead(world: Any) -> None:
    services.create_project(
        actor=world.lead, name="Coupons", summary="Which coupon.", unit=world.unit, owner=world.owner,
        sponsor=world.sponsor,
    )  # fmt: skip
    assert heard("project.created") == {
        "Olga Owner": "Lea Lead added Coupons to the catalog and made you its owner.",
        "Sam Sponsor": "Lea Lead added Coupons to the catalog of Loyalty, as an idea.",
    }


def test_an_idea_of_ones_own_reaches_the_lead(world: Any, make: Make) -> None:
    maker = make.person(name="Ida Idea", roles=[("contributor", world.unit)])
    services.create_project(actor=maker, name="Coupons", summary="Which coupon.", unit=world.unit, owner=maker)
    assert heard("project.created") == {"Lea Lead": "Ida Idea added Coupons to the catalog of Loyalty, as an idea."}


def test_owner_and_sponsor_learn_that_they_are(world: Any) -> None:
    services.edit_project(slug="churn", actor=world.owner, sponsor=world.stranger, owner=world.member)
    assert heard("project.edited") == {
        "Mia Member": "Olga Owner made you the owner of Churn.",
        "Ole Other": "Olga Owner made you the sponsor of Churn.",
    }
    services.edit_project(slug="churn", actor=world.member, summary="Who leaves, and when.")
    assert who_heard("project.edited") == []


def test_what_is_closed_reaches_nobody_outside(world: Any, make: Make) -> None:
    closed = make.project("secret", unit=world.unit, owner=world.owner, sponsor=world.sponsor, visibility="members")
    services.give_status(slug=closed.slug, actor=world.owner, status="on_track")
    services.edit_project(slug=closed.slug, actor=world.owner, sponsor=None)
    assert who_heard("project.status_given") == ["Lea Lead"]
