from __future__ import annotations

import pytest

from coe.core.models import Change, Event
from projects.catalog.models import Member


def add(client, person, responsibility="support"):
    return client.post("/projects/churn/members/", {"person": person.pk, "responsibility": responsibility})


def test_the_owner_adds_and_removes(world, sign_in):
    client = sign_in(world.owner)
    for _ in range(2):
        assert add(client, world.viewer).status_code == 302
    member = Member.objects.get(person=world.viewer)
    assert "Support" in client.get("/projects/churn/members/").content.decode()
    assert client.post(f"/projects/churn/members/{member.pk}/remove/").status_code == 302
    assert not Member.objects.filter(person=world.viewer).exists()
    assert [e.verb for e in Event.objects.about(world.project)] == ["project.member_removed", "project.member_added"]
    assert not Change.objects.exists()


@pytest.mark.parametrize("who", ["member", "viewer", "stranger", "contributor"])
def test_others_may_not(world, sign_in, who):
    client = sign_in(getattr(world, who))
    assert client.get("/projects/churn/members/").status_code == 200
    assert add(client, world.viewer).status_code == 403
    other = Member.objects.create(project=world.project, person=world.admin, responsibility="business")
    assert client.post(f"/projects/churn/members/{other.pk}/remove/").status_code == 403


def test_one_may_step_down(restricted, sign_in):
    client = sign_in(restricted.member)
    mine = Member.objects.get(person=restricted.member)
    assert client.post(f"/projects/churn/members/{mine.pk}/remove/")["Location"] == "/projects/"
    assert client.get("/projects/churn/").status_code == 404
    assert Change.objects.count() == 1


def test_a_member_sees_a_restricted_project_at_once(restricted, sign_in):
    client = sign_in(restricted.stranger)
    assert client.get("/projects/churn/").status_code == 404
    assert add(sign_in(restricted.owner), restricted.stranger).status_code == 302
    assert client.get("/projects/churn/").status_code == 200


@pytest.mark.parametrize("wrong", [{"responsibility": "boss"}, {"person": "999999"}, {"person": ""}])
def test_wrong_members_are_said(world, sign_in, wrong):
    fields = {"person": world.viewer.pk, "responsibility": "support", **wrong}
    assert sign_in(world.owner).post("/projects/churn/members/", fields).status_code == 422


def test_a_member_of_another_project_is_not_found_here(make, world, sign_in):
    other = make.project("other", owner=world.owner)
    make.member(other, world.viewer)
    member = Member.objects.get(project=other)
    assert sign_in(world.owner).post(f"/projects/churn/members/{member.pk}/remove/").status_code == 404
