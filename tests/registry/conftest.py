from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from coe.core.models import Event, OutboxEntry
from projects.registry import services
from projects.registry.models import AliasOrder, Drift, ManagedAlias
from projects.tracking.models import AliasMove, RegisteredModel, Source, Sync
from projects.tracking.sync import run_sync
from tests.factories import Make
from tests.tracking.conftest import liar, no_waiting, own_machine_allowed, source, team
from tests.tracking.lying import Liar
from tests.tracking.team import Team

__all__ = ["liar", "no_waiting", "own_machine_allowed", "source", "team"]


class Registry:
    """A registered model with three versions on a real MLflow server, read into the mirror and linked to a project."""

    def __init__(self, make: Make, source: Source, team: Team, liar: Liar) -> None:
        self.make, self.source, self.team, self.liar = make, source, team, liar
        self.name = self.registered()
        self.unit = make.unit()
        self.owner = make.person()
        self.approver = make.person(roles=[("approver", self.unit)])
        self.project = make.project(unit=self.unit, owner=self.owner)
        self.sync()
        RegisteredModel.objects.filter(name=self.name).update(project=self.project, link_origin="hand")

    def registered(self) -> str:
        run = self.team.run(self.team.experiment())
        name = self.team.registered(run)
        self.team.version(name, run)
        self.team.version(name, run)
        return name

    @property
    def model(self) -> RegisteredModel:
        return RegisteredModel.objects.get(name=self.name)

    @property
    def managed(self) -> ManagedAlias:
        return ManagedAlias.objects.get(model__name=self.name, alias="production")

    def sync(self) -> Sync:
        return run_sync(sync_id=Sync.objects.create(source=self.source).pk)

    def order(self, version: int | None) -> AliasOrder:
        with transaction.atomic():
            return services.order_alias(
                model=self.model, alias="production", version=version, actor=self.approver, reason="accepted"
            )

    def stands(self) -> int | None:
        """Where MLflow itself has the alias."""
        found = self.team.client.get_registered_model(self.name).aliases.get("production")
        return None if found is None else int(found)

    def set_behind_our_back(self, version: int) -> None:
        self.team.client.set_registered_model_alias(self.name, "production", str(version))

    def events(self, verb: str) -> list[dict[str, Any]]:
        return [event.facts for event in Event.objects.about(self.model).filter(verb=verb)]

    def moves(self) -> list[int | None]:
        found = AliasMove.objects.filter(model__name=self.name, alias="production").order_by("at", "id")
        return list(found.values_list("version", flat=True))

    def drift(self) -> Drift:
        return Drift.objects.get(managed=self.managed)

    def all_due(self) -> None:
        """As if every pause and every lease were over."""
        past = timezone.now() - timedelta(seconds=1)
        OutboxEntry.objects.filter(state="waiting").update(due_at=past)
        OutboxEntry.objects.filter(claimed_until__isnull=False).update(claimed_until=past)
        ManagedAlias.objects.filter(lease_until__isnull=False).update(lease_until=past)


@pytest.fixture(autouse=True)
def nobody_is_nudged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Entries for which a worker would have been woken; the broker hears nothing."""
    nudged: list[int] = []
    monkeypatch.setattr("projects.registry.services.nudge", nudged.append)
    monkeypatch.setattr("projects.registry.drift.nudge_sweep", lambda: nudged.append(0))
    return nudged


@pytest.fixture
def registry(make: Make, source: Source, team: Team, liar: Liar) -> Registry:
    return Registry(make, source, team, liar)
