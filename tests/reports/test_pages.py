"""The pages of reports, for somebody who sees everything, a stranger, and nobody."""

from __future__ import annotations

import re

import pytest

from coe.core.http import today
from tests.reports.conftest import World

PAGES = [
    "/",
    "/scoreboard/",
    "/scoreboard/?by=category",
    "/scoreboard/retail/",
    "/scoreboard/energy/",
    "/kpis/auc/",
    "/compare/",
    "/compare/?p=churn&p=basket&p=meter",
    "/compare/?p=churn&add=%00",
    "/kpis/auc/?unit=%00&stage=x&sort=y&page=z",
    "/explain/project/churn/auc/",
    "/explain/project/meter/saving/",
    "/explain/project/churn/saving/",
    "/explain/unit/retail/auc/",
    "/explain/unit/retail/category:model_quality/",
    "/explain/unit/energy/saving/",
]


@pytest.mark.parametrize("path", PAGES)
def test_the_executive_and_a_stranger_see_it(world: World, sign_in, path: str) -> None:
    for person in (world.executive, world.stranger):
        assert sign_in(person).get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_sent_to_sign_in(world: World, client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert response.url.startswith("/sign-in/")


@pytest.mark.parametrize(
    "path",
    [
        "/explain/project/secret/auc/",
        "/compare/?p=churn&p=secret",
        "/compare/?p=nothing",
        "/compare/?p=%00",
        "/kpis/nothing/",
        "/scoreboard/nothing/",
        "/explain/unit/retail/nothing/",
        "/explain/unit/retail/category:nothing/",
        "/explain/project/churn/nothing/",
        "/?as_of=yesterday",
        "/scoreboard/?as_of=0001-01-01",
        "/kpis/auc/?as_of=2999-01-01",
    ],
)
def test_there_is_nothing_there_for_a_stranger(world: World, sign_in, path: str) -> None:
    assert sign_in(world.stranger).get(path).status_code == 404


def test_what_a_stranger_may_not_know_of_is_in_no_figure(world: World, sign_in) -> None:
    executive, stranger = sign_in(world.executive), sign_in(world.stranger)
    path = "/explain/unit/energy/auc/"
    assert "Secret" in executive.get(path).text
    page = stranger.get(path).text
    assert "Secret" not in page
    assert "1 of 1 project" in page
    assert "2 of 2 project" in executive.get(path).text


def test_a_withheld_figure_says_so_and_shows_nothing(world: World, sign_in) -> None:
    page = sign_in(world.stranger).get("/explain/project/churn/saving/").text
    assert "Withheld from you" in page
    assert "800" not in re.sub(r"<svg.*?</svg>", "", page)
    assert "800" in sign_in(world.executive).get("/explain/project/churn/saving/").text


def test_home_says_who_is_where_and_what_changed(world: World, sign_in) -> None:
    page = sign_in(world.executive).get("/").text
    assert "Energy is at 80 of 100" not in page
    assert re.search(
        r"<h1>Energy is furthest, at 80 of 100\. Retail (gained|slipped) \d+ points? in model quality\.</h1>", page
    )
    assert "4 of 4 projects report" in page
    assert "Basket: AUC" in page
    assert "Projects by stage" in page


def test_home_of_an_empty_company_says_what_to_do(make, sign_in) -> None:
    page = sign_in(make.person()).get("/").text
    assert "Nothing is measured yet" in page
    assert 'href="/projects/"' in page


def test_a_missing_target_is_said_in_words(world: World, sign_in) -> None:
    world.secret.delete()
    assert "No target set yet" in sign_in(world.executive).get("/").text


def test_three_clicks_to_the_run(world: World, sign_in) -> None:
    experiment = world.make.experiment(project=world.meter)
    run = world.make.run(experiment, start=f"{today().isoformat()} 00:00")
    binding = world.make.binding(world.meter, world.make.kpi("f1"), experiment=experiment, baseline=0.1, target=0.9)
    world.make.observation(binding, 0.5, f"{today().isoformat()} 00:00", run_id=run.run_id)
    client = sign_in(world.executive)
    home = client.get("/").text
    cell = next(url for url in re.findall(r'href="(/explain/unit/energy/[^"]+)"', home))
    assert run.mlflow_url in client.get(cell).text
    assert run.mlflow_url in client.get("/explain/project/meter/f1/").text


def test_the_scoreboard_as_csv_has_every_figure(world: World, sign_in) -> None:
    response = sign_in(world.executive).get("/scoreboard/retail/?format=csv")
    assert response["Content-Type"].startswith("text/csv")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert any(line.split(",")[1:5] == ["unit", "online", "Online", "auc"] for line in lines)
    assert any(line.split(",")[1:5] == ["project", "churn", "Churn", "auc"] for line in lines)


def test_the_kpi_page_is_filtered_sorted_and_exported(world: World, sign_in) -> None:
    client = sign_in(world.executive)

    def slugs(query: str) -> list[str]:
        found = b"".join(client.get(f"/kpis/auc/{query}").streaming_content).decode().splitlines()[1:]
        return [line.split(",")[1] for line in found]

    assert slugs("?format=csv") == ["churn", "secret", "basket", "meter"] or slugs("?format=csv")[-1] == "meter"
    assert set(slugs("?format=csv&unit=retail")) == {"churn", "basket"}
    assert slugs("?format=csv&stage=pilot") == ["basket"]
    assert slugs("?format=csv&sort=project") == ["basket", "churn", "meter", "secret"]
    assert slugs("?format=csv&sort=-project") == ["secret", "meter", "churn", "basket"]
    assert slugs("?format=csv&sort=index")[-1] == "meter"


def test_a_project_is_added_to_a_comparison_by_its_name(world: World, sign_in) -> None:
    client = sign_in(world.stranger)
    response = client.get("/compare/?p=churn&add=Basket")
    assert response.status_code == 302
    assert response.url == "/compare/?p=churn&p=basket"
    assert "No project that you may see" in client.get("/compare/?p=churn&add=Secret").text
    page = client.get("/compare/?p=churn&p=meter").text
    assert "What cannot be compared, and why" in page
    assert "no target set yet" in page


def test_a_project_page_has_its_panel(world: World, sign_in, rf) -> None:
    from django.template import Context, Template

    request = rf.get("/projects/churn/")
    request.user = world.stranger
    page = Template("{% load reports_tags %}{% project_kpis project %}").render(
        Context({"request": request, "project": world.churn})
    )
    assert "AUC" in page
    assert "Withheld from you" in page
    assert "Add a KPI" not in page
    request.user = world.churn.owner
    panel = Template("{% load reports_tags %}{% project_kpis project %}")
    assert "Add a KPI" in panel.render(Context({"request": request, "project": world.churn}))


def test_a_figure_of_too_few_says_that_it_is_not_representative(world: World, sign_in) -> None:
    for _ in range(3):
        world.make.binding(world.make.project(unit=world.energy), world.auc, baseline=0.1, target=0.9)
    page = sign_in(world.executive).get("/scoreboard/").text
    assert "2 of 5</span> <span>not representative</span>" in page


def test_a_day_in_the_past_is_kept_in_the_links(world: World, sign_in) -> None:
    day = month_end().isoformat()
    page = sign_in(world.executive).get(f"/scoreboard/?as_of={day}").text
    assert f"/explain/unit/retail/auc/?as_of={day}" in page
    assert f"/scoreboard/retail/?as_of={day}" in page


def month_end():
    from kpis.reports.days import month_ends

    return month_ends(today())[-1]
