"""`readings/` and `scoreboard/`, for somebody who sees everything, a stranger, and nobody."""

from __future__ import annotations

import pytest

from coe.core.http import today
from kpis.reports.days import month_ends
from tests.reports.conftest import World

READING = {
    "project", "business_unit", "kpi", "as_of", "value", "unit", "index", "reason", "observed_at", "baseline", "target",
    "provenance",
}  # fmt: skip


def results(client, query: str = "") -> dict[tuple[str, str], dict]:
    answer = client.get(f"/api/v1/readings/{query}")
    assert answer.status_code == 200, answer.data
    return {(row["project"], row["kpi"]): row for row in answer.json()["results"]}


def test_readings_of_all_that_may_be_seen(world: World, api) -> None:
    executive, stranger = results(api(world.executive)), results(api(world.stranger))
    assert len(executive) == 6
    assert set(executive) - set(stranger) == {("secret", "auc")}
    row = executive["churn", "auc"]
    assert set(row) == READING
    assert row["value"] == 0.86
    assert row["index"] == pytest.approx(80)
    assert (row["reason"], row["unit"], row["business_unit"]) == (None, "ratio", "retail")
    assert set(row["provenance"].values()) == {None}
    assert stranger["churn", "saving"]["reason"] == "withheld"
    assert {stranger["churn", "saving"][name] for name in ("value", "index", "baseline", "target", "observed_at")} == {
        None
    }
    assert executive["meter", "auc"]["reason"] == "no_target"


def test_readings_as_of_a_day(world: World, api) -> None:
    day = month_ends(today())[0].isoformat()
    rows = results(api(world.executive), f"?as_of={day}")
    assert rows["churn", "auc"]["value"] == 0.7
    assert rows["meter", "auc"]["reason"] == "no_data"


def test_readings_by_project_kpi_and_unit(world: World, api) -> None:
    client = api(world.executive)
    assert set(results(client, "?project=churn")) == {("churn", "auc"), ("churn", "saving")}
    assert set(results(client, "?unit=retail&kpi=auc")) == {("churn", "auc"), ("basket", "auc")}
    assert set(results(client, "?unit=online")) == {("basket", "auc"), ("basket", "saving")}


def test_what_is_not_bound_says_so(world: World, api) -> None:
    rows = results(api(world.executive), "?project=meter&kpi=saving")
    assert list(rows) == [("meter", "saving")]
    assert rows["meter", "saving"]["reason"] == "not_bound"
    assert results(api(world.executive), "?project=meter&kpi=saving&unit=retail") == {}


def test_readings_are_paged(world: World, api) -> None:
    client = api(world.executive)
    first = client.get("/api/v1/readings/?page_size=4").json()
    assert (first["count"], len(first["results"]), first["previous"]) == (6, 4, None)
    assert len(client.get(first["next"]).json()["results"]) == 2


def test_provenance_names_the_run(world: World, api) -> None:
    experiment = world.make.experiment(world.make.source("main"), project=world.meter)
    run = world.make.run(experiment, start=today().isoformat())
    binding = world.make.binding(world.meter, world.make.kpi("f1"), experiment=experiment)
    world.make.observation(
        binding, 0.5, today().isoformat(), run_id=run.run_id, dataset_name="holdout", dataset_digest="abc"
    )
    row = results(api(world.executive), "?project=meter&kpi=f1")["meter", "f1"]
    assert row["reason"] == "no_baseline"
    assert row["provenance"] == {
        "source": "main",
        "run_id": run.run_id,
        "model": None,
        "version": None,
        "dataset_name": "holdout",
        "dataset_digest": "abc",
    }


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("readings/?as_of=yesterday", "as_of"),
        ("readings/?as_of=2999-01-01", "as_of"),
        ("readings/?as_of=0001-01-01", "as_of"),
        ("readings/?unit=nothing", "unit"),
        ("readings/?unit=%00", "unit"),
        ("readings/?project=secret", "project"),
        ("readings/?kpi=nothing", "kpi"),
        ("scoreboard/?as_of=2026-02-30", "as_of"),
        ("scoreboard/?within=nothing", "within"),
        ("scoreboard/?within=%00", "within"),
    ],
)
def test_bad_input_is_named(world: World, api, path: str, field: str) -> None:
    answer = api(world.stranger).get(f"/api/v1/{path}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize("path", ["readings/", "scoreboard/"])
def test_nobody_gets_nothing(world: World, api, path: str) -> None:
    assert api().get(f"/api/v1/{path}").status_code == 401


def test_the_scoreboard_of_the_verticals(world: World, api) -> None:
    board = api(world.executive).get("/api/v1/scoreboard/").json()
    assert [(row["key"], row["kind"]) for row in board["rows"]] == [("energy", "unit"), ("retail", "unit")]
    assert [kpi["key"] for kpi in board["kpis"]] == ["auc", "saving"]
    assert len(board["cells"]) == 4
    cell = next(c for c in board["cells"] if (c["row"], c["kpi"]) == ("retail", "auc"))
    assert cell["value"] == pytest.approx((0.86 + 0.62) / 2)
    assert cell["index"] == pytest.approx((80 + 10) / 2)
    assert (cell["reason"], cell["reporting"], cell["expected"], cell["representative"]) == (None, 2, 2, True)
    assert len(cell["trend"]) == 13
    assert cell["trend"][-1] == {"as_of": today().isoformat(), "index": cell["index"], "value": cell["value"]}
    nothing = next(c for c in board["cells"] if (c["row"], c["kpi"]) == ("energy", "saving"))
    assert (nothing["reason"], nothing["expected"], nothing["value"]) == ("not_bound", 0, None)


def test_the_scoreboard_within_a_unit(world: World, api) -> None:
    board = api(world.executive).get("/api/v1/scoreboard/?within=retail").json()
    assert [(row["key"], row["kind"]) for row in board["rows"]] == [("online", "unit"), ("churn", "project")]
    cell = next(c for c in board["cells"] if (c["row"], c["kpi"]) == ("churn", "auc"))
    assert (cell["value"], cell["reporting"], cell["index_reporting"], cell["expected"]) == (0.86, 1, 1, 1)
    assert api(world.stranger).get("/api/v1/scoreboard/?within=energy").json()["rows"][-1]["key"] == "meter"


@pytest.mark.parametrize("path", ["/api/v1/readings/", "/api/v1/scoreboard/"])
def test_who_has_the_answer_already_gets_304(world: World, api, path: str) -> None:
    client = api(world.executive)
    first = client.get(path)
    again = client.get(path, HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    world.observe("churn", "auc", 0.9, today())
    from kpis.reports.models import Board

    Board.objects.all().delete()
    assert client.get(path, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


def test_the_schema_describes_both_without_a_warning(capsys) -> None:
    from drf_spectacular.generators import SchemaGenerator

    schema = SchemaGenerator().get_schema(request=None, public=True)
    assert "/api/v1/readings/" in schema["paths"]
    assert "/api/v1/scoreboard/" in schema["paths"]
    complaints = [line for line in capsys.readouterr().err.splitlines() if "reports" in line]
    assert complaints == []
