"""Drafts that open by themselves: what the source's rule asks for, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from coe.core.models import Event
from projects.checklists.models import Checklist
from projects.handoffs import services
from projects.handoffs.models import Handoff
from projects.handoffs.opening import open_drafts
from projects.registry.models import Hook
from projects.tracking import followups
from projects.tracking.models import ModelVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def hook(world):
    """Every version since now opens a draft by the world's checklist."""
    Checklist.objects.update(is_default=False)
    Checklist.objects.filter(pk=world.checklist.pk).update(is_default=True)
    return Hook.objects.create(source=world.source, opens_on="version", opens_since=timezone.now())


def arrive(world, version=3, **fields):
    return ModelVersion.objects.create(
        model=world.model,
        version=version,
        run_id=world.run.run_id,
        **{"created_at": timezone.now() + timedelta(seconds=1), **fields},
    )


def test_a_new_version_opens_one_and_its_checks_run(world, hook):
    version = arrive(world)
    assert open_drafts(world.source.pk) == 1
    handoff = Handoff.objects.get()
    assert (handoff.model_version, handoff.state, handoff.origin) == (version, "draft", "version")
    assert (handoff.opened_by, handoff.checklist, handoff.receiving_unit) == (None, world.checklist, world.retail)
    assert handoff.check_runs.count() == 1
    told = Event.objects.about(handoff).order_by("id")
    assert [(event.verb, event.actor) for event in told] == [("handoff.opened", None), ("handoff.checked", None)]


def test_not_twice_whatever_became_of_it(world, hook):
    arrive(world)
    open_drafts(world.source.pk)
    services.withdraw(handoff_id=Handoff.objects.get().pk, actor=world.owner, reason="A trial")
    assert open_drafts(world.source.pk) == 0


def test_not_for_what_was_there_before_the_rule(world, hook):
    assert open_drafts(world.source.pk) == 0


def test_not_where_somebody_opened_one_by_hand(world, hook, ways):
    ways.draft(arrive(world))
    assert open_drafts(world.source.pk) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"hook": {"opens_on": "nothing"}},
        {"project": {"stage": "retired"}},
        {"version": {"missing_since": timezone.now()}},
        {"model": {"missing_since": timezone.now()}},
        {"checklist": {"is_archived": True}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_opens_nothing(world, hook, change):
    version = arrive(world)
    things = {"hook": hook, "project": world.project, "version": version, "model": world.model}
    for name, fields in change.items():
        thing = {**things, "checklist": world.checklist}[name]
        type(thing).objects.filter(pk=thing.pk).update(**fields)
    assert open_drafts(world.source.pk) == 0


def test_a_model_that_is_linked_later_opens_then(world, hook):
    world.model.project = None
    world.model.save()
    arrive(world)
    assert open_drafts(world.source.pk) == 0
    world.model.project = world.project
    world.model.save()
    assert open_drafts(world.source.pk) == 1


def test_by_tag_and_the_tag_names_the_checklist(world, hook, make):
    light = make.checklist("light", items=[{"key": "who"}])
    Hook.objects.update(opens_on="tag")
    arrive(world, 3)
    arrive(world, 4, tags={"coe.handoff": "light"})
    arrive(world, 5, tags={"coe.handoff": "true"})
    assert open_drafts(world.source.pk) == 2
    assert dict(Handoff.objects.values_list("model_version__version", "checklist__slug")) == {4: light.slug, 5: "ready"}


def test_of_that_source_alone(world, hook, make):
    arrive(world)
    assert open_drafts(make.source("elsewhere").pk) == 0


def test_it_is_a_followup_of_every_sync():
    assert "handoffs" in followups.names()
