from __future__ import annotations

import contextlib
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coe.accounts import unit_services
from coe.accounts.models import BusinessUnit
from coe.core import changes
from coe.core.errors import Refused
from coe.core.models import Change, Event


@pytest.fixture
def admin(make):
    return make.person(roles=[("administrator", None)])


def test_the_tree_and_a_unit_are_shown_to_everybody(make, sign_in):
    retail = make.unit("retail")
    stores = make.unit("stores", retail)
    lead = make.person(name="Lea Lead", unit=stores, roles=[("unit_lead", retail)])
    make.project("open-one", unit=stores)
    make.project("secret-one", unit=stores, visibility="members")
    client = sign_in(make.person())
    assert "Stores" in client.get("/units/").content.decode()
    page = client.get("/units/retail/").content.decode()
    assert "Lea Lead" in page
    assert "All 1 project," in page
    assert "New sub-unit" not in page
    assert "All 2 projects," in sign_in(lead).get("/units/retail/").content.decode()
    assert client.get("/units/nowhere/").status_code == 404


def test_units_are_filtered_and_exported(make, sign_in):
    retail = make.unit("retail")
    make.unit("stores", retail, name="=Stores")
    client = sign_in(make.person(unit=retail))
    assert "1 unit<" in client.get("/units/?q=stor").content.decode()
    assert "Show all units" in client.get("/units/?q=zzz").content.decode()
    lines = b"".join(client.get("/units/?format=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines == ["slug,name,path,people", "retail,Retail,Retail,1", "stores,'=Stores,Retail / =Stores,0"]


def test_an_administrator_creates_and_moves(make, sign_in, admin):
    client = sign_in(admin)
    assert client.post("/units/new/", {"name": "Health Care", "parent": ""})["Location"] == "/units/health-care/"
    assert (
        client.post("/units/new/", {"name": "Health Care", "parent": "health-care"})["Location"]
        == "/units/health-care-2/"
    )
    inner = BusinessUnit.objects.get(slug="health-care-2")
    assert inner.lineage == [inner.parent_id, inner.pk]
    assert client.post("/units/health-care-2/edit/", {"name": "Clinics", "parent": ""}).status_code == 302
    inner.refresh_from_db()
    assert (inner.name, inner.lineage) == ("Clinics", [inner.pk])
    assert [e.verb for e in Event.objects.about(inner)] == ["unit.changed", "unit.created"]


def test_a_move_notes_that_all_figures_may_differ(make, admin):
    left, right = make.unit(), make.unit()
    unit_services.change_unit(slug=left.slug, actor=admin, parent=right)
    assert Change.objects.latest("pk").affects_from == changes.EVER


def test_a_unit_does_not_go_below_itself(make, sign_in, admin):
    top = make.unit("top")
    make.unit("low", make.unit("middle", top))
    client = sign_in(admin)
    for parent in ("low", "top"):
        response = client.post("/units/top/edit/", {"name": "Top", "parent": parent})
        assert response.status_code == 422
    top.refresh_from_db()
    assert top.parent is None


def test_a_lead_may_not_change_units(make, sign_in):
    unit = make.unit("mine")
    client = sign_in(make.person(roles=[("unit_lead", unit)]))
    assert client.post("/units/new/", {"name": "Other", "parent": "mine"}).status_code == 403
    assert client.get("/units/mine/edit/").status_code == 403
    assert client.post("/units/mine/edit/", {"name": "Other", "parent": ""}).status_code == 403


def naive_lineage(unit: BusinessUnit) -> list[int]:
    found = [unit.pk]
    while unit.parent_id:
        unit = BusinessUnit.objects.get(pk=unit.parent_id)
        found.insert(0, unit.pk)
    return found


@given(seed=st.integers(0, 2**32))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_moves_every_lineage_is_the_path_from_the_root(make, admin, seed):
    chance = random.Random(seed)
    units: list[BusinessUnit] = []
    for _ in range(chance.randint(2, 12)):
        parent = chance.choice([None, *units])
        units.append(unit_services.create_unit(name=f"Unit {seed}", actor=admin, parent=parent))
    for _ in range(12):
        with contextlib.suppress(Refused):
            unit_services.change_unit(slug=chance.choice(units).slug, actor=admin, parent=chance.choice([None, *units]))
    for unit in BusinessUnit.objects.filter(pk__in=[unit.pk for unit in units]):
        assert unit.lineage == naive_lineage(unit)
