"""The verbs of paths and their editions; those of steps: `step_services`."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from coe.accounts.models import Person
from coe.core import access, editions, events
from coe.core.errors import EditConflict, Refused, invalid
from coe.core.fields import check_fields, differing, only_known, save_new
from coe.paths import parts as p
from coe.paths.judging import judged
from coe.paths.models import Audience, Edition, Path
from coe.paths.queries import published
from coe.paths.step_services import add_step, edit_step, move_step, remove_step

__all__ = [
    "EditConflict",
    "add_step",
    "archive_path",
    "create_path",
    "discard_draft",
    "draft_edition",
    "edit_path",
    "edit_step",
    "move_step",
    "publish_edition",
    "remove_step",
    "restore_path",
]


def create_path(
    *,
    actor: Person,
    title: str,
    summary: str = "",
    audience: str = Audience.OTHER,
    level: int = 0,
    slug: str = "",
    owner: Person | None = None,
) -> Path:
    """Begin a path: its first edition is an empty draft. It is the actor's own unless an owner is named.

    Raises `ValidationError` by field, `PermissionDenied`.
    """
    access.require(actor, "path.create")
    path = Path(title=title.strip(), summary=summary.strip(), audience=audience, level=level)
    path.owner = p.checked_owner(owner or actor)
    check_fields(path, "title", "summary", "audience", "level")
    path.slug = editions.checked_slug(Path, slug, path.title)
    check_fields(path, "slug")
    with transaction.atomic():
        save_new(path)
        Edition.objects.create(path=path, number=1, created_by=actor)
        events.record(actor=actor, verb="path.created", subject=path, facts={"title": path.title})
    return path


@transaction.atomic
def edit_path(*, slug: str, actor: Person, **parts: Any) -> Path:
    """Change what holds for all editions: `PATH_PARTS`.

    Raises `Path.DoesNotExist`, `PermissionDenied`, `ValidationError` by field.
    """
    only_known(parts, p.PATH_PARTS)
    path = p.locked(slug, actor)
    changed = differing(path, parts)
    if not changed:
        return path
    if "owner" in changed:
        p.checked_owner(changed["owner"])
    for field, value in changed.items():
        setattr(path, field, value)
    check_fields(path, *changed)
    path.save(update_fields=list(changed))
    events.record(actor=actor, verb="path.changed", subject=path, facts={"fields": list(changed), "title": path.title})
    return path


@transaction.atomic
def draft_edition(*, slug: str, actor: Person) -> Edition:
    """Begin the next edition as a copy of the newest published one; where a draft is there already, that one.

    Raises `Path.DoesNotExist`, `PermissionDenied`, `Refused` for a path that is put away.
    """
    path = p.locked(slug, actor)
    editions.refuse_archived(path)
    if there := editions.draft(path):
        return there
    newest = published(path)
    number = newest.number + 1 if newest else 1
    draft = Edition.objects.create(path=path, number=number, created_by=actor)
    editions.copy_entries(newest.steps.all() if newest else (), into=draft)
    events.record(actor=actor, verb="path.edition_drafted", subject=path, facts={"number": number})
    return draft


@transaction.atomic
def publish_edition(*, slug: str, actor: Person, note: str | None = None, version: int | None = None) -> Edition:
    """Publish the draft for good: whoever is on the path goes on with it, and what was done counts.

    Raises `Path.DoesNotExist`, `PermissionDenied`, `Refused` (no draft, no steps, put away), `EditConflict`, and
    `ValidationError` by field: on `steps` for those that lack something or are wrong, by their keys; on `note` where a
    later edition does not say what changed.
    """
    path = p.locked(slug, actor)
    draft = p.draft_of(path, version)
    editions.refuse_archived(path)
    steps = list(draft.steps.select_related("document").order_by("position"))
    if not steps:
        raise Refused("There is nothing on it yet. Add at least one step.")
    if wrong := judged(steps):
        raise invalid("steps", "; ".join(f"{key}: {rule}" for key, rule in wrong.items()))
    if all(step.is_optional for step in steps):
        raise invalid("steps", "need at least one that is not optional: else everybody would be done at once")
    editions.publish(draft, actor=actor, note=note)
    facts = {"number": draft.number, "note": draft.note, "title": path.title}
    events.record(actor=actor, verb="path.edition_published", subject=path, facts=facts)
    return draft


@transaction.atomic
def discard_draft(*, slug: str, actor: Person, version: int | None = None) -> None:
    """Throw the draft away. The only edition that there is stays.

    Raises `Path.DoesNotExist`, `PermissionDenied`, `Refused`, `EditConflict`.
    """
    path = p.locked(slug, actor)
    number = editions.discard(path, p.draft_of(path, version))
    events.record(actor=actor, verb="path.draft_discarded", subject=path, facts={"number": number})


@transaction.atomic
def archive_path(*, slug: str, actor: Person) -> Path:
    """Put a path away: nobody is put on it any more; who is on it goes on. Twice is the same as once.

    Raises `Path.DoesNotExist`, `PermissionDenied`.
    """
    return _archive(p.locked(slug, actor), actor, archived=True)


@transaction.atomic
def restore_path(*, slug: str, actor: Person) -> Path:
    """Take a path up again. Raises `Path.DoesNotExist`, `PermissionDenied`."""
    return _archive(p.locked(slug, actor), actor, archived=False)


def _archive(path: Path, actor: Person, *, archived: bool) -> Path:
    if editions.set_archived(path, archived):
        verb = "path.archived" if archived else "path.restored"
        events.record(actor=actor, verb=verb, subject=path, facts={"title": path.title})
    return path
