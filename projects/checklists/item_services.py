"""The verbs of the items of a draft. Each counts up the draft's version, by which two editors lose nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from coe.accounts.models import Person
from coe.core import events
from coe.core.editions import count_change, draft_of, renumber
from coe.core.errors import invalid
from coe.core.fields import only_known
from projects.checklists import parts as p
from projects.checklists.models import Checklist, Edition, Item

UP, DOWN = "up", "down"


@transaction.atomic
def add_item(*, slug: str, actor: Person, key: str, version: int | None = None, **parts: Any) -> Item:
    """Add an item to the draft, as the last of its group; `parts` are `ITEM_PARTS`. The key stays with it for good.

    Raises `Checklist.DoesNotExist`, `PermissionDenied`, `ValidationError` by field, `Refused`, `EditConflict`.
    """
    only_known(parts, p.ITEM_PARTS)
    checklist = p.locked(slug, actor)
    draft = draft_of(checklist, version)
    items = list(draft.items.all())
    if any(item.key == key for item in items):
        raise invalid("key", "is taken by another item")
    item = Item(edition=draft, key=key, position=len(items) + 1, **parts)
    p.settle(item)
    item.save(force_insert=True)
    renumber(p.in_order([*items, item]))
    _changed(checklist, draft, actor, f"added “{item.title}”")
    return item


@transaction.atomic
def edit_item(*, slug: str, actor: Person, key: str, version: int | None = None, **parts: Any) -> Item:
    """Change an item of the draft; `parts` are `ITEM_PARTS`.

    Raises `Checklist.DoesNotExist`, `Item.DoesNotExist`, `PermissionDenied`, `ValidationError` by field, `Refused`,
    `EditConflict`.
    """
    only_known(parts, p.ITEM_PARTS)
    checklist = p.locked(slug, actor)
    draft = draft_of(checklist, version)
    items = list(draft.items.all())
    item = _of(items, key)
    before = {field: getattr(item, field) for field in p.ITEM_PARTS}
    for field, value in parts.items():
        setattr(item, field, value)
    p.settle(item)
    changed = [field for field, value in before.items() if getattr(item, field) != value]
    if not changed:
        return item
    item.save(update_fields=changed)
    if "group" in changed:
        # The last of its new group.
        renumber(p.in_order([*(one for one in items if one is not item), item]))
    _changed(checklist, draft, actor, f"changed “{item.title}”")
    return item


@transaction.atomic
def move_item(*, slug: str, actor: Person, key: str, way: str, version: int | None = None) -> Item:
    """Move an item "up" or "down" within its group; at the end of it, it stays.

    Raises `Checklist.DoesNotExist`, `Item.DoesNotExist`, `PermissionDenied`, `ValidationError` on `way`, `Refused`,
    `EditConflict`.
    """
    checklist = p.locked(slug, actor)
    draft = draft_of(checklist, version)
    items = p.in_order(draft.items.all())
    item = _of(items, key)
    place = items.index(item)
    other = place + _step(way)
    if 0 <= other < len(items) and items[other].group == item.group:
        items[place], items[other] = items[other], items[place]
        renumber(items)
        _changed(checklist, draft, actor, f"moved “{item.title}” {way}")
    return item


@transaction.atomic
def move_group(*, slug: str, actor: Person, group: str, way: str, version: int | None = None) -> Edition:
    """Move a group with all its items "up" or "down"; the first and the last stay.

    Raises `Checklist.DoesNotExist`, `PermissionDenied`, `ValidationError` on `way` and `group`, `Refused`,
    `EditConflict`.
    """
    checklist = p.locked(slug, actor)
    draft = draft_of(checklist, version)
    items = p.in_order(draft.items.all())
    groups = list(dict.fromkeys(item.group for item in items))
    if group not in groups:
        raise invalid("group", "must be a group of the draft")
    place = groups.index(group)
    other = place + _step(way)
    if 0 <= other < len(groups):
        groups[place], groups[other] = groups[other], groups[place]
        renumber(sorted(items, key=lambda item: groups.index(item.group)))
        _changed(checklist, draft, actor, f"moved the group “{group}” {way}")
    return draft


@transaction.atomic
def remove_item(*, slug: str, actor: Person, key: str, version: int | None = None) -> None:
    """Take an item off the draft.

    Raises `Checklist.DoesNotExist`, `Item.DoesNotExist`, `PermissionDenied`, `Refused`, `EditConflict`.
    """
    checklist = p.locked(slug, actor)
    draft = draft_of(checklist, version)
    items = list(draft.items.all())
    item = _of(items, key)
    items.remove(item)
    item.delete()
    renumber(p.in_order(items))
    _changed(checklist, draft, actor, f"took off “{item.title}”")


def _of(items: list[Item], key: str) -> Item:
    found = next((item for item in items if item.key == key), None)
    if found is None:
        raise Item.DoesNotExist(key)
    return found


def _step(way: str) -> int:
    if way not in (UP, DOWN):
        raise invalid("way", "must be up or down")
    return -1 if way == UP else 1


def _changed(checklist: Checklist, draft: Edition, actor: Person, what: str) -> None:
    count_change(draft)
    events.record(actor=actor, verb="checklist.edited", subject=checklist, facts={"number": draft.number, "what": what})
