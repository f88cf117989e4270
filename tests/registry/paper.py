"""A registry on paper: no server is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from coe.accounts.models import Person
from projects.registry import services
from projects.registry.models import AliasOrder, Drift, ManagedAlias
from projects.tracking.models import ModelVersion, RegisteredModel, Source
from tests.factories import Make


@dataclass
class Paper:
    """A linked model with versions 1 to 3: `production` has an order that waits, `standby` has drifted from 2 to 1."""

    source: Source
    model: RegisteredModel
    order: AliasOrder
    drift: Drift
    owner: Person
    approver: Person
    elsewhere: Person
    stranger: Person


def build(make: Make, **project: Any) -> Paper:
    unit = make.unit()
    owner, approver = make.person(), make.person(roles=[("approver", unit)])
    source = make.source("lab", label="Lab")
    model = make.model(source, project=make.project(unit=unit, owner=owner, **project), name="churn")
    for version in (1, 2, 3):
        ModelVersion.objects.create(model=model, version=version)
    model.aliases = {"standby": 1}
    model.save()
    order = services.order_alias(model=model, alias="production", version=3, actor=approver, reason="Accepted by Mia")
    now = timezone.now()
    standby = ManagedAlias.objects.create(
        model=model, alias="standby", wanted_version=2, applied_version=2, applied_at=now
    )
    drift = Drift.objects.create(managed=standby, expected_version=2, found_version=1, found_at=now)
    elsewhere = make.person(roles=[("approver", make.unit())])
    return Paper(source, model, order, drift, owner, approver, elsewhere, make.person())
