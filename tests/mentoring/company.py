"""A small company of those who ask and those who answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from coe.mentoring.models import Request
from tests.factories import Make


def pair(subject: Model) -> tuple[int, int]:
    """The thing as the verbs name it."""
    return ContentType.objects.get_for_model(subject).pk, subject.pk


def build(make: Make) -> Any:
    """Björn asks with Tove in his team; Rosalind and Wanjiru mentor; Sam is of another unit, Ada is the centre."""
    retail, energy = make.unit("retail"), make.unit("energy")
    world = SimpleNamespace(
        retail=retail,
        energy=energy,
        asker=make.person("bjorn@example.com", name="Björn Strøm", unit=retail),
        mate=make.person("tove@example.com", name="Tove Lindqvist", unit=retail),
        stranger=make.person("sam@example.com", name="Sam Stranger", unit=energy, roles=[("viewer", energy)]),
        admin=make.person("ada@example.com", name="Ada Lovelace", roles=[("administrator", None)]),
    )
    # At all hours, so that it does not matter when the tests run.
    world.rosalind = make.mentor(
        make.person("rosalind@example.com", name="Rosalind Franklin"), skills={"calibration": 3}, all_week=True
    )
    world.wanjiru = make.mentor(
        make.person("wanjiru@example.com", name="Wanjiru Kamau"), skills={"calibration": 2}, all_week=True
    )
    world.churn = make.project("churn", unit=retail, owner=world.asker)
    world.secret = make.project("secret", unit=retail, owner=world.asker, visibility="members")
    world.model = make.model(make.source("tracker"), project=world.churn, name="churn-xgb")
    return world


def fresh(request: Request) -> Request:
    """The request as the database has it."""
    return Request.objects.get(pk=request.pk)


def only(request: Request) -> Any:
    """Its one attempt."""
    return request.attempts.get()
