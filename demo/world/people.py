"""Units, people and their roles, entered by the centre's first administrator."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from coe.accounts import services, unit_services
from coe.accounts.models import BusinessUnit, Person
from demo.world.clock import Story, moment
from demo.world.content import staff
from demo.world.content.units import DOMAIN, UNITS
from demo.world.shape import Someone
from demo.world.shape import Unit as UnitPlan
from demo.world.sign_in import SIGN_IN, address

__all__ = ["SIGN_IN", "Cast", "add_people", "add_units"]


@dataclass
class Cast:
    """Everybody and every unit that the portal holds, by their short names."""

    people: dict[str, Person]
    units: dict[str, BusinessUnit]

    @classmethod
    def now(cls) -> Cast:
        """As the database has them; roles are read anew by whoever acts."""
        ending = f"@{DOMAIN}"
        people = Person.objects.filter(email__endswith=ending)
        units = BusinessUnit.objects.select_related("parent")
        return cls({each.email.removesuffix(ending): each for each in people}, {each.slug: each for each in units})

    @property
    def centre(self) -> Person:
        return self.people[staff.FOUNDER.key]

    def lead_of(self, unit: str) -> Person:
        """Who leads the vertical that a unit belongs to."""
        vertical = self.units[unit].parent or self.units[unit]
        return next(self.people[each.key] for each in staff.STAFF if f"unit_lead@{vertical.slug}" in each.roles)


def add_units(story: Story, cast: Cast, since: int) -> None:
    """Those units that are missing; a vertical comes before its parts."""
    for plan in UNITS:
        if plan.slug not in cast.units:
            story.add(moment(since, "units"), partial(_unit, cast, plan))


def _unit(cast: Cast, plan: UnitPlan) -> None:
    parent = cast.units[plan.parent] if plan.parent else None
    cast.units[plan.slug] = unit_services.create_unit(name=plan.name, slug=plan.slug, parent=parent, actor=cast.centre)


def add_people(story: Story, cast: Cast, since: int) -> None:
    """Those people that are missing, with their roles. The founder is added as an operator would, by nobody."""
    if staff.FOUNDER.key not in cast.people:
        story.add(moment(since + 1, "founder"), partial(_person, cast, staff.FOUNDER))
    for one in staff.STAFF:
        if one.key not in cast.people and one is not staff.FOUNDER:
            story.add(moment(since - 1, "people"), partial(_person, cast, one))


def _person(cast: Cast, one: Someone) -> None:
    actor = cast.people.get(staff.FOUNDER.key)
    person = services.add_person(
        email=address(one.key),
        name=one.name,
        title=one.title,
        unit=cast.units[one.unit] if one.unit else None,
        timezone_name=one.timezone,
        actor=actor,
    )
    for word in one.roles:
        role, _, unit = word.partition("@")
        services.grant_role(person_id=person.pk, role=role, unit=cast.units[unit] if unit else None, actor=actor)
    cast.people[one.key] = person
