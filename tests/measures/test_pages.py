from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpis.measures.models import Binding, Kpi, MetricName, Observation

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15

DEFINITION = {
    "key": "roc-auc",
    "name": "Discrimination",
    "sentence": "How well it tells the two apart.",
    "category": "model_quality",
    "unit": "ratio",
    "direction": "higher",
    "roll_up": "median",
    "cadence_days": "45",
    "effective_from": "2026-01-01",
    "position": "10",
}


@pytest.fixture
def centre(make):
    return make.person(roles=[("administrator", None)])


@pytest.fixture
def world(make):
    """A project with an MLflow binding, an entered one, a linked model, and a free KPI that its metrics suggest."""
    project, source = make.project("churn"), make.source("main")
    experiment = make.experiment(source, project=project)
    make.model(source, project=project, aliases={"champion": "1"})
    run = make.run(experiment, metrics={"test_auc": [0.8, 0, 0], "val_f1": [0.7, 0, 0]}, start="2026-03-01")
    binding = make.binding(
        project, make.kpi("auc"), experiment=experiment, baseline=0.5, target=0.9, metric_key="test_auc"
    )
    make.observation(binding, 0.8, "2026-03-01", run_id=run.run_id)
    entered = make.binding(project, make.kpi("saved", unit="currency"), baseline=1.0, target=9.0)
    make.observation(entered, 5.0, "2026-03-01", author=project.owner)
    f1 = make.kpi("f1")
    MetricName.objects.create(source=source, key="val_f1", runs=3, experiments=1, kpi=f1)
    for number in range(20):
        MetricName.objects.create(source=source, key=f"loss_{number}", runs=1, experiments=1)
    return project


def pages(project, stranger_too=False):
    base = f"/projects/{project.slug}/kpis/"
    return [f"{base}auc/", f"{base}saved/", f"{base}bind/", f"{base}auc/edit/", f"{base}auc/baseline/"] + [
        f"{base}{rest}" for rest in ("auc/target/", "saved/enter/", "auc/remove/")
    ]


def test_every_page_shows_within_its_queries(sign_in, world, centre):
    client = sign_in(centre)
    for url in ["/kpis/", "/kpis/new/", "/kpis/auc/edit/", "/kpis/metrics/", "/observations/import/", *pages(world)]:
        client.get(url)  # content types are read once a process
        with CaptureQueriesContext(
            connection,
        ) as found:
            answer = client.get(url)
        assert answer.status_code == 200, url
        assert len(found) <= MOST_QUERIES, (url, [query["sql"][:150] for query in found])


def test_who_is_not_signed_in_signs_in_first(client, world):
    for url in ["/kpis/", "/kpis/metrics/", "/observations/import/", *pages(world)]:
        assert client.get(url)["Location"].startswith("/sign-in/"), url


def test_a_stranger_does_not_learn_of_a_closed_project(sign_in, make, world):
    world.visibility = "members"
    world.save()
    for url in pages(world):
        assert sign_in(make.person()).get(url).status_code == 404, url


def test_a_viewer_reads_and_changes_nothing(sign_in, make, world):
    client = sign_in(make.person(roles=[("viewer", None)]))
    shown, *forms = pages(world)
    assert client.get(shown).status_code == 200
    for url in forms[1:]:
        assert client.get(url).status_code == 403, url
        assert client.post(url).status_code == 403, url
    for url in ("/kpis/new/", "/kpis/auc/edit/", "/kpis/metrics/"):
        assert client.get(url).status_code == 403, url


def test_a_member_binds_and_enters_but_does_not_govern(sign_in, make, world):
    client = sign_in(make.member(world))
    base = f"/projects/{world.slug}/kpis/"
    for rest, status in (
        ("bind/", 200),
        ("auc/edit/", 200),
        ("saved/enter/", 200),
        ("auc/baseline/", 403),
        ("auc/target/", 403),
    ):
        assert client.get(base + rest).status_code == status, rest


def test_the_centre_defines_changes_and_archives(sign_in, centre):
    client = sign_in(centre)
    assert client.post("/kpis/new/", {**DEFINITION, "cadence_days": "0"}).status_code == 422
    assert client.post("/kpis/new/", {**DEFINITION, "key": "metrics"}).status_code == 422
    assert client.post("/kpis/new/", DEFINITION).status_code == 302
    change = {**DEFINITION, "cadence_days": "90", "effective_from": "2026-06-01", "reason": "Quarterly"}
    assert client.post("/kpis/roc-auc/edit/", {**change, "effective_from": "2026-01-01"}).status_code == 422
    assert client.post("/kpis/roc-auc/edit/", change).status_code == 302
    assert list(Kpi.objects.get().versions.values_list("cadence_days", flat=True)) == [45, 90]
    client.post("/kpis/roc-auc/edit/", {"archive": "1"})
    assert Kpi.objects.get().is_archived
    assert b"No KPI" in client.get("/kpis/").content


def test_the_list_filters_and_exports(sign_in, world, make):
    client = sign_in(make.person())
    assert b"AUC" in client.get("/kpis/?q=au").content
    assert b">AUC<" not in client.get("/kpis/?q=f1&category=model_quality").content
    rows = b"".join(client.get("/kpis/?format=csv&sort=-projects").streaming_content).decode().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["saved", "auc", "f1"]


def test_metric_names_are_mapped_in_bulk(sign_in, make, world):
    client = sign_in(make.person(roles=[("contributor", None)]))
    other = make.source("other")
    waiting = MetricName.objects.create(source=other, key="test_f1_score", runs=9, experiments=2)
    loss = MetricName.objects.get(key="loss_0")
    assert b"looks like f1" in client.get("/kpis/metrics/?source=other").content
    answer = client.post("/kpis/metrics/", {f"metric-{waiting.pk}": "f1", f"metric-{loss.pk}": "-", "metric-x": "f1"})
    assert answer.status_code == 302
    waiting.refresh_from_db()
    loss.refresh_from_db()
    assert (waiting.kpi.key, loss.is_ignored) == ("f1", True)
    assert client.post("/kpis/metrics/", {f"metric-{loss.pk}": "unheard-of"}).status_code == 400
    client.post("/kpis/metrics/", {f"metric-{loss.pk}": "?"})
    loss.refresh_from_db()
    assert not loss.is_ignored


def test_binding_from_a_proposal(sign_in, world):
    client = sign_in(world.owner)
    url = f"/projects/{world.slug}/kpis/bind/"
    experiment = world.experiments.get()
    place = f"experiment:{experiment.pk}"
    assert f"where=experiment%3A{experiment.pk}".encode() in client.get(url).content
    body = {"kpi": "f1", "where": place, "metric_key": "val_f1", "scale": "1", "offset": "0"}
    assert client.post(url, {**body, "metric_key": "unseen"}).status_code == 422
    assert client.post(url, {**body, "where": "experiment:999999"}).status_code == 422
    assert client.post(url, body).status_code == 302
    binding = Binding.objects.get(kpi__key="f1")
    assert (binding.selector, binding.observations.get().value) == ("latest", 0.7)
    edit = f"/projects/{world.slug}/kpis/f1/edit/"
    best = {**body, "selector": "best", "window_days": "30"}
    assert client.post(edit, {**best, "window_days": ""}).status_code == 422
    assert client.post(edit, best).status_code == 302
    assert client.post(edit, {"where": "entered", "scale": "1", "offset": "0"}).status_code == 302
    binding.refresh_from_db()
    assert (binding.origin, binding.window_days) == ("entered", None)
    assert not binding.observations.filter(superseded_at=None).exists()


def test_values_baselines_and_targets_by_form(sign_in, world):
    client = sign_in(world.owner)
    base = f"/projects/{world.slug}/kpis/saved/"
    worse = client.post(base + "target/", {"value": "0.5", "effective_from": "2026-01-01"})
    assert worse.status_code == 422
    assert b"must be greater than the baseline" in worse.content
    assert client.post(base + "target/", {"value": "12", "effective_from": "2026-01-01"}).status_code == 302
    assert (
        client.post(base + "baseline/", {"value": "2", "effective_from": "2026-01-01", "note": "Before"}).status_code
        == 302
    )
    assert client.post(base + "enter/", {"value": "nan", "on": "2026-05-01"}).status_code == 422
    assert client.post(base + "enter/", {"value": "6", "on": "2999-05-01"}).status_code == 422
    assert client.post(base + "enter/", {"value": "6", "on": "2026-05-01", "note": "May"}).status_code == 302
    row = Observation.objects.get(value=6)
    assert client.post(f"{base}correct/{row.pk}/", {"value": "7", "note": "Typo"}).status_code == 302
    page = client.get(base + "?all=1").content.decode()
    assert "superseded: corrected: Typo" in page
    assert b"6" in b"".join(client.get(base + "?all=1&format=csv").streaming_content)
    assert client.post(base + "remove/", {"reason": ""}).status_code == 422
    assert client.post(base + "remove/", {"reason": "Not measured any more"}).status_code == 302
    assert not Binding.objects.filter(kpi__key="saved").exists()


def test_withheld_figures_are_not_shown(sign_in, make, world):
    Binding.objects.update(is_withheld=True)
    url = f"/projects/{world.slug}/kpis/auc/"
    page = sign_in(make.person()).get(url)
    assert page.status_code == 200
    assert b"These figures are withheld" in page.content
    assert b"0.8" not in page.content
    assert b"0.9" not in page.content
    assert b"0.8" not in b"".join(sign_in(make.person()).get(url + "?format=csv").streaming_content)
    assert b"0.8" in sign_in(world.owner).get(url).content


def test_a_file_is_tried_and_then_written(sign_in, world):
    client = sign_in(world.owner)
    url = "/observations/import/"

    def send(text, **more):
        return client.post(url, {"file": SimpleUploadedFile("values.csv", text.encode()), **more})

    good = "project,kpi,date,value\nchurn,saved,2026-04-01,6\n"
    assert send("project,kpi,date\n").status_code == 422
    wrong = send(good.replace("6\n", "six\n"))
    assert b"row 2, value: must be a finite number" in wrong.content
    assert b"would add 1 value" in send(good).content
    assert Observation.objects.filter(value=6).count() == 0
    assert send(good, write="on").status_code == 302
    assert Observation.objects.filter(value=6).count() == 1
