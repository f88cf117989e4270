from __future__ import annotations

import csv
import io

import pytest


@pytest.fixture
def world(make):
    retail = make.unit("retail")
    stores = make.unit("stores", retail)
    ada = make.person("ada@example.com", name="Ada Byron", title="Analyst", unit=stores, roles=[("viewer", None)])
    make.person("=cmd@example.com", name="=HYPERLINK(1)", unit=retail)
    make.person("gone@example.com", name="Gone Long", is_active=False)
    return ada


def rows(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_nobody_is_sent_to_sign_in(client, db):
    response = client.get("/people/?q=a")
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=/people/%3Fq%3Da"


def test_a_viewer_finds_people_by_words_and_unit(world, sign_in):
    page = sign_in(world).get("/people/?q=byron ADA&unit=retail").content.decode()
    assert "Ada Byron" in page
    assert "1 person" in page
    assert "HYPERLINK" not in page
    assert "Add a person" not in page


def test_closed_accounts_are_asked_for(world, sign_in):
    client = sign_in(world)
    assert "Gone Long" not in client.get("/people/").content.decode()
    assert "Gone Long" in client.get("/people/?is_active=no").content.decode()


@pytest.mark.parametrize(
    "query", ["unit=nowhere", "page=x", "sort=password", "is_active=2", "q=%00", "page=9999999999"]
)
def test_a_wrong_address_is_no_error(world, sign_in, query):
    assert sign_in(world).get(f"/people/?{query}").status_code == 200


def test_an_empty_list_says_what_next(world, sign_in):
    assert "Show everybody" in sign_in(world).get("/people/?q=zzzz").content.decode()


def test_csv_has_the_filtered_people_and_no_formulas(world, sign_in):
    response = sign_in(world).get("/people/?format=csv&unit=retail")
    header, *lines = rows(response)
    assert header == ["name", "email", "title", "unit", "roles", "account"]
    assert lines[0][:2] == ["'=HYPERLINK(1)", "'=cmd@example.com"]
    assert lines[1] == ["Ada Byron", "ada@example.com", "Analyst", "Stores", "Viewer of everything", "open"]


def test_the_list_takes_few_queries(make, sign_in, django_assert_max_num_queries):
    unit = make.unit()
    people = [make.person(unit=unit, roles=[("viewer", unit), ("mentor", None)]) for _ in range(30)]
    client = sign_in(people[0])
    with django_assert_max_num_queries(10):
        client.get("/people/")
