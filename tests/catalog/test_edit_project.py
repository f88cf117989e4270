from __future__ import annotations

import pytest

from coe.core.models import Change, Event
from projects.catalog.forms import parts_of


def typed(project, **more):
    found = {name: "" if value is None else value for name, value in parts_of(project).items()}
    found |= {"techniques": ", ".join(project.techniques), "domains": ", ".join(project.domains), "links": ""}
    return found | more


def test_the_owner_edits(world, sign_in):
    client = sign_in(world.owner)
    assert client.get("/projects/churn/edit/").status_code == 200
    response = client.post("/projects/churn/edit/", typed(world.project, name="Churn 2", value="4", problem="*Why*"))
    assert response["Location"] == "/projects/churn/"
    project = world.project
    project.refresh_from_db()
    assert (project.name, project.slug, project.value, project.version) == ("Churn 2", "churn", 4, 2)
    assert project.problem_html == "<p><em>Why</em></p>"
    assert Event.objects.about(project).get().facts == {"fields": ["name", "problem", "value"]}


def test_saving_what_is_there_changes_nothing(world, sign_in):
    assert sign_in(world.owner).post("/projects/churn/edit/", typed(world.project)).status_code == 302
    world.project.refresh_from_db()
    assert world.project.version == 1
    assert not Event.objects.about(world.project).exists()


def test_links_come_back_as_they_were_typed(world, sign_in):
    links = "How to read the score https://wiki.example/score\nhttps://x.example"
    client = sign_in(world.owner)
    assert client.post("/projects/churn/edit/", typed(world.project, links=links)).status_code == 302
    shown = client.get("/projects/churn/edit/").context["form"]["links"].value()
    assert shown == links
    assert client.post("/projects/churn/edit/", typed(world.project, links=shown, version=2)).status_code == 302
    world.project.refresh_from_db()
    assert world.project.version == 2


def test_a_number_that_is_none_stays_in_its_box(world, sign_in):
    response = sign_in(world.owner).post("/projects/churn/edit/", typed(world.project, annual_value="12,5 million"))
    assert response.status_code == 422
    page = response.content.decode()
    assert 'value="12,5 million"' in page
    assert "with a point before its decimals" in page


def test_a_member_edits_but_does_not_govern(world, sign_in, api):
    client = sign_in(world.member)
    response = client.post("/projects/churn/edit/", typed(world.project, summary="New words.", owner=world.member.pk))
    assert response.status_code == 302
    world.project.refresh_from_db()
    assert (world.project.summary, world.project.owner) == ("New words.", world.owner)
    for body in (
        {"owner": "member@example.com"},
        {"visibility": "unit"},
        {"unit": "retail"},
        {"stakeholders": ["owner@example.com"]},
    ):
        assert api(world.member).patch("/api/v1/projects/churn/", body).status_code == 403


def test_a_stranger_may_not(world, sign_in):
    for who in (world.viewer, world.stranger, world.contributor):
        assert sign_in(who).get("/projects/churn/edit/").status_code == 403
        assert sign_in(who).post("/projects/churn/edit/", typed(world.project, name="x")).status_code == 403


def test_nobody_puts_a_project_where_they_may_not_add_one(world, sign_in):
    client = sign_in(world.lead)
    assert client.post("/projects/churn/edit/", typed(world.project, unit="energy")).status_code == 403
    assert client.post("/projects/churn/edit/", typed(world.project, unit="retail")).status_code == 302


@pytest.mark.parametrize(
    ("change", "notes"),
    [({"annual_value": "9"}, 1), ({"unit": "retail"}, 1), ({"visibility": "unit"}, 1), ({"name": "n"}, 0)],
)
def test_figures_are_told_when_they_may_differ(world, sign_in, change, notes):
    sign_in(world.lead).post("/projects/churn/edit/", typed(world.project, **change))
    assert Change.objects.count() == notes


def test_two_editors_lose_nothing(world, sign_in):
    first, second = sign_in(world.owner), sign_in(world.member)
    mine = typed(world.project, summary="Mine.", decision="My decision")
    assert second.post("/projects/churn/edit/", typed(world.project, summary="Theirs.", owner="")).status_code == 302
    response = first.post("/projects/churn/edit/", mine)
    assert response.status_code == 409
    page = response.content.decode()
    differences = {one.label: (one.theirs, one.yours) for one in response.context["differences"]}
    assert differences == {"Summary": ("Theirs.", "Mine."), "Decision it supports": ("", "My decision")}
    assert 'name="version" value="2"' in page
    world.project.refresh_from_db()
    assert world.project.summary == "Theirs."
    again = {**mine, "version": "2"}
    assert first.post("/projects/churn/edit/", again).status_code == 302
    world.project.refresh_from_db()
    assert (world.project.summary, world.project.decision, world.project.version) == ("Mine.", "My decision", 3)
