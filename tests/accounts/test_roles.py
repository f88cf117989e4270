from __future__ import annotations

import pytest

from coe.accounts.models import Grant
from coe.core.models import Event


def give(client, person, role, unit=""):
    return client.post(f"/people/{person.pk}/roles/", {"role": role, "unit": unit})


@pytest.fixture
def units(make):
    retail = make.unit("retail")
    return retail, make.unit("stores", retail), make.unit("energy")


def test_an_administrator_gives_and_takes_any_role_at_once(make, sign_in, units):
    admin, other = make.person(roles=[("administrator", None)]), make.person()
    theirs, ours = sign_in(other), sign_in(admin)
    assert theirs.get("/people/new/").status_code == 403
    assert give(ours, other, "administrator").status_code == 302
    assert theirs.get("/people/new/").status_code == 200
    grant = other.grants.get()
    assert ours.post(f"/people/{other.pk}/roles/{grant.pk}/revoke/").status_code == 302
    assert theirs.get("/people/new/").status_code == 403
    assert [e.verb for e in Event.objects.about(other)] == ["role.revoked", "role.granted"]


def test_given_twice_it_is_one_grant_and_one_event(make, sign_in, units):
    admin, other = make.person(roles=[("administrator", None)]), make.person()
    for _ in range(2):
        assert give(sign_in(admin), other, "viewer", "retail").status_code == 302
    assert other.grants.count() == 1
    assert Event.objects.about(other).count() == 1


def test_a_lead_gives_viewer_and_contributor_within_the_unit(make, sign_in, units):
    lead, other = make.person(roles=[("unit_lead", units[0])]), make.person()
    client = sign_in(lead)
    assert give(client, other, "viewer", "retail").status_code == 302
    assert give(client, other, "contributor", "stores").status_code == 302
    assert sorted(other.grants.values_list("role", "unit__slug")) == [("contributor", "stores"), ("viewer", "retail")]


@pytest.mark.parametrize(
    ("role", "unit"), [("viewer", ""), ("viewer", "energy"), ("unit_lead", "retail"), ("approver", "stores")]
)
def test_a_lead_gives_nothing_else(make, sign_in, units, role, unit):
    lead, other = make.person(roles=[("unit_lead", units[0])]), make.person()
    assert give(sign_in(lead), other, role, unit).status_code in (403, 422)
    assert not other.grants.exists()


def test_a_lead_takes_away_only_what_a_lead_gives(make, sign_in, units):
    lead = make.person(roles=[("unit_lead", units[0])])
    other = make.person(roles=[("viewer", units[1]), ("approver", units[1]), ("viewer", units[2])])
    client = sign_in(lead)
    answers = {
        (grant.role, grant.unit.slug): client.post(f"/people/{other.pk}/roles/{grant.pk}/revoke/").status_code
        for grant in other.grants.select_related("unit")
    }
    assert answers == {("viewer", "stores"): 302, ("approver", "stores"): 403, ("viewer", "energy"): 403}


def test_a_stranger_gives_nothing_not_to_themselves_either(make, sign_in, units):
    stranger = make.person(roles=[("viewer", None), ("contributor", units[0])])
    assert give(sign_in(stranger), stranger, "administrator").status_code == 403
    assert give(sign_in(stranger), stranger, "viewer", "retail").status_code == 403


def test_an_administrator_of_a_unit_alone_is_refused_by_field(make, sign_in, units):
    admin, other = make.person(roles=[("administrator", None)]), make.person()
    response = give(sign_in(admin), other, "administrator", "retail")
    assert response.status_code == 422
    assert "must be empty" in response.content.decode()


def test_nobody_takes_away_the_last_administrator(make, sign_in, units):
    admin = make.person(roles=[("administrator", None)])
    make.person(roles=[("administrator", None)], is_active=False)
    grant = admin.grants.get()
    assert sign_in(admin).post(f"/people/{admin.pk}/roles/{grant.pk}/revoke/").status_code == 409
    assert Grant.objects.filter(pk=grant.pk).exists()


def test_a_grant_of_somebody_else_is_not_found_there(make, sign_in, units):
    admin, other = make.person(roles=[("administrator", None)]), make.person(roles=[("viewer", None)])
    third = make.person()
    path = f"/people/{third.pk}/roles/{other.grants.get().pk}/revoke/"
    assert sign_in(admin).post(path).status_code == 404
