"""The verbs of business units: the tree is changed by one at a time, so that every lineage stays right."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.text import slugify

from coe.accounts.models import BusinessUnit, Person
from coe.core import access, changes, events
from coe.core.errors import Refused, invalid


def _lock_tree() -> None:
    """One transaction at a time writes units. A row lock would not do: a unit made meanwhile has no row to lock yet."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE accounts_businessunit IN SHARE ROW EXCLUSIVE MODE")


@transaction.atomic
def create_unit(*, name: str, actor: Person | None, parent: BusinessUnit | None = None, slug: str = "") -> BusinessUnit:
    """A new unit below `parent`, or a vertical. Its slug is made from the name unless given.

    Raises `ValidationError` by field, `PermissionDenied` to whoever is not of the centre.
    """
    if actor is not None:
        access.require(actor, "unit.manage")
    _lock_tree()
    # Read again under the lock: it may have moved since the caller read it.
    above = BusinessUnit.objects.get(pk=parent.pk).lineage if parent else []
    unit = BusinessUnit(name=name.strip(), parent=parent, slug=slug.strip() or _free_slug(name))
    unit.full_clean(exclude=["lineage"])
    unit.save(force_insert=True)
    unit.lineage = [*above, unit.pk]
    unit.save(update_fields=["lineage"])
    changes.note(affects_from=changes.EVER, what="unit.created")
    events.record(actor=actor, verb="unit.created", subject=unit, facts={"name": unit.name})
    return unit


@transaction.atomic
def change_unit(
    *, slug: str, actor: Person, name: str | None = None, parent: BusinessUnit | bool | None = False
) -> BusinessUnit:
    """Rename a unit or move it with all its sub-units below `parent` (None: to the top; False: where it is).

    Raises `BusinessUnit.DoesNotExist`, `PermissionDenied`, `ValidationError` by field, and `Refused` for a move below
    itself.
    """
    _lock_tree()
    unit = BusinessUnit.objects.visible_to(actor).get(slug=slug)
    access.require(actor, "unit.manage", unit)
    changed = []
    if name is not None and name.strip() != unit.name:
        unit.name = name.strip()
        changed.append("name")
    if not isinstance(parent, bool) and (parent.pk if parent else None) != unit.parent_id:
        _move(unit, BusinessUnit.objects.get(pk=parent.pk) if parent else None)
        changed.append("parent")
    if not changed:
        return unit
    unit.full_clean(exclude=["lineage"])
    unit.save(update_fields=changed)
    changes.note(affects_from=changes.EVER, what="unit.changed")
    facts = {"fields": changed, "name": unit.name, "parent": str(unit.parent or "")}
    events.record(actor=actor, verb="unit.changed", subject=unit, facts=facts)
    return unit


def _move(unit: BusinessUnit, parent: BusinessUnit | None) -> None:
    """Put `unit` below `parent` and write the lineage of everything below it anew, in one statement."""
    above = parent.lineage if parent else []
    if unit.pk in above:
        raise Refused(f"{unit} cannot go below {parent}, which is a part of it.")
    depth = len(unit.lineage) - 1
    below = list(BusinessUnit.objects.within(unit))
    for one in below:
        one.lineage = [*above, *one.lineage[depth:]]
    BusinessUnit.objects.bulk_update(below, ["lineage"])
    unit.parent = parent
    unit.lineage = [*above, unit.pk]


def _free_slug(name: str) -> str:
    """A slug from the name that no unit has. Raises `ValidationError` when the name has nothing to make one of."""
    base = slugify(name)[:50].strip("-")
    if not base:
        raise invalid("name", "must have letters or digits")
    taken = set(BusinessUnit.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in [base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))] if slug not in taken)
