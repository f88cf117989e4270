"""A project with a model in production, its team, a stakeholder and a stranger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from coe.accounts.models import BusinessUnit, Person
from coe.guides.models import Document, Revision
from coe.guides.services import publish_document, verify_document
from kpis.measures.models import Binding
from projects.catalog.models import Project
from projects.modelpages import services
from projects.modelpages.sections import SECTIONS, guide_of
from projects.tracking.models import AliasMove, ModelVersion, RegisteredModel, Run, Source
from tests.factories import Make, at

TEXTS = {one.key: f"What “{one.title}” says: *this*." for one in SECTIONS}
FILES = {
    "signature": {
        "inputs": [
            {"name": "age", "type": "long", "required": True},
            {"name": "visits", "type": "array<double>", "required": False},
        ],
        "outputs": [{"name": "", "dtype": "float64", "shape": [-1, 2]}],
        "params": [{"name": "threshold", "type": "double", "default": "0.5"}],
    },
    "flavors": ["python_function", "sklearn"],
    "files": ["MLmodel"],
}


@dataclass
class World:
    unit: BusinessUnit
    owner: Person
    member: Person
    stakeholder: Person
    stranger: Person
    viewer: Person
    admin: Person
    project: Project
    source: Source
    model: RegisteredModel
    run: Run
    versions: list[ModelVersion]
    make: Make

    url = "/models/lab/churn/xgb/"

    def write(self, version: int = 1, actor: Person | None = None, **texts: str) -> Revision:
        """A revision of the guide: all seven sections unless some are given."""
        guide = guide_of(self.model)
        return services.write_guide(
            model_id=self.model.pk,
            actor=actor or self.owner,
            based_on=guide.latest.number if guide and guide.latest else None,
            title="Churn risk score",
            summary="How likely each customer is to leave.",
            sections=texts or TEXTS,
            version=version,
        )

    def publish(self, version: int = 1, *, verified: bool = False, **texts: str) -> Document:
        made = self.write(version, **texts)
        document = publish_document(slug=made.document.slug, actor=self.owner, revision=made.number)
        if verified:
            document = verify_document(slug=document.slug, actor=self.member, revision=made.number)
        return document

    def bind(self, value: float | None = 0.87, **fields: Any) -> Binding:
        """The KPI of the model: AUC with baseline 0.71 and target 0.91, observed today."""
        given = {"baseline": 0.71, "target": 0.91, "key": "auc", "name": "AUC", **fields}
        kpi = self.make.kpi(given.pop("key"), name=given.pop("name"), valid_min=given.pop("valid_min", None))
        binding = self.make.binding(self.project, kpi, model=self.model, **given)
        if value is not None:
            binding.observations.create(
                value=value,
                observed_at=timezone.now(),
                run_id=self.run.run_id,
                dataset_name="loyalty_2026q2",
                dataset_digest="8fa1",
            )
        return binding

    def move(self, version: int | None) -> None:
        """The alias production stands on that version now."""
        self.model.aliases = {"production": version} if version else {}
        self.model.save(update_fields=["aliases"])
        AliasMove.objects.create(model=self.model, alias="production", version=version, at=timezone.now())


@pytest.fixture
def world(make: Make) -> World:
    unit = make.unit("retail")
    owner = make.person("owner@example.com", name="Olga Owner")
    project = make.project("churn", unit=unit, owner=owner, visibility="members", techniques=["boosting"])
    member = make.member(project, make.person("mia@example.com", name="Mia Member"), "business")
    stakeholder = make.person("sam@example.com", name="Sam Stakeholder")
    project.stakeholders.add(stakeholder)
    source = make.source("lab", last_good_sync_at=timezone.now())
    model = make.model(source, project=project, name="churn/xgb", aliases={"production": 1, "candidate": 2})
    run = make.run(make.experiment(source, project=project), name="nightly", datasets=[])
    versions = [
        make.version(model, 1, run_id=run.run_id, files=FILES),
        make.version(model, 2, files_error="The server did not answer."),
    ]
    AliasMove.objects.create(model=model, alias="production", version=1, at=at("2026-07-03"))
    return World(
        unit=unit,
        owner=owner,
        member=member,
        stakeholder=stakeholder,
        stranger=make.person("stranger@example.com", unit=make.unit("health")),
        viewer=make.person("viewer@example.com", unit=unit, roles=[("executive", unit)]),
        admin=make.person("admin@example.com", roles=[("administrator", None)]),
        project=project,
        source=source,
        model=model,
        run=run,
        versions=versions,
        make=make,
    )


def text(answer: Any) -> str:
    """The page as one line."""
    return " ".join(answer.content.decode().split())
