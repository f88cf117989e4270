from __future__ import annotations

from types import SimpleNamespace

import pytest


@pytest.fixture
def world(settings, make):
    """A project with everybody around it: owner, member, lead, administrator, and three who are none of these."""
    # Nobody signs in by password here, and many people are made.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    retail = make.unit("retail")
    stores = make.unit("stores", retail)
    energy = make.unit("energy")
    people = SimpleNamespace(
        owner=make.person("owner@example.com", name="Olga Owner", unit=stores),
        member=make.person("member@example.com", name="Mia Member"),
        lead=make.person(name="Lea Lead", roles=[("unit_lead", retail)]),
        admin=make.person("admin@example.com", name="Adam Admin", roles=[("administrator", None)]),
        contributor=make.person(roles=[("contributor", retail)]),
        viewer=make.person(roles=[("viewer", retail)]),
        stranger=make.person("stranger@example.com", unit=energy, roles=[("unit_lead", energy)]),
    )
    project = make.project("churn", unit=stores, owner=people.owner, stage="exploration", since="2026-01-01")
    make.member(project, people.member)
    return SimpleNamespace(project=project, retail=retail, stores=stores, energy=energy, **vars(people))


@pytest.fixture
def restricted(world):
    """The same world, its project for members alone."""
    world.project.visibility = "members"
    world.project.save()
    return world
