from __future__ import annotations

import pytest

from coe.core.models import Event
from projects.catalog import gates
from projects.catalog.models import Project, StageMove


def fields(world, **more):
    return {
        "name": "Price Elasticity",
        "summary": "Says what a price does.",
        "unit": "stores",
        "owner": world.owner.pk,
        **more,
    }


def test_four_fields_are_enough(world, sign_in):
    client = sign_in(world.contributor)
    assert client.get("/projects/new/?unit=stores").status_code == 200
    assert client.post("/projects/new/", fields(world))["Location"] == "/projects/price-elasticity/"
    project = Project.objects.get(slug="price-elasticity")
    assert (project.stage, project.visibility, project.currency) == ("idea", "company", "EUR")
    move = StageMove.objects.get(project=project)
    assert (move.before, move.after, move.owner, move.actor) == ("", "idea", world.owner, world.contributor)
    assert [e.verb for e in Event.objects.about(project)] == ["project.created"]


def test_the_rest_is_kept_too(world, sign_in):
    more = {
        "problem": "Prices are *guessed*.",
        "techniques": "Time Series, time series, GAM",
        "links": "The board https://board.example/a\nhttps://x.example",
        "annual_value": "1200000.50",
        "stakeholders": [world.viewer.pk],
        "stage": "pilot",
        "on": "2026-03-01",
        "effort": "2",
        "slug": "prices",
    }
    assert sign_in(world.contributor).post("/projects/new/", fields(world, **more)).status_code == 302
    project = Project.objects.get(slug="prices")
    assert project.problem_html == "<p>Prices are <em>guessed</em>.</p>"
    assert project.techniques == ["time series", "gam"]
    assert project.links == [
        {"label": "The board", "url": "https://board.example/a"},
        {"label": "https://x.example", "url": "https://x.example"},
    ]
    assert list(project.stakeholders.all()) == [world.viewer]
    assert project.moves.get().on.isoformat() == "2026-03-01"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": ""}, "required"),
        ({"name": "???"}, "letters or digits"),
        ({"slug": "churn"}, "already exists"),
        ({"slug": "new"}, "a page has that address"),
        ({"on": "2999-01-01"}, "future"),
        ({"links": "javascript:alert(1)"}, "http://"),
        ({"annual_value": "-1"}, "greater than or equal to 0"),
        ({"problem": "[" * 20000}, "too long"),
        ({"effort": "6"}, "valid choice"),
        ({"visibility": "members"}, "would hide it from you"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(world, sign_in, wrong, says):
    response = sign_in(world.contributor).post("/projects/new/", fields(world, **wrong))
    assert response.status_code == 422
    page = response.content.decode()
    assert says in page
    assert "Says what a price does." in page
    assert Project.objects.count() == 1


def test_slugs_do_not_collide(world, sign_in):
    client = sign_in(world.contributor)
    places = [client.post("/projects/new/", fields(world))["Location"] for _ in range(2)]
    assert places == ["/projects/price-elasticity/", "/projects/price-elasticity-2/"]


def test_only_where_one_contributes(world, sign_in, api):
    assert sign_in(world.viewer).get("/projects/new/").status_code == 403
    assert sign_in(world.viewer).post("/projects/new/", fields(world)).status_code == 403
    assert sign_in(world.contributor).post("/projects/new/", fields(world, unit="energy")).status_code == 422
    body = {"name": "x", "summary": "y", "unit": "energy"}
    assert api(world.contributor).post("/api/v1/projects/", body).status_code == 403
    assert Project.objects.count() == 1


def test_a_gate_keeps_a_new_one_out_of_production_too(world, sign_in, monkeypatch):
    monkeypatch.setattr(gates, "_gates", {("production", "handoff"): lambda project: "No handoff is accepted."})
    response = sign_in(world.contributor).post("/projects/new/", fields(world, stage="production"))
    assert response.status_code == 422
    assert "No handoff is accepted." in response.content.decode()
