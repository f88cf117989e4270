"""The API of model pages."""

from __future__ import annotations

import pytest
from huggingface_hub import ModelCard

from projects.modelpages.sections import guide_of

pytestmark = pytest.mark.django_db
LIST = "/api/v1/model-pages/"


def one(world, part=""):
    return f"{LIST}{world.model.pk}/{part}"


def send(client, path, body, method="post"):
    return getattr(client, method)(path, body, content_type="application/json")


def test_list(world, sign_in):
    world.bind()
    world.publish()
    (row,) = sign_in(world.stakeholder).get(LIST).json()["results"]
    assert row["health"] == {"state": "yes", "sentence": "Yes. 80 points of the way to its target."}
    assert (row["title"], row["production"], row["newest"]) == ("Churn risk score", 1, 2)
    assert (row["sections_written"], row["sections_of"], row["users"], row["used_by_me"]) == (7, 7, 0, False)
    assert sign_in(world.stranger).get(LIST).json()["results"] == []


@pytest.mark.parametrize(
    ("query", "count"),
    [("?q=CHU", 1), ("?q=nothing", 0), ("?project=churn", 1), ("?source=lab&name=churn/xgb", 1), ("?source=x", 0),
     ("?mine=any", 1), ("?mine=project", 1), ("?mine=use", 0)],
)  # fmt: skip
def test_filters(world, sign_in, query, count):
    assert sign_in(world.stakeholder).get(LIST + query).json()["count"] == count


def test_one(world, sign_in):
    world.bind()
    world.publish(verified=True)
    found = sign_in(world.stakeholder).get(one(world)).json()
    assert [section["key"] for section in found["sections"]] == [
        "decides", "read", "act", "distrust", "ask", "limits", "evaluated",
    ]  # fmt: skip
    assert found["completeness"] == {"written": 7, "true_for_version": 7, "of": 7, "missing": [], "outdated": []}
    (figure,) = found["figures"]
    assert (figure["kpi"], figure["value"], figure["dataset_digest"]) == ("auc", "0.87", "8fa1")
    assert found["signature"]["inputs"][0] == {
        "name": "age",
        "kind": "whole number",
        "exact": "long",
        "need": "required",
    }
    assert found["revision"] == 1
    assert sign_in(world.stranger).get(one(world)).status_code == 404


def test_card(world, sign_in):
    answer = sign_in(world.stakeholder).get(one(world, "card/"))
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert ModelCard(answer.content.decode()).data.library_name == "scikit-learn"


def test_use(world, sign_in):
    client = sign_in(world.stakeholder)
    answer = send(client, one(world, "use/"), {"purpose": "Calls"})
    assert (answer.status_code, answer.json()["purpose"]) == (201, "Calls")
    assert client.get(LIST).json()["results"][0]["used_by_me"]
    assert client.delete(one(world, "use/")).status_code == 204
    assert client.delete(one(world, "use/")).status_code == 409
    assert send(sign_in(world.stranger), one(world, "use/"), {}).status_code == 404


def test_write_and_confirm(world, sign_in):
    client = sign_in(world.member)
    body = {"title": "Churn", "sections": {"decides": "Whom to call."}, "version": 1}
    answer = send(client, one(world, "guide/"), body)
    assert answer.json() == {"document": "churn", "number": 1, "is_published": False}
    again = send(client, one(world, "guide/"), {**body, "based_on": 1, "sections": {"read": "High is bad."}})
    assert again.json()["number"] == 2
    late = send(client, one(world, "guide/"), {**body, "based_on": 1, "sections": {"act": "Call."}})
    assert late.status_code == 409
    assert "saved revision 2" in late.json()["detail"]
    confirmed = send(client, one(world, "confirm/"), {"keys": ["read"], "version": 2, "based_on": 2})
    assert confirmed.json()["number"] == 3
    assert guide_of(world.model).latest.number == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"version": 7}, "version"),
        ({"title": ""}, "title"),
        ({"sections": 3}, "sections"),
        ({"based_on": 4}, "based_on"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(world, sign_in, change, field):
    body = {"title": "Churn", "sections": {"decides": "x"}, "version": 1, **change}
    answer = send(sign_in(world.owner), one(world, "guide/"), body)
    assert (answer.status_code, field in answer.json()["errors"]) == (400, True)


def test_who_may_not_write(world, sign_in):
    body = {"title": "Churn", "sections": {"decides": "x"}, "version": 1}
    for part in ("guide/", "confirm/"):
        assert send(sign_in(world.stakeholder), one(world, part), body).status_code == 403
        assert send(sign_in(world.stranger), one(world, part), body).status_code == 404
