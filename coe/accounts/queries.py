from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Q

from coe.accounts.models import BusinessUnit, Grant, Person, PersonQuerySet, Role
from coe.accounts.rules import in_scope, is_administrator, standing


@dataclass
class Branch:
    """A unit with what is below it, and how many people are directly in it."""

    unit: BusinessUnit
    people: int = 0
    children: list[Branch] = field(default_factory=list)


def tree(units: Iterable[BusinessUnit], people: Mapping[int, int] | None = None) -> list[Branch]:
    """The units as branches, by name. One whose parent is not among them stands at the top."""
    counts = people or {}
    branches = {
        unit.pk: Branch(unit, counts.get(unit.pk, 0)) for unit in sorted(units, key=lambda unit: (unit.name, unit.pk))
    }
    top: list[Branch] = []
    for branch in branches.values():
        parent = branches.get(branch.unit.parent_id or 0)
        (parent.children if parent else top).append(branch)
    return top


def in_tree_order(units: Iterable[BusinessUnit]) -> list[tuple[int, BusinessUnit]]:
    """The units with their depth, each after the one it belongs to."""

    def walk(branches: list[Branch], depth: int) -> Iterable[tuple[int, BusinessUnit]]:
        for branch in branches:
            yield depth, branch.unit
            yield from walk(branch.children, depth + 1)

    return list(walk(tree(units), 0))


def people(viewer: Person, *, words: str = "", unit: BusinessUnit | None = None) -> PersonQuerySet:
    """The people whom `viewer` may know of: those with all `words` in name, address or title, of `unit` and below."""
    found = Person.objects.visible_to(viewer).select_related("unit")
    for word in words.split()[:8]:
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(title__icontains=word))
    if unit is not None:
        found = found.filter(unit__lineage__contains=[unit.pk])
    with_roles: PersonQuerySet = found.prefetch_related(Prefetch("grants", Grant.objects.select_related("unit")))
    return with_roles


def units_with_people(viewer: Person) -> tuple[list[BusinessUnit], dict[int, int]]:
    """All units, and by unit id how many active people are directly in it."""
    counted = Count("people", filter=Q(people__is_active=True))
    units = BusinessUnit.objects.visible_to(viewer)
    return list(units), dict(units.order_by("pk").annotate(n=counted).values_list("pk", "n"))


def path_of(unit: BusinessUnit) -> list[BusinessUnit]:
    """The units from the vertical down to this one, this one aside."""
    found = BusinessUnit.objects.in_bulk(unit.lineage[:-1])
    return [found[pk] for pk in unit.lineage[:-1]]


def leads_of(unit: BusinessUnit) -> list[Grant]:
    """Who leads the unit or a unit above it, the nearest first."""
    grants = Grant.objects.filter(role=Role.UNIT_LEAD, unit__in=unit.lineage, person__is_active=True)
    nearest = {pk: -depth for depth, pk in enumerate(unit.lineage)}
    return sorted(grants.select_related("person", "unit"), key=lambda g: (nearest[g.unit_id or 0], g.person.name))


def holders(*roles: str, unit: BusinessUnit | None = None) -> set[int]:
    """The ids of active people who hold one of the roles everywhere or, with a unit, for it or one above it."""
    where = Q(unit=None) | Q(unit__in=unit.lineage) if unit else Q(unit=None)
    found = Grant.objects.filter(where, role__in=roles, person__is_active=True)
    return set(found.order_by().values_list("person_id", flat=True))


def administrators() -> set[int]:
    """The ids of those who run the centre."""
    return holders(Role.ADMINISTRATOR)


def units_to_grant_in(person: Person) -> list[tuple[int, BusinessUnit]]:
    """Where `person` may give roles: everywhere for the centre, else the units led and those below them."""
    units = BusinessUnit.objects.visible_to(person)
    if not is_administrator(person):
        units = units.filter(in_scope(standing(person).scope(Role.UNIT_LEAD), "lineage"))
    return in_tree_order(units)
