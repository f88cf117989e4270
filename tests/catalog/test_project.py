from __future__ import annotations

import pytest

PAGES = ("", "edit/", "move/", "members/", "status/", "timeline/")


@pytest.mark.parametrize("path", PAGES)
def test_a_restricted_project_does_not_exist_for_a_stranger(restricted, sign_in, api, path):
    for who in (restricted.stranger, restricted.viewer, restricted.contributor):
        assert sign_in(who).get(f"/projects/churn/{path}").status_code == 404
    for who in (restricted.owner, restricted.lead, restricted.admin):
        assert sign_in(who).get(f"/projects/churn/{path}").status_code == 200
    # An insider who lacks the role is told so.
    member = 403 if path == "move/" else 200
    assert sign_in(restricted.member).get(f"/projects/churn/{path}").status_code == member


@pytest.mark.parametrize("path", ["", "move/", "members/", "status/", "timeline/"])
def test_nor_in_the_api(restricted, api, path):
    assert api(restricted.stranger).get(f"/api/v1/projects/churn/{path}").status_code == 404
    assert api(restricted.member).get(f"/api/v1/projects/churn/{path}").status_code == 200


def test_writing_to_a_restricted_project_finds_nothing(restricted, sign_in, api):
    client, script = sign_in(restricted.stranger), api(restricted.stranger)
    for path in ("edit/", "move/", "members/", "status/"):
        assert client.post(f"/projects/churn/{path}", {"status": "on_track"}).status_code == 404
    assert script.patch("/api/v1/projects/churn/", {"name": "x"}).status_code == 404
    assert script.post("/api/v1/projects/churn/move/", {"to": "pilot", "reason": "x"}).status_code == 404
    assert script.post("/api/v1/projects/churn/status/", {"status": "on_track"}).status_code == 404


def test_everything_about_it_is_on_the_page(make, world, sign_in):
    world.project.decision = "Whom to call"
    world.project.techniques = ["survival analysis"]
    world.project.links = [{"label": "Board", "url": "https://board.example/"}]
    world.project.save()
    source = make.source("main")
    make.experiment(source, project=world.project, name="churn-training")
    make.model(source, project=world.project, name="churn-model")
    page = sign_in(world.viewer).get("/projects/churn/").content.decode()
    for words in ("Whom to call", "survival analysis", "https://board.example/", "churn-training", "churn-model"):
        assert words in page
    for words in ("Olga Owner", "owns it: ask first", "Mia Member", "data science", "Exploration", "1 Jan 2026"):
        assert words in page
    assert "/projects/churn/edit/" not in page


@pytest.mark.parametrize(
    ("who", "edits", "moves"), [("owner", 1, 1), ("member", 1, 0), ("lead", 1, 1), ("viewer", 0, 0)]
)
def test_the_page_offers_what_one_may_do(world, sign_in, who, edits, moves):
    page = sign_in(getattr(world, who)).get("/projects/churn/").content.decode()
    assert ("/projects/churn/edit/" in page) == bool(edits)
    assert ("/projects/churn/move/" in page) == bool(moves)


def test_what_people_type_is_never_markup(world, sign_in):
    world.project.name = "<script>alert(1)</script>"
    world.project.decision = "<img src=x onerror=alert(1)>"
    world.project.save()
    for path in ("", "timeline/", "edit/", "members/", "status/", "move/"):
        page = sign_in(world.owner).get(f"/projects/churn/{path}").content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_the_page_takes_few_queries(make, world, sign_in, django_assert_max_num_queries):
    for _ in range(10):
        make.member(world.project)
        make.experiment(project=world.project)
    client = sign_in(world.owner)
    client.get("/projects/churn/")
    with django_assert_max_num_queries(15):
        client.get("/projects/churn/")
