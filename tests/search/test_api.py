"""GET /api/v1/search/: the same search as the page."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


def test_results_and_facets(company, api):
    answer = api(company.boss).get("/api/v1/search/", {"q": "churn", "unit": "retail"})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["count"], body["is_more"], body["page"], body["pages"], body["did_you_mean"]) == (3, False, 1, 1, "")
    first = body["results"][0]
    assert set(first) == {"kind", "title", "url", "excerpt", "unit", "score"}
    assert {one["title"]: one["unit"] for one in body["results"]}["Customer churn"] == "stores"
    assert {one["key"]: one["count"] for one in body["facets"]["kinds"]} == {"project": 1, "model": 1, "experiment": 1}
    assert [one["key"] for one in body["facets"]["units"]] == ["retail", "stores"]


def test_one_kind(company, api):
    body = api(company.boss).get("/api/v1/search/", {"q": "churn", "kind": "model"}).json()
    assert [(one["kind"], one["title"]) for one in body["results"]] == [("model", "churn-xgb")]
    assert body["count"] == 1
    assert len(body["facets"]["kinds"]) == 3


@pytest.mark.parametrize(
    "params", [{}, {"q": ""}, {"q": "zzzz"}, {"q": "churn", "kind": "no"}, {"q": "churn", "unit": "no"}]
)
def test_nothing(company, api, params):
    body = api(company.boss).get("/api/v1/search/", params).json()
    assert (body["count"], body["results"]) == (0, [])


def test_a_misspelt_word(company, api):
    body = api(company.boss).get("/api/v1/search/", {"q": "chrun"}).json()
    assert body["did_you_mean"] == "churn"
    assert body["count"] == 3


@pytest.mark.parametrize(("who", "n"), [("viewer", 0), ("member", 2), ("boss", 2)])
def test_each_finds_what_they_may_know(company, api, who, n):
    assert api(getattr(company, who)).get("/api/v1/search/", {"q": "quokka"}).json()["count"] == n


def test_nobody_is_asked_to_sign_in(company, api):
    assert api().get("/api/v1/search/", {"q": "churn"}).status_code == 401
