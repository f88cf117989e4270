"""The verbs of checklists and their editions; those of items: `item_services`. All are the centre's."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from coe.accounts.models import Person
from coe.core import access, editions, events
from coe.core.errors import EditConflict, Refused, invalid
from coe.core.fields import check_fields, differing, only_known, save_new
from projects.checklists import parts as p
from projects.checklists.item_services import add_item, edit_item, move_group, move_item, remove_item
from projects.checklists.models import Checklist, Edition, Item
from projects.checklists.queries import published
from projects.checklists.score import GROUPS, group_of

__all__ = [
    "EditConflict",
    "add_item",
    "archive_checklist",
    "create_checklist",
    "discard_draft",
    "draft_edition",
    "edit_checklist",
    "edit_edition",
    "edit_item",
    "move_group",
    "move_item",
    "publish_edition",
    "remove_item",
    "restore_checklist",
]


def create_checklist(
    *,
    actor: Person,
    name: str,
    purpose: str = "",
    kind: str = Checklist.Kind.PRODUCTION,
    slug: str = "",
    **parts: Any,
) -> Checklist:
    """Write a new checklist: its first edition is an empty draft with the settings in `parts` (`EDITION_PARTS`).

    Raises `ValidationError` by field, `PermissionDenied`.
    """
    access.require(actor, "checklist.manage")
    only_known(parts, p.EDITION_PARTS)
    checklist = Checklist(name=name.strip(), purpose=purpose.strip(), kind=kind)
    check_fields(checklist, "name", "purpose", "kind")
    checklist.slug = editions.checked_slug(Checklist, slug, checklist.name)
    check_fields(checklist, "slug")
    with transaction.atomic():
        save_new(checklist)
        edition = Edition(checklist=checklist, number=1, created_by=actor)
        _set(edition, parts)
        edition.save(force_insert=True)
        events.record(actor=actor, verb="checklist.created", subject=checklist, facts={"name": checklist.name})
    return checklist


@transaction.atomic
def edit_checklist(*, slug: str, actor: Person, **parts: Any) -> Checklist:
    """Change what holds for all editions: `CHECKLIST_PARTS`. The kind is settled once an edition is published.

    `is_default=True` makes it the one that new versions open handoffs from. Raises `Checklist.DoesNotExist`,
    `PermissionDenied`, `ValidationError` by field.
    """
    only_known(parts, p.CHECKLIST_PARTS)
    checklist = p.locked(slug, actor)
    changed = differing(checklist, parts)
    if not changed:
        return checklist
    if "kind" in changed and published(checklist):
        raise invalid("kind", "cannot change any more: handoffs were made by what it was")
    for field, value in changed.items():
        setattr(checklist, field, value)
    check_fields(checklist, *changed)
    if "is_default" in changed:
        _take_default(checklist)
    checklist.save(update_fields=list(changed))
    facts = {"what": ", ".join(field.replace("_", " ") for field in changed)}
    events.record(actor=actor, verb="checklist.changed", subject=checklist, facts=facts)
    return checklist


def _take_default(checklist: Checklist) -> None:
    """Make room for the new default. There is always one once there was one."""
    if not checklist.is_default:
        raise invalid("is_default", "cannot be taken away: make another checklist the usual one")
    if checklist.is_archived or not published(checklist):
        raise invalid("is_default", "is for a checklist with a published edition that is not put away")
    Checklist.objects.filter(is_default=True).exclude(pk=checklist.pk).update(is_default=False)


@transaction.atomic
def draft_edition(*, slug: str, actor: Person) -> Edition:
    """Begin the next edition as a copy of the newest published one; where a draft is there already, that one.

    Raises `Checklist.DoesNotExist`, `PermissionDenied`, `Refused` for one that is put away.
    """
    checklist = p.locked(slug, actor)
    editions.refuse_archived(checklist)
    if there := editions.draft(checklist):
        return there
    newest = published(checklist)
    draft = Edition(checklist=checklist, number=newest.number + 1 if newest else 1, created_by=actor)
    if newest:
        draft.effect, draft.alias, draft.score = newest.effect, newest.alias, newest.score
    draft.save(force_insert=True)
    editions.copy_entries(newest.items.all() if newest else (), into=draft)
    events.record(actor=actor, verb="checklist.drafted", subject=checklist, facts={"number": draft.number})
    return draft


@transaction.atomic
def edit_edition(*, slug: str, actor: Person, version: int | None = None, **parts: Any) -> Edition:
    """Change the settings of the draft (`EDITION_PARTS`). `version` is the one that the editor saw.

    Raises `Checklist.DoesNotExist`, `PermissionDenied`, `ValidationError` by field, `Refused`, `EditConflict`.
    """
    only_known(parts, p.EDITION_PARTS)
    checklist = p.locked(slug, actor)
    draft = editions.draft_of(checklist, version)
    changed = _set(draft, parts)
    if not changed:
        return draft
    editions.count_change(draft, *changed)
    facts = {"number": draft.number, "what": ", ".join(changed)}
    events.record(actor=actor, verb="checklist.edited", subject=checklist, facts=facts)
    return draft


def _set(edition: Edition, parts: dict[str, Any]) -> list[str]:
    """Set the parts, and say which of them changed. An edition that does nothing in MLflow names no alias."""
    before = {field: getattr(edition, field) for field in p.EDITION_PARTS}
    for field, value in parts.items():
        setattr(edition, field, value.strip() if isinstance(value, str) else value)
    if edition.effect == Edition.Effect.NONE:
        edition.alias = ""
    elif not edition.alias:
        raise invalid("alias", "must be named: acceptance sets it or takes it away")
    check_fields(edition, *p.EDITION_PARTS)
    return [field for field, value in before.items() if getattr(edition, field) != value]


@transaction.atomic
def publish_edition(
    *, slug: str, actor: Person, note: str | None = None, version: int | None = None, is_default: bool = False
) -> Edition:
    """Publish the draft for good: new handoffs are made from it, those that are open keep theirs.

    Raises `Checklist.DoesNotExist`, `PermissionDenied`, `Refused` (no draft, no items), `EditConflict`, and
    `ValidationError` by field: on `items` for one that names an unknown check or wrong parameters, on `score` when
    the ML Test Score lacks a group, on `note` where a later edition does not say what changed.
    """
    checklist = p.locked(slug, actor)
    draft = editions.draft_of(checklist, version)
    items = list(draft.items.all())
    if not items:
        raise Refused("There is nothing on it yet. Add at least one item.")
    _check_items(items)
    if draft.score == Edition.Score.ML_TEST and (lacking := set(GROUPS) - {group_of(item.group) for item in items}):
        raise invalid("score", "needs items in the groups " + ", ".join(g for g in GROUPS if g in lacking))
    editions.publish(draft, actor=actor, note=note, checked=p.EDITION_PARTS)
    if is_default and not checklist.is_default:
        checklist.is_default = True
        _take_default(checklist)
        checklist.save(update_fields=["is_default"])
    facts = {"number": draft.number, "note": draft.note}
    events.record(actor=actor, verb="checklist.published", subject=checklist, facts=facts)
    return draft


def _check_items(items: list[Item]) -> None:
    """Once more what adding and editing checked: a room may have taken its check away since, or changed what it asks.

    Keys are unique by a constraint of the database.
    """
    wrong: dict[str, str] = {}
    for item in items:
        try:
            p.settle(item)
        except ValidationError as error:
            wrong[item.key] = error.messages[0]
    if wrong:
        raise invalid("items", "; ".join(f"{key}: {rule}" for key, rule in wrong.items()))


@transaction.atomic
def discard_draft(*, slug: str, actor: Person, version: int | None = None) -> None:
    """Throw the draft away. The only edition that there is stays.

    Raises `Checklist.DoesNotExist`, `PermissionDenied`, `Refused`, `EditConflict`.
    """
    checklist = p.locked(slug, actor)
    number = editions.discard(checklist, editions.draft_of(checklist, version))
    events.record(actor=actor, verb="checklist.discarded", subject=checklist, facts={"number": number})


@transaction.atomic
def archive_checklist(*, slug: str, actor: Person) -> Checklist:
    """Put a checklist away: no new handoff is made from it; those that are there keep it. Twice is the same as once.

    Raises `Checklist.DoesNotExist`, `PermissionDenied`, `Refused` for the default one.
    """
    checklist = p.locked(slug, actor)
    if checklist.is_default:
        raise Refused("New versions open handoffs from it. Make another checklist the usual one first.")
    return _archive(checklist, actor, archived=True)


@transaction.atomic
def restore_checklist(*, slug: str, actor: Person) -> Checklist:
    """Take a checklist up again. Raises `Checklist.DoesNotExist`, `PermissionDenied`."""
    return _archive(p.locked(slug, actor), actor, archived=False)


def _archive(checklist: Checklist, actor: Person, *, archived: bool) -> Checklist:
    if editions.set_archived(checklist, archived):
        verb = "checklist.archived" if archived else "checklist.restored"
        events.record(actor=actor, verb=verb, subject=checklist, facts={"name": checklist.name})
    return checklist
