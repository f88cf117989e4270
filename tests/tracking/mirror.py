"""The mirror of a source as plain values, to compare two of them."""

from __future__ import annotations

from typing import Any

from projects.tracking.models import Experiment, LoggedModel, ModelVersion, RegisteredModel, Run, Source, Sync
from projects.tracking.sync import run_sync

_EXPERIMENT = (
    "experiment_id",
    "name",
    "lifecycle_stage",
    "tags",
    "created_at",
    "updated_at",
    "project__slug",
    "link_origin",
)
_RUN = (
    "run_id",
    "experiment__experiment_id",
    "name",
    "status",
    "lifecycle_stage",
    "started_at",
    "ended_at",
    "user",
    "git_commit",
    "params",
    "tags",
    "metrics",
    "datasets",
)
_LOGGED = (
    "model_id",
    "experiment__experiment_id",
    "name",
    "run_id",
    "status",
    "params",
    "tags",
    "metrics",
    "created_at",
)
_MODEL = ("name", "description", "tags", "aliases", "created_at", "updated_at", "project__slug", "link_origin")
_VERSION = (
    "model__name",
    "version",
    "run_id",
    "logged_model_id",
    "origin",
    "status",
    "description",
    "tags",
    "created_at",
)


def mirror(source: Source) -> dict[str, list[dict[str, Any]]]:
    """All mirrored columns of what is there; what has vanished from the server is left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    for model, fields, path in (
        (Experiment, _EXPERIMENT, "source"),
        (Run, _RUN, "source"),
        (LoggedModel, _LOGGED, "source"),
        (RegisteredModel, _MODEL, "source"),
        (ModelVersion, _VERSION, "model__source"),
    ):
        rows = model._default_manager.filter(**{path: source}, missing_since=None)
        found[model.__name__] = list(rows.order_by(*fields[:2]).values(*fields))
    return found


def read(source: Source, *, full: bool = False, **options: Any) -> Sync:
    """One sync of the source, from its beginning to its end."""
    return run_sync(sync_id=Sync.objects.create(source=source, is_full=full).pk, **options)


def from_nothing(source: Source) -> dict[str, list[dict[str, Any]]]:
    """The mirror that a first sync of the same server makes."""
    fresh = Source.objects.create(name=f"{source.name}-again", label="again", url=source.url + "/")
    done = read(fresh)
    assert done.state == "done", done.error
    found = mirror(fresh)
    fresh.delete()
    return found


def assert_same_as_from_nothing(source: Source) -> None:
    kept, made = mirror(source), from_nothing(source)
    for name in made:
        assert kept[name] == made[name], name
