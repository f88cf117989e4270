from __future__ import annotations

import pytest

from coe.core.models import Event


def say(client, **fields):
    return client.post("/projects/churn/status/", {"status": "at_risk", "text": "The *data* is late.", **fields})


@pytest.mark.parametrize("who", ["owner", "member", "lead"])
def test_the_team_says_how_it_goes(world, sign_in, who):
    client = sign_in(getattr(world, who))
    assert say(client)["Location"] == "/projects/churn/"
    world.project.refresh_from_db()
    assert world.project.latest_status == "at_risk"
    assert world.project.status_updates.get().html == "<p>The <em>data</em> is late.</p>"
    assert "The <em>data</em> is late." in client.get("/projects/churn/").content.decode()
    assert Event.objects.about(world.project).get().facts == {"status": "at risk"}


@pytest.mark.parametrize("who", ["viewer", "stranger", "contributor"])
def test_others_read_only(world, sign_in, who):
    client = sign_in(getattr(world, who))
    assert client.get("/projects/churn/status/").status_code == 200
    assert say(client).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"status": "fine"}, "valid choice"), ({"text": ""}, "what is wrong"), ({"text": "x" * 4001}, "4000")],
)
def test_what_is_wrong_is_said(world, sign_in, wrong, says):
    response = say(sign_in(world.owner), **wrong)
    assert response.status_code == 422
    assert says in response.content.decode()
    assert not world.project.status_updates.exists()


def test_on_track_needs_no_words(world, sign_in):
    assert say(sign_in(world.owner), status="on_track", text="").status_code == 302


def test_the_timeline_tells_all_of_it_in_pages(world, sign_in):
    client = sign_in(world.owner)
    for number in range(12):
        say(client, text=f"Update {number}")
    page = client.get("/projects/churn/timeline/").content.decode()
    assert page.count("said it is at risk") == 12
    assert client.get("/projects/churn/").content.decode().count("said it is at risk") == 10
