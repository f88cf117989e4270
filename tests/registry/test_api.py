"""The API of alias orders and drift."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from coe.core.models import OutboxEntry
from projects.registry.models import AliasOrder, Drift
from tests.factories import Make
from tests.registry import paper
from tests.registry.paper import Paper

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]
ORDERS, DRIFTS = "/api/v1/alias-orders/", "/api/v1/drifts/"


@pytest.fixture
def written(make: Make) -> Paper:
    return paper.build(make)


def test_lists_and_filters(written: Paper, api: Api, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = api(written.owner)
    with django_assert_max_num_queries(15):
        row = client.get(ORDERS).json()["results"][0]
    assert (row["source"], row["model"], row["alias"], row["version"], row["state"]) == (
        *("lab", "churn", "production", 3, "waiting"),
    )
    assert row["sentence"].startswith("MLflow does not have production on version 3 yet.")
    assert row["asked_by"] == written.approver.email
    for query, count in {
        "source=lab": 1,
        "model=churn": 1,
        "model=other": 0,
        "alias=production": 1,
        "alias=standby": 0,
        "state=applied": 0,
    }.items():
        assert len(client.get(f"{ORDERS}?{query}").json()["results"]) == count, query
    assert len(client.get(f"{DRIFTS}?alias=standby&state=open").json()["results"]) == 1
    assert client.get(f"{ORDERS}?source=nowhere").status_code == 400
    assert client.get(f"{ORDERS}?state=wrong").status_code == 400


def test_reads_carry_an_etag(written: Paper, api: Api) -> None:
    client = api(written.owner)
    answer = client.get(f"{DRIFTS}{written.drift.pk}/")
    assert answer.json()["expected_version"] == 2
    again = client.get(f"{DRIFTS}{written.drift.pk}/", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_retry(written: Paper, api: Api) -> None:
    path = f"{ORDERS}{written.order.pk}/retry/"
    assert api().post(path).status_code == 401
    assert [api(one).post(path).status_code for one in (written.owner, written.elsewhere, written.stranger)] == [
        403
    ] * 3
    OutboxEntry.objects.update(state="failed")
    assert api(written.approver).post(path).status_code == 200
    assert OutboxEntry.objects.get().state == "waiting"
    AliasOrder.objects.update(state="superseded")
    assert api(written.approver).post(path).status_code == 409


def test_record(written: Paper, api: Api) -> None:
    path = f"{DRIFTS}{written.drift.pk}/record/"
    assert api(written.owner).post(path, {"reason": "x"}).status_code == 403
    client = api(written.approver)
    assert "reason" in client.post(path, {}).json()["errors"]
    assert client.post(path, {"reason": "x", "found_version": 3}, format="json").status_code == 409
    answer = client.post(path, {"reason": "rolled back", "found_version": 1}, format="json")
    assert (answer.status_code, answer.json()["state"], answer.json()["decided_by"]) == (
        *(200, "recorded", written.approver.email),
    )
    assert client.post(path, {"reason": "again"}).status_code == 409


def test_put_back(written: Paper, api: Api) -> None:
    path = f"{DRIFTS}{written.drift.pk}/put-back/"
    assert api(written.elsewhere).post(path, {"reason": "x"}).status_code == 403
    answer = api(written.approver).post(path, {"reason": "untested"})
    order = AliasOrder.objects.latest("id")
    assert (answer.status_code, answer.json()["state"], answer.json()["order"]) == (200, "put_back", order.pk)


def test_a_closed_project_is_not_there(make: Make, api: Api) -> None:
    written = paper.build(make, visibility="members")
    client = api(written.stranger)
    assert client.get(ORDERS).json()["results"] == client.get(DRIFTS).json()["results"] == []
    for path in (f"{ORDERS}{written.order.pk}/retry/", f"{DRIFTS}{written.drift.pk}/put-back/"):
        assert client.post(path, {"reason": "x"}).status_code == 404
    assert Drift.objects.get().state == "open"
