from __future__ import annotations

import pytest


def test_a_project_is_created_and_changed(world, api):
    client = api(world.contributor)
    body = {
        "name": "Prices",
        "summary": "Says what a price does.",
        "unit": "stores",
        "stage": "pilot",
        "on": "2026-01-05",
        "owner": "OWNER@example.com",
        "techniques": ["GAM"],
        "links": [{"url": "https://x.example"}],
        "annual_value": "1200.50",
        "stakeholders": ["stranger@example.com"],
    }
    answer = client.post("/api/v1/projects/", body)
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert (made["slug"], made["stage"], made["owner"], made["version"]) == ("prices", "pilot", "owner@example.com", 1)
    assert made["links"] == [{"label": "https://x.example", "url": "https://x.example"}]
    owner = api(world.owner)
    changed = owner.patch("/api/v1/projects/prices/", {"summary": "Other.", "version": 1})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert owner.patch("/api/v1/projects/prices/", {"summary": "Late.", "version": 1}).status_code == 409
    assert owner.patch("/api/v1/projects/prices/", {"summary": "Unasked."}).status_code == 200
    etag = owner.get("/api/v1/projects/prices/")["ETag"]
    assert owner.get("/api/v1/projects/prices/", headers={"if-none-match": etag}).status_code == 304
    assert owner.delete("/api/v1/projects/prices/").status_code == 405


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"unit": "nowhere"}, "unit"),
        ({"owner": "nobody@example.com"}, "owner"),
        ({"owner": 5}, "owner"),
        ({"name": "x" * 121}, "name"),
        ({"name": None}, "name"),
        ({"effort": 9}, "effort"),
        ({"annual_value": "NaN"}, "annual_value"),
        ({"links": "x"}, "links"),
        ({"links": [{"url": "javascript:alert(1)"}]}, "links"),
        ({"techniques": ["a,b"]}, "techniques"),
        ({"currency": "eur"}, "currency"),
        ({"stage": "done"}, "stage"),
        ({"on": "2999-01-01"}, "on"),
        ({"slug": "churn"}, "slug"),
        ({"problem": "[" * 20000}, "problem"),
    ],
)
def test_what_is_wrong_is_named(world, api, wrong, field):
    body = {"name": "Prices", "summary": "s", "unit": "stores", **wrong}
    answer = api(world.contributor).post("/api/v1/projects/", body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_filters_and_sort_are_those_of_the_page(make, world, api):
    make.project("fraud", unit=world.energy, owner=world.admin, stage="pilot")
    client = api(world.viewer)

    def slugs(query):
        return [row["slug"] for row in client.get(f"/api/v1/projects/?{query}").json()["results"]]

    assert slugs("unit=retail") == ["churn"]
    assert slugs("stage=pilot&owner=adam") == ["fraud"]
    assert slugs("sort=-name") == ["fraud", "churn"]
    assert slugs("sort=nonsense") == ["churn", "fraud"]
    assert client.get("/api/v1/projects/?stage=done").status_code == 400


def test_members_moves_status_and_timeline(world, api):
    client = api(world.owner)
    person = {"person": "stranger@example.com", "responsibility": "support"}
    assert client.post("/api/v1/projects/churn/members/", person).status_code == 201
    assert client.get("/api/v1/projects/churn/members/").json()["count"] == 2
    query = "person=stranger@example.com&responsibility=support"
    assert client.delete(f"/api/v1/projects/churn/members/?{query}").status_code == 204
    assert client.delete(f"/api/v1/projects/churn/members/?{query}").status_code == 404
    body = {"to": "pilot", "reason": "It works", "on": "2026-02-01"}
    assert client.post("/api/v1/projects/churn/move/", body).json()["before"] == "exploration"
    assert client.post("/api/v1/projects/churn/move/", body).status_code == 409
    assert client.get("/api/v1/projects/churn/move/").json()["count"] == 2
    said = client.post("/api/v1/projects/churn/status/", {"status": "at_risk", "text": "*Late*"})
    assert said.json()["html"] == "<p><em>Late</em></p>"
    assert client.post("/api/v1/projects/churn/status/", {"status": "at_risk"}).json()["errors"]["text"]
    rows = client.get("/api/v1/projects/churn/timeline/").json()["results"]
    assert [row["verb"] for row in rows] == [
        *("project.status_given", "project.moved", "project.member_removed", "project.member_added"),
    ]
    assert rows[1]["sentence"] == "moved it to pilot: It works"
    assert rows[1]["actor"] == "owner@example.com"
