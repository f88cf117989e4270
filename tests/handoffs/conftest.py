from __future__ import annotations

from types import SimpleNamespace

import pytest

from projects.handoffs import services
from projects.handoffs.models import Handoff
from projects.tracking.models import ModelVersion

ITEMS = [
    {"key": "runbook", "title": "A runbook is written", "group": "Operations", "may_not_apply": True},
    {"key": "rollback", "title": "Going back was tried", "group": "Operations"},
    {"key": "notes", "title": "There are notes", "group": "Operations", "is_required": False},
    {"key": "described", "title": "It has a description", "group": "Model", "kind": "automatic"},
    {"key": "receive", "title": "Operations can run it", "group": "Sign-off", "kind": "sign_off", "role": "approver"},
]
ITEMS[3]["check_key"] = "has_description"


@pytest.fixture
def world(settings, make):
    """A project with a model of two versions, its team, approvers of its unit and of another, and outsiders."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    retail, energy = make.unit("retail"), make.unit("energy")
    people = SimpleNamespace(
        owner=make.person("owner@example.com", name="Olga Owner", unit=retail),
        member=make.person("member@example.com", name="Mia Member"),
        operator=make.person("operator@example.com", name="Oto Operator", roles=[("approver", retail)]),
        second=make.person("second@example.com", name="Sara Second", roles=[("approver", retail)]),
        other=make.person("other@example.com", name="Ole Other", roles=[("approver", energy)]),
        everywhere=make.person("everywhere@example.com", name="Eva Everywhere", roles=[("approver", None)]),
        lead=make.person("lead@example.com", name="Lea Lead", roles=[("unit_lead", retail)]),
        admin=make.person("admin@example.com", name="Adam Admin", roles=[("administrator", None)]),
        viewer=make.person("viewer@example.com", roles=[("viewer", retail)]),
        stranger=make.person("stranger@example.com", unit=energy, roles=[("viewer", energy)]),
    )
    project = make.project("churn", unit=retail, owner=people.owner, stage="pilot", since="2026-01-01")
    make.member(project, people.member)
    source = make.source("tracker")
    experiment = make.experiment(source, project=project)
    run = make.run(experiment, metrics={"auc": [0.8, 1767225600000, 0]}, git_commit="abc123")
    model = make.model(source, project=project, name="churn", description="Who will leave in the next quarter.")
    versions = [
        ModelVersion.objects.create(model=model, version=n, run_id=run.run_id, created_at=run.ended_at) for n in (1, 2)
    ]
    checklist = make.checklist("ready", items=ITEMS)
    return SimpleNamespace(
        project=project,
        model=model,
        version=versions[-1],
        older=versions[0],
        checklist=checklist,
        retail=retail,
        energy=energy,
        source=source,
        run=run,
        **vars(people),
    )


class Ways:
    """Brings a handoff to where a test wants it, by the verbs."""

    def __init__(self, world: SimpleNamespace) -> None:
        self.world = world

    def draft(self, version: ModelVersion | None = None, **parts: object) -> Handoff:
        return services.open_handoff(
            actor=self.world.owner,
            model_version=version or self.world.version,
            checklist=self.world.checklist,
            **parts,  # type: ignore[arg-type]  # whatever a test gives
        )

    def answered(self, version: ModelVersion | None = None) -> Handoff:
        handoff = self.draft(version)
        for key in ("runbook", "rollback"):
            services.add_evidence(
                handoff_id=handoff.pk,
                actor=self.world.member,
                item_key=key,
                kind="link",
                url=f"https://wiki.example.com/{key}",
            )
        handoff.refresh_from_db()
        return handoff

    def submitted(self, version: ModelVersion | None = None) -> Handoff:
        handoff = self.answered(version)
        services.submit(handoff_id=handoff.pk, actor=self.world.member)
        handoff.refresh_from_db()
        return handoff

    def in_review(self, version: ModelVersion | None = None) -> Handoff:
        handoff = self.submitted(version)
        services.start_review(handoff_id=handoff.pk, actor=self.world.operator)
        handoff.refresh_from_db()
        return handoff

    def ready(self, version: ModelVersion | None = None) -> Handoff:
        """In review with everything met."""
        handoff = self.in_review(version)
        services.sign_off(handoff_id=handoff.pk, actor=self.world.operator, item_key="receive")
        handoff.refresh_from_db()
        return handoff

    def accepted(self, version: ModelVersion | None = None) -> Handoff:
        handoff = self.ready(version)
        services.accept(handoff_id=handoff.pk, actor=self.world.operator)
        handoff.refresh_from_db()
        return handoff


@pytest.fixture
def ways(world):
    return Ways(world)
