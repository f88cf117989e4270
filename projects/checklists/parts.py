"""What the verbs of checklists share: locks, checks of what was typed, the order of items."""

from __future__ import annotations

from collections.abc import Iterable

from coe.accounts.models import Person
from coe.core import access
from coe.core.errors import invalid
from coe.core.fields import check_fields
from projects.checklists import checks
from projects.checklists.models import Checklist, Item

ITEM_PARTS = ("group", "title", "help", "kind", "check_key", "params", "role", "is_required", "may_not_apply")
EDITION_PARTS = ("effect", "alias", "score", "note")
CHECKLIST_PARTS = ("name", "purpose", "kind", "is_default")


def locked(slug: str, actor: Person) -> Checklist:
    """The checklist with its row locked: every verb comes past here, so that its editions need no lock of their own.

    Raises `Checklist.DoesNotExist`, `PermissionDenied`.
    """
    # Not FOR UPDATE: that would hold up whoever opens a handoff from it at this moment.
    checklist = Checklist.objects.visible_to(actor).select_for_update(no_key=True).get(slug=slug)
    access.require(actor, "checklist.manage", checklist)
    return checklist


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
