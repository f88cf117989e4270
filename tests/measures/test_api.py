from __future__ import annotations

import json

import pytest

from kpis.measures.models import Binding, Kpi, Observation

pytestmark = pytest.mark.django_db

DEFINITION = {
    "key": "auc",
    "name": "Discrimination",
    "sentence": "How well it tells the two apart.",
    "category": "model_quality",
    "unit": "ratio",
    "direction": "higher",
    "roll_up": "median",
    "cadence_days": 45,
    "valid_min": 0,
    "valid_max": 1,
    "effective_from": "2026-01-01",
}


@pytest.fixture
def centre(make):
    return make.person(roles=[("administrator", None)])


@pytest.fixture
def entered(make):
    return make.binding(make.project("churn"), make.kpi("auc"), baseline=0.5, target=0.9)


def test_the_centre_defines_a_kpi_and_others_read_it(api, make, centre):
    answer = api(centre).post("/api/v1/kpis/", DEFINITION, format="json")
    assert answer.status_code == 201, answer.content
    told = api(make.person()).get("/api/v1/kpis/auc/").json()
    assert told["definition"]["name"] == "Discrimination"
    assert [version["effective_from"] for version in told["versions"]] == ["2026-01-01"]


def test_only_the_centre_defines(api, make):
    assert api(make.person()).post("/api/v1/kpis/", DEFINITION, format="json").status_code == 403
    assert not Kpi.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cadence_days", 0),
        ("unit", "miles"),
        ("valid_max", 0),
        ("valid_min", 10**400),
        ("key", "no spaces"),
        ("name", ""),
    ],
)
def test_a_wrong_definition_names_the_field(api, centre, field, value):
    answer = api(centre).post("/api/v1/kpis/", {**DEFINITION, field: value}, format="json")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_a_changed_definition_is_a_new_version(api, centre, make):
    make.kpi("auc", since="2026-01-01")
    url = "/api/v1/kpis/auc/"
    change = {"cadence_days": 90, "reason": "Quarterly now", "effective_from": "2026-06-01"}
    told = api(centre).patch(url, change, format="json")
    assert told.status_code == 200, told.content
    assert [v["cadence_days"] for v in told.json()["versions"]] == [45, 90]
    assert api(centre).patch(url, change, format="json").json()["errors"].keys() == {"effective_from"}
    assert api(centre).patch(url, {"cadence_days": 3}, format="json").json()["errors"].keys() == {"effective_from"}
    assert api(centre).patch(url, {"is_archived": True, "position": 3}, format="json").json()["is_archived"] is True
    assert api(make.person()).patch(url, change, format="json").status_code == 403


def test_the_owner_binds_by_names(api, make):
    owner = make.person()
    project, source = make.project("churn", owner=owner), make.source("main")
    make.kpi("auc")
    experiment = make.experiment(source, project=project, experiment_id="7")
    make.run(experiment, metrics={"test_auc": [0.8, 0, 0]})
    body = {
        "project": "churn",
        "kpi": "auc",
        "origin": "mlflow",
        "source": "main",
        "experiment": "7",
        "metric_key": "test_auc",
        "selector": "latest",
    }
    answer = api(owner).post("/api/v1/bindings/", body, format="json")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["source"], told["experiment"], told["model"]) == ("main", "7", None)
    rows = api(owner).get("/api/v1/observations/?project=churn&origin=mlflow").json()["results"]
    assert [row["value"] for row in rows] == [0.8]
    again = api(owner).post("/api/v1/bindings/", body, format="json")
    assert again.json()["errors"].keys() == {"kpi"}
    url = f"/api/v1/bindings/{told['id']}/"
    changed = api(owner).patch(url, {"selector": "best", "window_days": 30}, format="json")
    assert changed.json()["window_days"] == 30
    assert api(owner).patch(url, {"selector": "alias"}, format="json").json()["errors"].keys() == {"selector"}
    assert api(owner).delete(url).status_code == 400
    assert api(owner).delete(url + "?reason=Done").status_code == 204
    assert not Binding.objects.exists()


def test_an_experiment_must_be_linked(api, make):
    owner = make.person(roles=[("contributor", None)])
    make.project("churn", owner=owner)
    make.kpi("auc")
    experiment = make.experiment(make.source("main"), experiment_id="7")
    body = {"project": "churn", "kpi": "auc", "origin": "mlflow", "source": "main", "experiment": "7"}
    answer = api(owner).post("/api/v1/bindings/", {**body, "metric_key": "x", "selector": "latest"}, format="json")
    assert answer.json()["errors"] == {"experiment": ["must be linked to this project; link it first"]}
    assert experiment.bindings.count() == 0


def test_baselines_and_targets(api, entered):
    owner = entered.project.owner
    url = f"/api/v1/bindings/{entered.pk}/"
    worse = api(owner).post(url + "targets/", {"value": 0.4, "effective_from": "2026-01-01"}, format="json")
    assert worse.status_code == 400
    assert worse.json()["errors"].keys() == {"value"}
    good = api(owner).post(url + "targets/", {"value": 0.95, "effective_from": "2026-01-01"}, format="json")
    assert good.status_code == 201
    base = {"value": 0.6, "effective_from": "2026-02-01", "note": "Counted again"}
    assert api(owner).post(url + "baselines/", base, format="json").status_code == 201
    told = api(owner).get(url).json()
    assert [row["value"] for row in told["baselines"]] == [0.5, 0.6]
    assert [row["value"] for row in api(owner).get(url + "targets/").json()] == [0.9, 0.95]


def test_members_bind_but_do_not_set_targets(api, make, entered):
    member = make.member(entered.project)
    url = f"/api/v1/bindings/{entered.pk}/"
    assert api(member).patch(url, {"scale": 0.01}, format="json").status_code == 200
    assert api(member).patch(url, {"is_withheld": True}, format="json").status_code == 403
    body = {"value": 0.95, "effective_from": "2026-01-01"}
    assert api(member).post(url + "targets/", body, format="json").status_code == 403
    assert api(member).delete(url + "?reason=x").status_code == 403


def test_a_stranger_sees_no_binding_of_a_closed_project(api, make):
    binding = make.binding(make.project(visibility="members"))
    stranger = make.person()
    assert api(stranger).get("/api/v1/bindings/").json()["count"] == 0
    url = f"/api/v1/bindings/{binding.pk}/"
    assert api(stranger).get(url).status_code == 404
    assert api(stranger).patch(url, {"scale": 2}, format="json").status_code == 404
    assert api(stranger).delete(url + "?reason=x").status_code == 404


def test_withheld_figures_are_left_out(api, make, entered):
    make.observation(entered, 0.8, "2026-01-01")
    Binding.objects.update(is_withheld=True)
    stranger, owner = make.person(), entered.project.owner
    told = api(stranger).get("/api/v1/bindings/").json()["results"][0]
    assert (told["can_read"], told["baselines"], told["targets"]) == (False, [], [])
    assert api(stranger).get("/api/v1/observations/").json()["count"] == 0
    assert api(owner).get("/api/v1/observations/").json()["count"] == 1


def test_a_value_is_entered_and_corrected(api, entered):
    owner = entered.project.owner
    body = {"project": "churn", "kpi": "auc", "date": "2026-03-01", "value": 0.7}
    answer = api(owner).post("/api/v1/observations/", body, format="json")
    assert answer.status_code == 201, answer.content
    assert answer.json()["observed_at"] == "2026-03-01T12:00:00Z"
    assert api(owner).post("/api/v1/observations/", body, format="json").json()["errors"].keys() == {"on"}
    url = f"/api/v1/observations/{answer.json()['id']}/"
    fixed = api(owner).post(url + "correct/", {"value": 0.71, "note": "Typo"}, format="json")
    assert fixed.status_code == 201, fixed.content
    assert api(owner).post(url + "correct/", {"value": 0.72, "note": "Typo"}, format="json").status_code == 409
    rows = api(owner).get("/api/v1/observations/?project=churn&from=2026-03-01&to=2026-03-01").json()["results"]
    assert [row["value"] for row in rows] == [0.71]
    assert api(owner).get("/api/v1/observations/?superseded=true").json()["count"] == 1


def test_many_values_at_once_all_or_nothing(api, entered):
    owner = entered.project.owner
    rows = [{"project": "churn", "kpi": "auc", "date": f"2026-0{month}-01", "value": 0.7} for month in (1, 2, 3)]
    wrong = [*rows, {"project": "churn", "kpi": "auc", "date": "2026-13-01", "value": 0.7}]
    answer = api(owner).post("/api/v1/observations/", wrong, format="json")
    assert answer.json()["errors"]["rows"] == ["row 4, date: must be a date like 2026-09-30"]
    assert not Observation.objects.exists()
    assert api(owner).post("/api/v1/observations/", rows, format="json").json()["added"] == 3
    csv = "project,kpi,date,value\nchurn,auc,2026-01-01,0.7\nchurn,auc,2026-04-01,0.8\n"
    url = "/api/v1/observations/import/"
    dry = api(owner).generic("POST", url + "?dry_run=1", csv, content_type="text/csv")
    assert dry.json() == {"added": 1, "corrected": 0, "unchanged": 1, "dry_run": True}
    assert Observation.objects.count() == 3
    assert api(owner).generic("POST", url, csv, content_type="text/csv").json()["added"] == 1


def test_no_bare_nan_ever(api, make):
    project = make.project("churn")
    binding = make.binding(project, experiment=make.experiment(project=project))
    for month, value in enumerate((float("nan"), float("inf"), None), start=1):
        make.observation(binding, value, f"2026-0{month}-01")
    answer = api(project.owner).get("/api/v1/observations/")
    rows = json.loads(answer.content, parse_constant=pytest.fail)["results"]
    assert [(row["value"], row["finite"]) for row in rows] == [(None, None), (None, False), (None, False)]


def test_reads_carry_an_etag(api, entered):
    client = api(entered.project.owner)
    etag = client.get("/api/v1/bindings/")["ETag"]
    assert client.get("/api/v1/bindings/", HTTP_IF_NONE_MATCH=etag).status_code == 304
