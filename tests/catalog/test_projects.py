from __future__ import annotations

import csv
import io

import pytest


def names(response):
    return [project.name for project in response.context["page_obj"]]


@pytest.fixture
def some(make, world):
    make.project("fraud", unit=world.energy, owner=world.admin, stage="pilot", techniques=["graph"], risk_tier="high")
    make.project(
        "demand", unit=world.retail, owner=world.owner, domains=["pricing"], annual_value=5, latest_status="at_risk"
    )
    make.project("secret", unit=world.energy, owner=world.admin, visibility="members")
    make.project("internal", unit=world.energy, owner=world.admin, visibility="unit")
    return world


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Churn", "Demand", "Fraud"]),
        ("q=CHU", ["Churn"]),
        ("q=does+fra", ["Fraud"]),
        ("unit=retail", ["Churn", "Demand"]),
        ("unit=stores", ["Churn"]),
        ("stage=pilot", ["Fraud"]),
        ("owner=olga", ["Churn", "Demand"]),
        ("owner=owner@example.com", ["Churn", "Demand"]),
        ("tag=Graph", ["Fraud"]),
        ("tag=pricing", ["Demand"]),
        ("status=at_risk", ["Demand"]),
        ("risk=high", ["Fraud"]),
        ("unit=retail&owner=olga&q=dem", ["Demand"]),
        ("sort=-name", ["Fraud", "Demand", "Churn"]),
        ("sort=stage", ["Churn", "Fraud", "Demand"]),
        ("sort=-value", ["Demand", "Fraud", "Churn"]),
        ("q=secret", []),
        ("q=%25", []),
        ("q=%00", ["Churn", "Demand", "Fraud"]),
        ("unit=nowhere", ["Churn", "Demand", "Fraud"]),
        ("page=abc&sort=id;drop", ["Churn", "Demand", "Fraud"]),
    ],
)
def test_filters_in_the_address(some, sign_in, query, found):
    assert names(sign_in(some.viewer).get(f"/projects/?{query}")) == found


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("viewer", {"Churn", "Demand", "Fraud"}),
        ("stranger", {"Churn", "Demand", "Fraud", "Internal", "Secret"}),
        ("admin", {"Churn", "Demand", "Fraud", "Internal", "Secret"}),
        ("owner", {"Churn", "Demand", "Fraud"}),
    ],
)
def test_list_count_csv_and_api_show_the_same_projects(some, sign_in, api, who, sees):
    person = getattr(some, who)
    client = sign_in(person)
    page = client.get("/projects/")
    assert set(names(page)) == sees
    assert page.context["count"] == len(sees)
    text = b"".join(client.get("/projects/?format=csv").streaming_content).decode("utf-8-sig")
    assert {row["name"] for row in csv.DictReader(io.StringIO(text))} == sees
    answer = api(person).get("/api/v1/projects/").json()
    assert {row["name"] for row in answer["results"]} == sees
    assert answer["count"] == len(sees)


def test_csv_follows_the_filters_and_has_no_formulas(some, make, sign_in):
    make.project("evil", unit=some.energy, name="=1+1", summary="@SUM(A1)")
    response = sign_in(some.viewer).get("/projects/?format=csv&unit=energy&sort=name")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["name"], row["summary"]) for row in rows] == [("'=1+1", "'@SUM(A1)"), ("Fraud", "What fraud does.")]


def test_pages_keep_filters_and_sort(make, sign_in):
    owner = make.person()
    unit = make.unit("u")
    for number in range(60):
        make.project(f"p{number:02}", unit=unit, owner=owner)
    page = sign_in(owner).get("/projects/?unit=u&sort=-name&page=2")
    assert len(names(page)) == 10
    assert "?unit=u&amp;sort=-name&amp;page=1" in page.content.decode()


def test_htmx_gets_the_same_list(some, sign_in):
    page = sign_in(some.viewer).get("/projects/?q=fraud", headers={"hx-request": "true"})
    assert names(page) == ["Fraud"]


def test_an_empty_catalog_says_what_next(make, sign_in):
    unit = make.unit()
    assert "Ask the lead" in sign_in(make.person()).get("/projects/").content.decode()
    page = sign_in(make.person(roles=[("contributor", unit)])).get("/projects/").content.decode()
    assert "Add the first one" in page
    assert "Show all projects" in sign_in(make.person()).get("/projects/?q=zzz").content.decode()


def test_the_list_takes_few_queries(make, sign_in, django_assert_max_num_queries):
    reader = make.person(unit=make.unit(), roles=[("viewer", make.unit())])
    for _ in range(30):
        make.project()
    client = sign_in(reader)
    with django_assert_max_num_queries(12):
        client.get("/projects/?q=what&sort=unit")


def test_the_list_leads_to_the_pages_of_projects_units_and_owners(world, sign_in):
    page = sign_in(world.viewer).get("/projects/").content.decode()
    for one in (world.project, world.project.unit, world.project.owner):
        assert f'<a href="{one.get_absolute_url()}">{one.name}</a>' in page
