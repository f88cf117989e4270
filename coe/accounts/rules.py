"""What roles people hold where, and the access rules of this room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from coe.accounts.models import BusinessUnit, Grant, Person, Role
from coe.core import access, events


@dataclass(frozen=True)
class Standing:
    """A person's roles: those held everywhere, and those held for a unit and its sub-units."""

    everywhere: frozenset[str]
    units: dict[str, frozenset[int]]

    def holds(self, *roles: str, unit: BusinessUnit | None = None) -> bool:
        """Whether one of `roles` is held for `unit` (itself or one above it); without a unit: whether everywhere."""
        if self.everywhere & set(roles):
            return True
        return unit is not None and any(self.units.get(role, frozenset()) & set(unit.lineage) for role in roles)

    def holds_anywhere(self, *roles: str) -> bool:
        """Whether one of `roles` is held everywhere or for any unit at all."""
        return bool((self.everywhere | self.units.keys()) & set(roles))

    def scope(self, *roles: str) -> frozenset[int] | None:
        """The ids of units for which one of `roles` (any, when none is named) was granted; None means everywhere."""
        wanted = set(roles) or set(Role.values)
        if self.everywhere & wanted:
            return None
        return frozenset().union(*(ids for role, ids in self.units.items() if role in wanted))


def standing(person: Person) -> Standing:
    """The person's roles, read once and kept on the instance."""
    # Not of __dict__: the person of a request is behind a wrapper with one of its own.
    kept: Standing | None = getattr(person, "_standing", None)
    return kept or keep_standing(person, Grant.objects.filter(person=person).values_list("role", "unit_id"))


def keep_standing(person: Person, grants: Iterable[tuple[str, int | None]]) -> Standing:
    """Note on the instance the roles that the database just gave: (role, id of the unit or None for everywhere)."""
    units: dict[str, set[int]] = {}
    everywhere: set[str] = set()
    for role, unit_id in grants:
        if unit_id is None:
            everywhere.add(role)
        else:
            units.setdefault(role, set()).add(unit_id)
    kept = Standing(frozenset(everywhere), {role: frozenset(ids) for role, ids in units.items()})
    person.__dict__["_standing"] = kept
    return kept


def in_scope(scope: frozenset[int] | None, lineage: str = "unit__lineage") -> Q:
    """The condition that an object's unit lies in `scope` (None: everywhere)."""
    if scope is None:
        # Not an empty Q(): joined by "or" with another condition, that one would be the only one left.
        return ~Q(pk__in=[])
    if not scope:
        return Q(pk__in=[])
    unit = lineage.removesuffix("lineage").removesuffix("__")
    if not unit:
        return Q(lineage__overlap=sorted(scope))
    # As a set of units that is found once: joined, PostgreSQL would go through all units again for each object.
    return Q(**{f"{unit}__in": BusinessUnit.objects.filter(lineage__overlap=sorted(scope)).order_by().values("pk")})


def is_administrator(person: Person) -> bool:
    return Role.ADMINISTRATOR in standing(person).everywhere


@access.visibility("person")
def _people(_person: Person) -> Q:
    return Q()


@access.visibility("unit")
def _units(_person: Person) -> Q:
    return Q()


@access.rule("unit.manage")
def _manage_units(person: Person, _unit: object) -> bool:
    return is_administrator(person)


@access.rule("person.manage")
def _manage_people(person: Person, _other: object) -> bool:
    return is_administrator(person)


@access.rule("grant.give")
def _give_grants(person: Person, unit: object) -> bool:
    """Administrators everywhere; a unit lead below the unit led (the verb refuses the roles a lead may not give)."""
    return is_administrator(person) or (
        isinstance(unit, BusinessUnit) and standing(person).holds(Role.UNIT_LEAD, unit=unit)
    )


events.sentence("person.added", "added {name}")
events.sentence("person.changed", lambda facts: "changed " + ", ".join(facts.get("fields", [])).replace("_", " "))
events.sentence("person.deactivated", "closed the account")
events.sentence("person.reactivated", "opened the account again")
events.sentence("role.granted", "gave the role {role} for {where}")
events.sentence("role.revoked", "took away the role {role} for {where}")
events.sentence("sessions.ended", "ended all other sessions")
events.sentence("token.issued", "issued the API token {name}")
events.sentence("token.revoked", "revoked the API token {name}")
events.sentence("unit.created", "created the unit {name}")
events.sentence("unit.changed", lambda facts: "changed " + ", ".join(facts.get("fields", [])).replace("_", " "))
