from __future__ import annotations

import pytest
from django.test import Client

from coe.core.api import PROBLEM

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.faults")]
STATUS = {
    "missing": 404,
    "no-date": 404,
    "forbidden": 403,
    "refused": 409,
    "invalid": 400,
    "suspicious": 400,
    "broken": 500,
}
SAYS = {
    "refused": "Somebody moved it to pilot meanwhile.",
    "invalid": "must be lower case",
    "no-date": "as_of must be a date",
}


@pytest.fixture
def quiet_client():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("fault", STATUS)
def test_each_fault_has_a_page_that_says_what_next(quiet_client, fault):
    answer = quiet_client.get(f"/faults/{fault}")
    body = answer.content.decode()
    assert answer.status_code == STATUS[fault]
    assert answer["Content-Type"].startswith("text/html")
    assert "<h1>" in body
    assert 'href="/"' in body
    assert "hunter2" not in body
    assert "matching query" not in body
    assert SAYS.get(fault, "") in body


@pytest.mark.parametrize("fault", ["missing", "forbidden", "refused", "invalid"])
def test_pages_render_for_somebody_who_is_signed_in(make, sign_in, fault):
    assert sign_in(make.person()).get(f"/faults/{fault}").status_code == STATUS[fault]


@pytest.mark.parametrize("fault", STATUS)
def test_the_api_answers_problem_details(quiet_client, fault):
    answer = quiet_client.get(f"/api/faults/{fault}")
    problem = answer.json()
    assert answer.status_code == problem["status"] == STATUS[fault]
    assert answer["Content-Type"] == PROBLEM
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert "hunter2" not in answer.content.decode()
    assert "matching query" not in answer.content.decode()
    if fault == "invalid":
        assert problem["errors"] == {"slug": ["must be lower case"]}
        assert problem["detail"] == "slug: must be lower case"
    if fault == "refused":
        assert problem["detail"] == "Somebody moved it to pilot meanwhile."


def test_an_address_that_nobody_serves(client):
    assert client.get("/no/such/page/").status_code == 404
    answer = client.get("/api/v1/no-such-thing/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == PROBLEM


def test_a_wrong_host_is_refused(client):
    assert client.get("/healthz", headers={"host": "evil.example"}).status_code == 400
