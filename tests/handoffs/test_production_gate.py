from __future__ import annotations

import pytest

from coe.core.errors import Refused
from projects.catalog import services as catalog
from projects.checklists.models import Checklist
from projects.handoffs import services

pytestmark = pytest.mark.django_db


def move(world, actor, **more):
    return catalog.move_stage(slug="churn", actor=actor, to="production", reason="It pays", **more)


def test_a_move_into_production_needs_an_accepted_handoff(world, ways):
    with pytest.raises(Refused, match="needs an accepted handoff"):
        move(world, world.owner)
    handoff = ways.ready()
    with pytest.raises(Refused):
        move(world, world.owner)
    services.accept(handoff_id=handoff.pk, actor=world.operator)
    assert move(world, world.owner).is_override is False


def test_of_a_checklist_for_production(world, ways):
    Checklist.objects.filter(pk=world.checklist.pk).update(kind="pilot")
    ways.accepted()
    with pytest.raises(Refused):
        move(world, world.owner)


def test_of_its_own(world, ways, make):
    ways.accepted()
    make.project("other", owner=world.owner, stage="pilot", since="2026-01-01")
    with pytest.raises(Refused):
        catalog.move_stage(slug="other", actor=world.owner, to="production", reason="It pays")


def test_the_centre_overrides_and_it_shows(world):
    assert move(world, world.admin, is_override=True).is_override is True


def test_a_new_project_does_not_begin_in_production(world):
    with pytest.raises(Refused):
        catalog.create_project(
            actor=world.lead, name="New", summary="A new one.", unit=world.retail, owner=world.owner, stage="production"
        )
