from __future__ import annotations

from coe.accounts.models import ApiToken, Person
from coe.core.models import Event


def form(**fields):
    return {"name": "New Name", "email": "New@Example.com", "title": "", "unit": "", **fields}


def test_a_page_shows_owned_projects_that_the_reader_may_see(make, sign_in):
    owner = make.person(name="Olga Owner")
    make.project("open-one", owner=owner)
    make.project("secret-one", owner=owner, visibility="members")
    page = sign_in(make.person()).get(f"/people/{owner.pk}/").content.decode()
    assert "Open one" in page
    assert "Secret one" not in page
    assert "Secret one" in sign_in(owner).get(f"/people/{owner.pk}/").content.decode()


def test_nobody_there(make, sign_in):
    client = sign_in(make.person())
    assert client.get("/people/999999/").status_code == 404
    assert client.get(f"/people/{10**30}/").status_code == 404


def test_an_administrator_adds_somebody(make, sign_in):
    admin = make.person(roles=[("administrator", None)])
    response = sign_in(admin).post("/people/new/", form(email=" New@Example.com "))
    person = Person.objects.get(email="new@example.com")
    assert response["Location"] == f"/people/{person.pk}/"
    assert not person.has_usable_password()
    assert [e.verb for e in Event.objects.about(person)] == ["person.added"]


def test_errors_stand_beside_the_field_and_nothing_is_lost(make, sign_in):
    admin = make.person("taken@example.com", roles=[("administrator", None)])
    response = sign_in(admin).post("/people/new/", form(email="taken@example.com", title="Typed title"))
    assert response.status_code == 422
    page = response.content.decode()
    assert "already exists" in page
    assert "Typed title" in page


def test_a_stranger_may_not_add_or_change(make, sign_in):
    other = make.person()
    client = sign_in(make.person(roles=[("viewer", None), ("unit_lead", make.unit())]))
    assert client.get("/people/new/").status_code == 403
    assert client.post("/people/new/", form()).status_code == 403
    assert client.post(f"/people/{other.pk}/edit/", form()).status_code == 403
    assert client.post(f"/people/{other.pk}/deactivate/").status_code == 403
    other.refresh_from_db()
    assert other.is_active


def test_an_administrator_changes_somebody(make, sign_in):
    unit = make.unit("sales")
    other = make.person()
    client = sign_in(make.person(roles=[("administrator", None)]))
    assert client.get(f"/people/{other.pk}/edit/").status_code == 200
    assert client.post(f"/people/{other.pk}/edit/", form(unit="sales")).status_code == 302
    other.refresh_from_db()
    assert (other.name, other.email, other.unit) == ("New Name", "new@example.com", unit)
    assert Event.objects.about(other).get().facts == {"fields": ["email", "name", "unit"]}


def test_closing_an_account_ends_sessions_and_tokens_for_good(make, sign_in, api):
    other = make.person()
    theirs, script = sign_in(other), api(other)
    assert theirs.get("/me/").status_code == 200
    assert script.get("/api/v1/me/").status_code == 200
    admin = sign_in(make.person(roles=[("administrator", None)]))
    assert admin.post(f"/people/{other.pk}/deactivate/").status_code == 302
    assert theirs.get("/me/").status_code == 302
    assert script.get("/api/v1/me/").status_code == 401
    assert not ApiToken.objects.filter(user=other).exists()
    assert admin.post(f"/people/{other.pk}/deactivate/").status_code == 409
    assert admin.post(f"/people/{other.pk}/reactivate/").status_code == 302
    assert theirs.get("/me/").status_code == 302
    assert script.get("/api/v1/me/").status_code == 401


def test_the_last_administrator_cannot_be_closed(make, sign_in):
    admin = make.person(roles=[("administrator", None)])
    make.person(roles=[("administrator", None)], is_active=False)
    assert sign_in(admin).post(f"/people/{admin.pk}/deactivate/").status_code == 409
    admin.refresh_from_db()
    assert admin.is_active
