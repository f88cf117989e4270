"""When somebody came to the first run and to the first model in production: by what Cairn saw alone."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from coe.onboarding import services
from coe.onboarding.models import Enrolment, Progress
from tests.factories import Make
from tests.onboarding.sight import Sight

CHECKS = ["first_run", "first_handoff", "in_production"]


@pytest.fixture
def one(make: Make, seeing: Sight) -> Enrolment:
    for key in CHECKS:
        seeing.check(key)
    path = make.path(steps=[{"key": key.replace("_", "-"), "kind": "verified", "check_key": key} for key in CHECKS])
    return services.enrol(actor=make.person(), path=path.slug)


def test_each_when_cairn_saw_it(one: Enrolment, seeing: Sight) -> None:
    for key, run, production in (
        ("first_run", True, False),
        ("first_handoff", True, False),
        ("in_production", True, True),
    ):
        seeing.seen[key].add(one.person_id)
        seeing.hear(seeing.tell(one.person))
        one.refresh_from_db()
        assert (one.first_run_at is not None, one.first_production_at is not None) == (run, production), key
    assert one.first_production_at == Progress.objects.get(step_key="in-production").first_at


def test_what_was_waived_was_not_reached(one: Enrolment, make: Make) -> None:
    centre = make.person(roles=[("administrator", None)])
    for key in CHECKS:
        services.waive_step(enrolment_id=one.pk, key=key.replace("_", "-"), actor=centre, why="Did it elsewhere.")
    one.refresh_from_db()
    assert (one.state, one.first_run_at, one.first_production_at) == ("done", None, None)


def test_what_was_reached_stays(one: Enrolment, seeing: Sight) -> None:
    seeing.seen["first_run"].add(one.person_id)
    seeing.hear(seeing.tell(one.person))
    seeing.seen["first_run"].clear()
    seeing.hear(seeing.tell(one.person))
    one.refresh_from_db()
    assert Progress.objects.get().state == "regressed"
    assert one.first_run_at is not None


def test_older_rows_are_put_right(one: Enrolment, make: Make, seeing: Sight) -> None:
    """A handoff of a pilot had counted as production, a waived run as a run."""
    seeing.seen["in_production"].add(one.person_id)
    seeing.hear(seeing.tell(one.person))
    one.refresh_from_db()
    seen = one.first_production_at
    assert seen is not None
    other = services.enrol(actor=make.person(), path=one.path.slug)
    Enrolment.objects.update(first_run_at=timezone.now(), first_production_at=timezone.now())
    migration = import_module("coe.onboarding.migrations.0003_milestones_as_seen").Migration
    with connection.cursor() as cursor:
        cursor.execute(migration.operations[0].sql)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.first_run_at, one.first_production_at) == (None, seen)
    assert (other.first_run_at, other.first_production_at) == (None, None)
