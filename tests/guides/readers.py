"""A small company of readers: a project open to all and one for its members, each with a model and guides."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from tests.factories import Make

PARTS = [
    {"key": "decides", "title": "What it decides", "text": "Whom to call.", "html": "<p>Whom to call.</p>"},
    {"key": "distrust", "title": "When not to trust it", "text": "In December.", "html": "<p>In December.</p>"},
]


def pair(subject: Model) -> tuple[int, int]:
    """The thing as the verbs name it."""
    return ContentType.objects.get_for_model(subject).pk, subject.pk


def build(make: Make) -> Any:
    """Olga owns all of it, Mia is a member, Rita reads, Sam is of another unit, Ada is the centre."""
    retail, energy = make.unit("retail"), make.unit("energy")
    people = SimpleNamespace(
        owner=make.person("olga@example.com", name="Olga Owner", unit=retail),
        member=make.person("mia@example.com", name="Mia Member"),
        reader=make.person("rita@example.com", name="Rita Reader", unit=retail, roles=[("viewer", retail)]),
        other=make.person("otto@example.com", name="Otto Other", unit=retail, roles=[("viewer", retail)]),
        stranger=make.person("sam@example.com", name="Sam Stranger", unit=energy, roles=[("viewer", energy)]),
        admin=make.person("ada@example.com", name="Ada Admin", roles=[("administrator", None)]),
    )
    world = SimpleNamespace(retail=retail, energy=energy, **vars(people))
    source = make.source("tracker")
    for slug, visibility in (("churn", "company"), ("secret", "members")):
        project = make.project(slug, unit=retail, owner=people.owner, visibility=visibility)
        make.member(project, people.member)
        model = make.model(source, project=project, name=f"{slug}-xgb")
        parts = [{**part, "versions": [7]} for part in PARTS]
        guide = make.document(
            f"{slug}-guide", kind="model_guide", about=model, owner=people.owner, parts=parts, unit=retail
        )
        setattr(world, slug, project)
        setattr(world, f"{slug}_model", model)
        setattr(world, f"{slug}_guide", guide)
    world.howto = make.document("read-scores", owner=people.owner, title="Reading scores")
    world.draft = make.document("unfinished", owner=people.owner, published=False)
    world.of_unit = make.document("for-retail", owner=people.owner, unit=retail, visibility="unit")
    return world
