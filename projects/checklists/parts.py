"""What the verbs of checklists share: locks, checks of what was typed, the order of items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.utils.text import slugify

from coe.accounts.models import Person
from coe.core import access
from coe.core.errors import Refused, invalid
from projects.checklists import checks
from projects.checklists.models import Checklist, Edition, Item

# These stand where a checklist's short name would stand in addresses.
_TAKEN = frozenset({"new"})
ITEM_PARTS = ("group", "title", "help", "kind", "check_key", "params", "role", "is_required", "may_not_apply")
EDITION_PARTS = ("effect", "alias", "score", "note")
CHECKLIST_PARTS = ("name", "purpose", "kind", "is_default")


class EditConflict(Refused):
    """Somebody else changed the draft meanwhile; `current` is how it stands now."""

    def __init__(self, current: Edition) -> None:
        self.current = current
        super().__init__("Somebody else changed this draft while you were editing it.")


def locked(slug: str, actor: Person) -> Checklist:
    """The checklist with its row locked: every verb comes past here, so that its editions need no lock of their own.

    Raises `Checklist.DoesNotExist`, `PermissionDenied`.
    """
    # Not FOR UPDATE: that would hold up whoever opens a handoff from it at this moment.
    checklist = Checklist.objects.visible_to(actor).select_for_update(no_key=True).get(slug=slug)
    access.require(actor, "checklist.manage", checklist)
    return checklist


def draft_of(checklist: Checklist, version: int | None = None) -> Edition:
    """The draft. Raises `Refused` where there is none, `EditConflict` where it is no longer at `version`."""
    draft = checklist.editions.filter(state=Edition.State.DRAFT).first()
    if draft is None:
        raise Refused("There is no draft of this checklist. Begin one first.")
    if version is not None and version != draft.version:
        raise EditConflict(draft)
    return draft


def check_fields(thing: Model, *names: str) -> None:
    """Raises `ValidationError` by field for those of `names` that hold what they may not."""
    thing.clean_fields(exclude=[field.name for field in thing._meta.fields if field.name not in names])


def only_known(parts: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raises `ValidationError` on the first part that is not known."""
    if unknown := sorted(set(parts) - set(known)):
        raise invalid(unknown[0], "is no part of it")


def checked_slug(slug: str, name: str) -> str:
    """A free short name, made from the name unless one is given. Raises `ValidationError` on `slug`."""
    found = slug or slugify(name)[:60].strip("-")
    if not found or found in _TAKEN or found.isdigit():
        raise invalid("slug", "must be a short name with letters, and not “new”")
    if Checklist.objects.filter(slug=found).exists():
        raise invalid("slug", "is taken by another checklist")
    return found


def settle(item: Item) -> None:
    """Bring an item in order: of a check, a sign-off and evidence only what belongs to it stays.

    Raises `ValidationError` by field.
    """
    item.title, item.group, item.help = item.title.strip(), item.group.strip(), item.help.strip()
    if item.kind == Item.Kind.AUTOMATIC:
        item.params = checks.checked_params(item.check_key, item.params or {})
    else:
        item.check_key, item.params = "", {}
    if item.kind == Item.Kind.SIGN_OFF:
        item.may_not_apply = False
        if not item.role:
            raise invalid("role", "must be given")
    else:
        item.role = ""
    check_fields(item, "key", *ITEM_PARTS)


def in_order(items: Iterable[Item]) -> list[Item]:
    """Items with those of a group together: groups in the order of their first item, items in that of their place."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.group, []).append(item)
    return [item for group in groups.values() for item in group]


def renumber(items: list[Item]) -> None:
    """Write the places of items that stand elsewhere now. Uniqueness is judged when the transaction ends."""
    moved = []
    for place, item in enumerate(items, start=1):
        if item.position != place:
            item.position = place
            moved.append(item)
    Item.objects.bulk_update(moved, ["position"])
