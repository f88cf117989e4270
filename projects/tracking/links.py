"""Links by the tag `coe.project`: followed at each sync; a link (or an unlink) by hand wins."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone

from coe.core import events
from projects.catalog.models import Project
from projects.tracking.facts import PROJECT_TAG
from projects.tracking.models import Experiment, LinkOrigin, RegisteredModel, Seen, Source
from projects.tracking.pages import Work

BY_KIND: dict[str, tuple[type[Experiment] | type[RegisteredModel], str, str]] = {
    Seen.Kind.EXPERIMENT: (Experiment, "experiment_id", "experiment"),
    Seen.Kind.MODEL: (RegisteredModel, "name", "model"),
}


def follow_tags(work: Work, kind: str, rows: list[Any]) -> None:
    """Link and unlink the experiments or models of one page as their tags say, in the page's transaction."""
    work.skipped += follow(work.source, kind, rows)


def follow(source: Source, kind: str, rows: list[Any]) -> list[dict[str, str]]:
    """Link and unlink what was read as its tags say; returns those tags that name no project, as a sync lists them."""
    unknown = []
    model, key, word = BY_KIND[kind]
    concerned: Any = model._default_manager.filter(
        Q(tags__has_key=PROJECT_TAG) | Q(link_origin=LinkOrigin.TAG),
        source=source,
        **{f"{key}__in": [getattr(one, key) for one in rows]},
    ).exclude(link_origin=LinkOrigin.HAND)
    things = list(concerned.select_related("project"))
    slugs = {str(thing.tags.get(PROJECT_TAG, "")).strip() for thing in things} - {""}
    projects = {project.slug: project for project in Project.objects.filter(slug__in=slugs)}
    for thing in things:
        slug = str(thing.tags.get(PROJECT_TAG, "")).strip()
        if slug and slug not in projects:
            unknown.append({"kind": word, "id": getattr(thing, key), "reason": f"no project has the slug {slug[:80]}"})
        _set(thing, projects.get(slug), word)
    return unknown


def _set(thing: Any, project: Project | None, word: str) -> None:
    if thing.project_id == (project.pk if project else None) and (project is None) == (thing.link_origin == ""):
        return
    before = thing.project
    thing.project = project
    thing.link_origin = LinkOrigin.TAG if project else ""
    thing.linked_by = None
    thing.linked_at = timezone.now() if project else None
    thing.is_dismissed = thing.is_dismissed and project is None
    thing.save(update_fields=["project", "link_origin", "linked_by", "linked_at", "is_dismissed"])
    if before is not None and before != project:
        events.record(actor=None, verb=f"{word}.unlinked", subject=before, facts={"name": thing.name, "by": "tag"})
    if project is not None and before != project:
        events.record(actor=None, verb=f"{word}.linked", subject=project, facts={"name": thing.name, "by": "tag"})
