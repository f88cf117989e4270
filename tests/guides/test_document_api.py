"""The API of documents: the whole way, and a conflict that tells both texts."""

from __future__ import annotations

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from tests.factories import Make
from tests.guides.pictures import png

Api = Callable[..., APIClient]
DOCUMENTS = "/api/v1/documents/"


def test_the_whole_way(make: Make, api: Api) -> None:
    project = make.project("churn")
    client = api(make.person("w@example.com", roles=[("contributor", None), ("administrator", None)]))
    made = client.post(
        DOCUMENTS,
        {"kind": "how_to", "title": "Read it", "text": "One.", "about": {"kind": "project", "id": project.pk}},
    )
    assert made.status_code == 201, made.data
    assert (made.data["slug"], made.data["published"]) == ("read-it", None)
    assert made.data["about"] == {"kind": "project", "id": project.pk}
    one = f"{DOCUMENTS}read-it/"
    saved = client.post(one + "revisions/", {"based_on": 1, "title": "Read it", "summary": "", "text": "Two."})
    assert (saved.status_code, saved.data["number"]) == (201, 2)
    assert client.post(one + "publish/", {"revision": 2}).data["published"] == 2
    assert client.post(one + "verify/", {"revision": 2}).data["is_verified"] is True
    assert client.patch(one, {"tags": ["x"], "about": None}).data["about"] is None
    restored = client.post(one + "restore/", {"number": 1, "based_on": 2})
    assert (restored.status_code, restored.data["restored_from"]) == (201, 1)
    assert [row["number"] for row in client.get(one + "revisions/").data] == [3, 2, 1]
    assert client.post(one + "withdraw/", {"reason": "R"}).data["published"] is None
    assert client.post(one + "archive/", {"reason": "R"}).data["archived_at"]
    assert client.post(one + "recall/").data["archived_at"] is None


def test_a_conflict_tells_both_texts(make: Make, api: Api) -> None:
    document = make.document("churn", text="One.\nTwo.\nThree.")
    client = api(document.owner)
    path = f"{DOCUMENTS}churn/revisions/"
    given = {"based_on": 1, "title": "Churn", "summary": "About Churn."}
    assert client.post(path, {**given, "text": "One.\nTwo.\nThree!"}).status_code == 201
    answer = client.post(path, {**given, "text": "One!\nTwo.\nThree."})
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["latest"]["number"], problem["latest"]["text"]) == (2, "One.\nTwo.\nThree!")
    assert (problem["merged"]["text"], problem["merged"]["conflicts"]) == ("One!\nTwo.\nThree!", 0)
    again = client.post(path, {**given, "based_on": 2, "text": problem["merged"]["text"]})
    assert again.data["number"] == 3


def test_lists_by_what_they_are(make: Make, api: Api) -> None:
    unit = make.unit("retail")
    make.document("churn", kind="playbook", audience="teams", unit=unit, tags=["pricing"])
    make.document("fraud")
    draft = make.document("draft", published=False)

    def found(query: str, person: object = None) -> list[str]:
        answer = api(person or make.person()).get(DOCUMENTS + query)
        assert answer.status_code == 200, answer.data
        return [row["slug"] for row in answer.data["results"]]

    assert found("") == ["churn", "fraud"]
    assert found("?sort=-title") == ["fraud", "churn"]
    for query in ("kind=playbook", "audience=teams", "unit=retail", "tag=pricing", "q=chu"):
        assert found(f"?{query}") == ["churn"], query
    assert found("?state=draft") == []
    assert found("?state=draft", draft.owner) == ["draft"]
    assert found("?state=due") == ["churn", "fraud"]


def test_readers_get_no_drafts(make: Make, api: Api) -> None:
    document = make.document("churn")
    owner = api(document.owner)
    owner.post(
        f"{DOCUMENTS}churn/revisions/", {"based_on": 1, "title": "Secret", "summary": "Hidden", "text": "Draft."}
    )
    reader = api(make.person())
    assert reader.get(f"{DOCUMENTS}churn/").data["title"] == "Churn"
    assert "Hidden" not in str(reader.get(f"{DOCUMENTS}churn/").data)
    assert [row["number"] for row in reader.get(f"{DOCUMENTS}churn/revisions/").data] == [1]


def test_files(make: Make, api: Api) -> None:
    document = make.document("churn")
    client = api(document.owner)
    made = client.post(f"{DOCUMENTS}churn/files/", {"file": SimpleUploadedFile("a b.png", png())}, format="multipart")
    assert (made.status_code, made.data["name"], made.data["media_type"]) == (201, "a b.png", "image/png")
    assert len(client.get(f"{DOCUMENTS}churn/files/").data) == 1
    assert client.delete(f"{DOCUMENTS}churn/files/a%20b.png/").status_code == 204
    assert client.delete(f"{DOCUMENTS}churn/files/a%20b.png/").status_code == 404
