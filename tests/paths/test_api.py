"""The API of paths."""

from __future__ import annotations

import pytest

from coe.paths import people, services
from coe.paths.models import Path
from coe.paths.queries import published
from tests.paths.conftest import ASKED

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/paths/"
BASE = f"{ROOT}team-start/"


def test_the_list(make, api, path, monkeypatch):
    monkeypatch.setattr(people, "_counts", [lambda ids: {path.pk: 3}])
    client = api(make.person())
    (one,) = client.get(f"{ROOT}?q=team-start").json()["results"]
    assert (one["title"], one["audience"], one["edition"], one["step_count"], one["minutes"], one["on_it"]) == (
        "Team start", "new_team", 1, 4, 65, 3,
    )  # fmt: skip
    assert client.get(f"{ROOT}?audience=mentor&q=team-start").json()["count"] == 0
    assert client.get(f"{ROOT}?archived=true").json()["count"] == 0
    slugs = [one["slug"] for one in client.get(f"{ROOT}?sort=-title").json()["results"]]
    titles = list(Path.objects.in_use().order_by("-title").values_list("slug", flat=True))
    assert slugs == titles
    assert api().get(ROOT).status_code == 401


def test_one_with_its_steps(make, api, owner, path):
    found = api(make.person()).get(BASE).json()
    assert [step["key"] for step in found["steps"]] == ["read", "run", "ask", "quiz"]
    assert found["steps"][1]["needs"] == ["read"]
    assert found["steps"][3]["questions"] == [{"text": ASKED["text"], "options": ASKED["options"]}]
    assert [edition["number"] for edition in found["editions"]] == [1]
    # Who writes it sees what is right.
    assert api(owner).get(BASE).json()["steps"][3]["questions"] == [ASKED]


def test_a_guide_that_the_caller_may_not_know_of(make, api, owner):
    closed = make.project(visibility="members", owner=owner)
    guide = make.document("hush", about=closed, owner=owner)
    make.path("closed-guide", steps=[{"kind": "read", "document": guide}])
    assert api(owner).get(f"{ROOT}closed-guide/").json()["steps"][0]["document"] == "hush"
    assert api(make.person()).get(f"{ROOT}closed-guide/").json()["steps"][0]["document"] is None


def test_from_nothing_to_published(admin, make, api):
    make.document("first-guide")
    client = api(admin)
    made = client.post(ROOT, {"title": "Walk in", "audience": "mentor"}, format="json")
    assert (made.status_code, made.json()["slug"], made.json()["edition"]) == (201, "walk-in", None)
    base = f"{ROOT}walk-in/draft/steps/"
    steps = [
        {"key": "read", "title": "Read", "kind": "read", "document": "first-guide"},
        {"key": "seen", "title": "Seen", "kind": "verified", "check_key": "look-here", "params": {"kind": "thing"}},
        {"key": "quiz", "title": "Quiz", "kind": "quiz", "questions": [ASKED], "needs": ["read"], "covers": ["seen"]},
    ]
    for step in steps:
        answer = client.post(base, step, format="json")
        assert answer.status_code == 201, answer.json()
        assert {name: answer.json()[name] for name in step} == step
    moved = client.post(f"{base}quiz/move/", {"to": 2}, format="json").json()
    assert [step["key"] for step in moved["steps"]] == ["read", "quiz", "seen"]
    gone = client.delete(f"{base}seen/?version={moved['version']}")
    assert gone.json() == [{"key": "quiz", "needs": ["read"], "covers": []}]
    done = client.post(f"{ROOT}walk-in/publish/", {}, format="json").json()
    assert (done["state"], done["published_by"]) == ("published", admin.email)
    assert client.get(f"{ROOT}walk-in/").json()["edition"] == 1


def test_the_next_edition(owner, api, path):
    client = api(owner)
    assert client.post(f"{BASE}draft/").json()["number"] == 2
    changed = client.patch(f"{BASE}draft/steps/read/", {"title": "Read it", "version": 1}, format="json")
    assert (changed.json()["title"], changed.json()["minutes"]) == ("Read it", 20)
    stale = client.patch(f"{BASE}draft/steps/read/", {"title": "Mine", "version": 1}, format="json")
    assert stale.status_code == 409
    too_early = client.post(f"{BASE}draft/steps/run/move/", {"to": 1}, format="json")
    assert (too_early.status_code, "needs “Read it” first" in too_early.json()["detail"]) == (409, True)
    assert client.delete(f"{BASE}draft/?version=1").status_code == 409
    assert client.delete(f"{BASE}draft/?version=x").json()["errors"] == {"version": ["A valid integer is required."]}
    assert client.delete(f"{BASE}draft/?version=2").status_code == 204
    assert path.editions.count() == 1


@pytest.mark.parametrize(
    ("address", "body", "field"),
    [
        ("draft/steps/", {"key": "x", "title": ""}, "title"),
        ("draft/steps/", {"key": "read", "title": "Again"}, "key"),
        ("draft/steps/", {"key": "x", "title": "X", "kind": "verified"}, "check_key"),
        ("draft/steps/", {"key": "x", "title": "X", "kind": "read", "document": "nowhere"}, "document"),
        ("draft/steps/", {"key": "x", "title": "X", "needs": ["nowhere"]}, "needs"),
        ("draft/steps/", {"key": "x", "title": "X", "kind": "quiz", "questions": [{"text": "?"}]}, "questions"),
        ("draft/steps/read/move/", {"to": 9}, "to"),
        ("publish/", {"note": ""}, "note"),
    ],
)
def test_what_is_wrong_is_named(owner, api, draft, address, body, field):
    answer = api(owner).post(BASE + address, body, format="json")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_a_draft_is_for_those_who_write_it(owner, make, api, draft):
    assert api(owner).get(f"{BASE}editions/2/").json()["state"] == "draft"
    person = api(make.person())
    assert person.get(f"{BASE}editions/2/").status_code == 404
    assert person.get(f"{BASE}editions/1/").json()["number"] == 1
    assert len(person.get(BASE).json()["editions"]) == 1
    for address in ("draft/", "draft/steps/", "publish/", "archive/", "restore/", "draft/steps/read/move/"):
        assert person.post(BASE + address, {}, format="json").status_code == 403, address
    assert person.post(ROOT, {"title": "Ours"}, format="json").status_code == 403
    make.path("fresh", published=False)
    assert person.get(f"{ROOT}fresh/").status_code == 404


def test_title_owner_and_use(owner, admin, api, path):
    client = api(owner)
    changed = client.patch(BASE, {"title": "Begin", "owner": admin.email}, format="json").json()
    assert (changed["title"], changed["owner"]) == ("Begin", admin.email)
    assert client.patch(BASE, {"title": "Mine"}, format="json").status_code == 403
    assert api(admin).post(f"{BASE}archive/").json()["is_archived"] is True
    assert api(admin).post(f"{BASE}restore/").json()["is_archived"] is False
    assert published(path).number == 1


def test_without_a_draft(owner, api, path):
    assert api(owner).post(f"{BASE}publish/", {"note": "x"}, format="json").status_code == 409
    assert api(owner).patch(f"{BASE}draft/steps/read/", {"title": "x"}, format="json").status_code == 409


def test_few_queries(owner, make, api, path, django_assert_max_num_queries):
    for n in range(8):
        make.path(f"more-{n}", steps=[{"kind": "read", "document": make.document()} for _ in range(3)])
    client = api(owner)
    with django_assert_max_num_queries(8):
        client.get(ROOT)
    with django_assert_max_num_queries(9):
        client.get(f"{ROOT}more-3/")
    with django_assert_max_num_queries(9):
        client.get(f"{ROOT}more-3/editions/1/")
    services.draft_edition(slug=path.slug, actor=owner)
