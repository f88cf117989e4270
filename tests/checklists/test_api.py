from __future__ import annotations

import pytest

from projects.checklists import services
from projects.checklists.models import Checklist
from projects.checklists.queries import published

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/checklists/"
BASE = f"{ROOT}ready/"


def test_the_list(make, api, ready):
    found = api(make.person()).get(ROOT).json()["results"]
    assert [one["slug"] for one in found] == ["pilot", "production-readiness", "ready", "retirement"]
    assert [edition["number"] for edition in found[2]["editions"]] == [1]
    assert api(make.person()).get(f"{ROOT}?kind=pilot&sort=-name").json()["count"] == 1
    assert api(make.person()).get(f"{ROOT}?q=out+of+use").json()["count"] == 1
    assert api(make.person()).get(f"{ROOT}?archived=true").json()["count"] == 0
    assert api().get(ROOT).status_code == 401


def test_an_edition_with_its_items(make, api, ready):
    edition = api(make.person()).get(f"{BASE}editions/1/").json()
    assert (edition["number"], edition["state"], edition["published_by"]) == (1, "published", None)
    assert [item["key"] for item in edition["items"]] == ["runbook", "rollback", "schema"]
    assert edition["items"][2]["check_key"] == "has_signature"
    assert api(make.person()).get(f"{BASE}editions/2/").status_code == 404


def test_from_nothing_to_published(admin, api):
    client = api(admin)
    made = client.post(ROOT, {"name": "Shadow run", "kind": "pilot", "alias": "shadow"}, format="json")
    assert (made.status_code, made.json()["slug"], made.json()["editions"][0]["state"]) == (201, "shadow-run", "draft")
    base = f"{ROOT}shadow-run/"
    check = {
        "key": "good",
        "title": "It is good",
        "group": "Model",
        "kind": "automatic",
        "check_key": "metric_beats_threshold",
        "params": {"metric": "auc", "threshold": 0.8, "better": "higher"},
    }
    assert client.post(f"{base}draft/items/", check, format="json").status_code == 201
    plain = {"key": "told", "title": "People are told", "group": "Model"}
    assert client.post(f"{base}draft/items/", plain, format="json").json()["position"] == 2
    moved = client.post(f"{base}draft/items/told/move/", {"way": "up"}, format="json").json()
    assert [item["key"] for item in moved["items"]] == ["told", "good"]
    assert client.delete(f"{base}draft/items/told/?version={moved['version']}").status_code == 204
    done = client.post(f"{base}publish/", {"is_default": True}, format="json").json()
    assert (done["state"], done["published_by"], done["items"][0]["params"]["threshold"]) == (
        "published",
        admin.email,
        0.8,
    )
    assert Checklist.objects.get(is_default=True).slug == "shadow-run"


def test_the_next_edition(admin, api, ready):
    client = api(admin)
    assert client.post(f"{BASE}draft/").json()["number"] == 2
    changed = client.patch(f"{BASE}draft/", {"alias": "champion", "version": 1}, format="json").json()
    assert (changed["alias"], changed["version"], len(changed["items"])) == ("champion", 2, 3)
    assert client.patch(f"{BASE}draft/", {"alias": "x", "version": 1}, format="json").status_code == 409
    item = client.patch(f"{BASE}draft/items/runbook/", {"title": "A runbook", "version": 2}, format="json").json()
    assert item["title"] == "A runbook"
    stale = client.patch(f"{BASE}draft/items/runbook/", {"title": "Mine", "version": 2}, format="json")
    assert stale.status_code == 409
    assert client.delete(f"{BASE}draft/?version=2").status_code == 409
    assert client.delete(f"{BASE}draft/?version=x").json()["errors"] == {"version": ["A valid integer is required."]}
    assert client.delete(f"{BASE}draft/?version=3").status_code == 204
    assert ready.editions.count() == 1


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("draft/items/", {"key": "x", "title": "", "group": "Data"}, "title"),
        ("draft/items/", {"key": "runbook", "title": "Again", "group": "Data"}, "key"),
        ("draft/items/", {"key": "x", "title": "X", "group": "Data", "kind": "automatic"}, "check_key"),
        ("draft/items/", {"key": "x", "title": "X", "group": "Data", "kind": "sign_off"}, "role"),
        ("draft/items/runbook/move/", {"way": "left"}, "way"),
        ("publish/", {"note": ""}, "note"),
    ],
)
def test_what_is_wrong_is_named(admin, api, ready, path, body, field):
    services.draft_edition(slug="ready", actor=admin)
    answer = api(admin).post(BASE + path, body, format="json")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_a_draft_is_for_those_who_write_it(admin, make, api, ready):
    services.draft_edition(slug="ready", actor=admin)
    assert api(admin).get(f"{BASE}editions/2/").json()["state"] == "draft"
    person = api(make.person())
    assert person.get(f"{BASE}editions/2/").status_code == 404
    assert len(person.get(BASE).json()["editions"]) == 1
    for path in ("draft/", "draft/items/", "publish/", "archive/", "restore/", "draft/items/runbook/move/"):
        assert person.post(BASE + path, {}, format="json").status_code == 403, path


def test_without_a_draft(admin, api, ready):
    assert api(admin).patch(f"{BASE}draft/", {"alias": "x"}, format="json").status_code == 409
    assert api(admin).post(f"{BASE}publish/", {"note": "x"}, format="json").status_code == 409


def test_name_and_use(admin, api, ready):
    client = api(admin)
    assert client.patch(BASE, {"name": "Go live"}, format="json").json()["name"] == "Go live"
    assert client.patch(BASE, {"kind": "pilot"}, format="json").status_code == 400
    assert client.post(f"{BASE}archive/").json()["is_archived"] is True
    assert client.post(f"{BASE}restore/").json()["is_archived"] is False
    assert client.post(f"{ROOT}production-readiness/archive/").status_code == 409
    assert published(ready).number == 1


def test_few_queries(admin, make, api, django_assert_max_num_queries):
    for n in range(8):
        make.checklist(f"more-{n}")
    client = api(admin)
    with django_assert_max_num_queries(8):
        client.get(ROOT)
    with django_assert_max_num_queries(8):
        client.get(f"{ROOT}production-readiness/editions/1/")
