from __future__ import annotations

from coe.accounts.models import BusinessUnit


def test_units_are_listed_read_and_filtered(make, api):
    retail = make.unit("retail")
    make.unit("stores", retail)
    make.unit("energy")
    client = api(make.person())
    assert [u["slug"] for u in client.get("/api/v1/units/").json()["results"]] == ["energy", "retail", "stores"]
    assert [u["slug"] for u in client.get("/api/v1/units/?within=retail").json()["results"]] == ["retail", "stores"]
    assert client.get("/api/v1/units/?within=nowhere").json()["count"] == 0
    assert client.get("/api/v1/units/stores/").json() == {"slug": "stores", "name": "Stores", "parent": "retail"}
    assert client.get("/api/v1/units/nowhere/").status_code == 404


def test_an_etag_saves_the_answer(make, api):
    make.unit("retail")
    client = api(make.person())
    etag = client.get("/api/v1/units/retail/")["ETag"]
    assert client.get("/api/v1/units/retail/", headers={"if-none-match": etag}).status_code == 304


def test_only_an_administrator_creates_and_moves_units(make, api):
    make.unit("retail")
    body = {"slug": "stores", "name": "Stores", "parent": "retail"}
    other = api(make.person(roles=[("unit_lead", None)]))
    assert other.post("/api/v1/units/", body).status_code == 403
    assert other.patch("/api/v1/units/retail/", {"name": "x"}).status_code == 403
    admin = api(make.person(roles=[("administrator", None)]))
    assert admin.post("/api/v1/units/", body).status_code == 201
    assert admin.patch("/api/v1/units/stores/", {"parent": None}).json()["parent"] is None
    assert admin.patch("/api/v1/units/retail/", {"parent": "retail"}).status_code == 409
    assert admin.patch("/api/v1/units/retail/", {"slug": "other"}).json()["errors"]["slug"]
    assert admin.patch("/api/v1/units/retail/", {"parent": "nowhere"}).json()["errors"]["parent"]
    assert admin.post("/api/v1/units/", {"name": ""}).json()["errors"]["name"]
    assert admin.delete("/api/v1/units/retail/").status_code == 405
    assert BusinessUnit.objects.get(slug="stores").lineage


def test_people_are_read_and_searched(make, api):
    retail = make.unit("retail")
    ada = make.person("ada@example.com", name="Ada", unit=retail, roles=[("viewer", retail)])
    client = api(make.person("bob@example.com", name="Bob"))
    assert [p["name"] for p in client.get("/api/v1/people/?unit=retail").json()["results"]] == ["Ada"]
    assert client.get("/api/v1/people/?q=ada").json()["count"] == 1
    person = client.get(f"/api/v1/people/{ada.pk}/").json()
    assert person["roles"] == [{"role": "viewer", "unit": "retail"}]
    assert "password" not in person
    assert client.post("/api/v1/people/", {"name": "x"}).status_code == 405
    assert client.get("/api/v1/people/x/").status_code == 404


def test_me(make, api, sign_in):
    person = make.person("ada@example.com", timezone="Asia/Tokyo", roles=[("executive", None)])
    for client in (api(person), sign_in(person)):
        me = client.get("/api/v1/me/").json()
        assert (me["email"], me["timezone"], me["roles"]) == (
            "ada@example.com",
            "Asia/Tokyo",
            [{"role": "executive", "unit": None}],
        )
    assert api().get("/api/v1/me/").status_code == 401
