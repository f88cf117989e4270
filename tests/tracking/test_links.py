"""What belongs to which project: by tag, by hand, in triage; pages and API of experiments, runs and models."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from coe.accounts.models import Person
from coe.core.models import Event
from projects.catalog.models import Project
from projects.tracking import services, suggestions
from projects.tracking.models import AliasMove, Experiment, LoggedModel, ModelVersion, RegisteredModel, Source
from tests.factories import Make
from tests.tracking.mirror import read
from tests.tracking.team import Team

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(make: Make) -> Person:
    return make.person(roles=[("contributor", None)])


@pytest.fixture
def churn(make: Make, owner: Person) -> Project:
    return make.project("churn", owner=owner)


@pytest.fixture
def stranger(make: Make) -> Person:
    return make.person(roles=[("viewer", make.unit())])


@pytest.mark.mlflow
def test_the_tag_links_moves_and_unlinks(source: Source, team: Team, churn: Project, make: Make) -> None:
    other = make.project("fraud")
    experiment = team.experiment(**{"coe.project": "churn"})
    name = team.registered(team.run(experiment), **{"coe.project": "churn"})
    read(source)
    here = Experiment.objects.get(experiment_id=experiment)
    assert (here.project, here.link_origin) == (churn, "tag")
    assert RegisteredModel.objects.get(name=name).project == churn
    assert {one.verb for one in Event.objects.about(churn)} == {"experiment.linked", "model.linked"}
    team.client.set_experiment_tag(experiment, "coe.project", "fraud")
    read(source)
    here.refresh_from_db()
    assert here.project == other
    team.client.set_experiment_tag(experiment, "coe.project", "nonsense")
    done = read(source)
    here.refresh_from_db()
    assert here.project is None
    assert here.link_origin == ""
    assert any("no project has the slug nonsense" in one["reason"] for one in done.skipped)


@pytest.mark.mlflow
def test_a_link_or_unlink_by_hand_wins(source: Source, team: Team, churn: Project, owner: Person, make: Make) -> None:
    mine = make.project("fraud", owner=owner)
    experiment = team.experiment(**{"coe.project": "churn"})
    read(source)
    here = Experiment.objects.get(experiment_id=experiment)
    services.link_experiment(actor=owner, experiment=here, project=mine)
    read(source)
    here.refresh_from_db()
    assert (here.project, here.link_origin) == (mine, "hand")
    services.unlink_experiment(actor=owner, experiment=here)
    read(source)
    here.refresh_from_db()
    assert here.project is None


def test_who_may_link(make: Make, churn: Project, owner: Person, stranger: Person) -> None:
    here = make.experiment()
    colleague = make.person(roles=[("contributor", None)])
    with pytest.raises(Experiment.DoesNotExist):
        services.link_experiment(actor=stranger, experiment=here, project=churn)
    with pytest.raises(PermissionDenied):
        services.link_experiment(actor=colleague, experiment=here, project=churn)
    services.link_experiment(actor=owner, experiment=here, project=churn)
    with pytest.raises(PermissionDenied):
        # Nobody takes an experiment away from a project that is not theirs.
        services.link_experiment(actor=colleague, experiment=here, project=make.project(owner=colleague))


def test_triage(make: Make, churn: Project, owner: Person, stranger: Person, sign_in: Any) -> None:
    client: Client = sign_in(owner)
    one, two, three = (make.experiment(name=name) for name in ("churn-model v2", "scratch", "zzz"))
    page = client.get("/triage/").content.decode()
    assert f"link:{one.pk}:churn" in page
    assert f"link:{three.pk}:churn" not in page
    client.post("/triage/", {"one": f"link:{one.pk}:churn"})
    one.refresh_from_db()
    assert (one.project, one.linked_by) == (churn, owner)
    client.post("/triage/", {"do": "dismiss", "thing": [str(two.pk), str(three.pk)]})
    assert Experiment.objects.filter(is_dismissed=True).count() == 2
    assert "Nothing waits here" in client.get("/triage/").content.decode()
    client.post("/triage/?state=dismissed", {"one": f"recall:{two.pk}"})
    two.refresh_from_db()
    assert not two.is_dismissed
    model = make.model(name="churn classifier")
    assert f"link:{model.pk}:churn" in client.get("/triage/?kind=models").content.decode()
    client.post("/triage/?kind=models", {"do": "link", "thing": [str(model.pk)], "project": "churn"})
    model.refresh_from_db()
    assert model.project == churn
    assert sign_in(stranger).get("/triage/").status_code == 403
    assert sign_in(stranger).post("/triage/", {"one": f"dismiss:{two.pk}"}).status_code == 403
    for nonsense in (
        {},
        {"do": "link", "thing": ["x"]},
        {"one": f"link:{two.pk}:nonsense"},
        {"do": "x", "thing": [str(two.pk)]},
    ):
        assert client.post("/triage/", nonsense).status_code == 302
    two.refresh_from_db()
    assert two.project is None


def test_suggestions_by_author_and_by_where_it_was_trained(make: Make, churn: Project, owner: Person) -> None:
    source = make.source()
    theirs = make.experiment(source, project=churn, name="aaa")
    make.run(theirs, user="anna", run_id="r1")
    here = make.experiment(source, name="xyz")
    make.run(here, user="anna")
    model = make.model(source, name="xyz")
    ModelVersion.objects.create(model=model, version=1, run_id="r1")
    assert [(one.slug, one.why) for one in suggestions.suggest(owner, [here])[here.pk]] == [
        ("churn", "by the same person")
    ]
    assert suggestions.suggest(owner, [model])[model.pk][0].why == "trained in its experiment"


@pytest.fixture
def world(make: Make, owner: Person) -> dict[str, Any]:
    """A private project with an experiment, a run and a model; and a scratch experiment of no project."""
    source = make.source("lab")
    project = make.project("secret", owner=owner, visibility="members")
    experiment = make.experiment(source, project=project, experiment_id="7", name="Hidden experiment")
    run = make.run(
        experiment,
        run_id="abc",
        metrics={"auc": ["NaN", 0, 0], "loss": [0.123456789, 1_700_000_000_000, 3]},
        datasets=[{"name": "hold-out", "digest": "d1", "context": "test"}],
        git_commit="f" * 40,
    )
    LoggedModel.objects.create(
        experiment=experiment,
        source=source,
        model_id="m-1",
        name="clf",
        run_id="abc",
        metrics=[
            {
                "key": "auc",
                "value": 0.9,
                "timestamp": 5,
                "step": 0,
                "run_id": "abc",
                "dataset_name": "hold-out",
                "dataset_digest": "d1",
            }
        ],
    )
    model = make.model(source, project=project, name="Hidden model ü/1", aliases={"champion": 1})
    ModelVersion.objects.create(model=model, version=1, run_id="abc")
    AliasMove.objects.create(model=model, alias="champion", version=1, at=run.started_at)
    scratch = make.experiment(source, name="Scratch", experiment_id="8")
    return {"source": source, "experiment": experiment, "run": run, "model": model, "scratch": scratch}


PAGES = ["/experiments/lab/7/", "/runs/lab/abc/", "/experiments/lab/8/"]


def test_pages_for_their_people_and_nobody_else(world: Any, owner: Person, stranger: Person, sign_in: Any) -> None:
    insider, outsider = sign_in(owner), sign_in(stranger)
    for path in PAGES:
        assert insider.get(path).status_code == 200, path
        assert outsider.get(path).status_code == 404, path
    run = insider.get("/runs/lab/abc/").content.decode()
    for text in ("not a number", "0.123457", "hold-out", "d1", "ffffffffffff", "/#/experiments/7/runs/abc", "no time"):
        assert text in run, text
    for path in ("/experiments/", "/models/", "/experiments/?format=csv", "/models/?format=csv"):
        answer = outsider.get(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"Hidden" not in content, path
        assert b"Scratch" not in content, path
    assert "Hidden experiment" in insider.get("/experiments/?q=exper+HIDD&project=secret").content.decode()
    assert "No experiment matches" in insider.get("/experiments/?q=nothing").content.decode()
    listed = insider.get("/experiments/?state=unlinked").content.decode()
    assert "Scratch" in listed
    assert "Hidden" not in listed
    assert "run id" in b"".join(insider.get("/experiments/lab/7/?format=csv").streaming_content).decode()


def test_the_page_of_a_model(world: Any, owner: Person, stranger: Person, sign_in: Any) -> None:
    RegisteredModel.objects.update(name="Hidden model ü")
    world["model"].refresh_from_db()
    path = world["model"].get_absolute_url()
    page = sign_in(owner).get(path)
    assert page.status_code == 200
    assert "champion" in page.content.decode()
    assert "/runs/lab/abc/" in page.content.decode()
    assert sign_in(stranger).get(path).status_code == 404


def test_linking_on_the_page(world: Any, owner: Person, stranger: Person, churn: Project, sign_in: Any) -> None:
    client = sign_in(owner)
    client.post("/experiments/lab/8/link/", {"project": "churn"})
    world["scratch"].refresh_from_db()
    assert world["scratch"].project == churn
    client.post("/experiments/lab/8/link/", {"unlink": "1"})
    world["scratch"].refresh_from_db()
    assert world["scratch"].project is None
    assert sign_in(stranger).post("/experiments/lab/8/link/", {"project": "churn"}).status_code == 404


def test_queries_of_each_page(
    world: Any, owner: Person, make: Make, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    RegisteredModel.objects.filter(pk=world["model"].pk).update(name="plain")
    for number in range(30):
        make.run(make.experiment(world["source"], name=f"secret {number}"))
        make.model(world["source"], name=f"model {number}")
        make.run(world["experiment"], run_id=f"r{number}")
        ModelVersion.objects.create(model=world["model"], version=number + 2, run_id=f"r{number}")
    client = sign_in(owner)
    for path in (*PAGES, "/experiments/", "/models/", "/models/lab/plain/", "/triage/", "/triage/?kind=models"):
        with django_assert_max_num_queries(15):
            assert client.get(path).status_code == 200, path


def test_api(world: Any, owner: Person, stranger: Person, churn: Project, api: Any) -> None:
    insider, outsider = api(owner), api(stranger)
    runs = insider.get("/api/v1/runs/?project=secret&experiment=7&source=lab&status=FINISHED").json()
    assert [one["run_id"] for one in runs["results"]] == ["abc"]
    assert runs["results"][0]["metrics"]["auc"] == [
        "NaN",
        0,
        0,
    ]
    run = insider.get("/api/v1/runs/abc/")
    assert run.json()["logged_models"][0]["metrics"][0]["dataset_name"] == "hold-out"
    assert insider.get("/api/v1/runs/abc/", HTTP_IF_NONE_MATCH=run["ETag"]).status_code == 304
    model = insider.get(f"/api/v1/models/{world['model'].pk}/").json()
    assert model["alias_moves"][0]["version"] == 1
    assert model["versions"][0]["run_id"] == "abc"
    unlinked = insider.get("/api/v1/experiments/?unlinked=true").json()["results"]
    assert [one["name"] for one in unlinked] == ["Scratch"]
    for path in ("runs/abc/", f"models/{world['model'].pk}/", f"experiments/{world['experiment'].pk}/"):
        assert outsider.get(f"/api/v1/{path}").status_code == 404
    for path in ("runs/", "models/", "experiments/"):
        assert outsider.get(f"/api/v1/{path}").json()["count"] == 0
        assert api().get(f"/api/v1/{path}").status_code == 401
    for query, field in (
        ("runs/?status=X", "status"),
        ("runs/?source=x", "source"),
        ("experiments/?project=x", "project"),
    ):
        problem = insider.get(f"/api/v1/{query}")
        assert problem.status_code == 400
        assert field in problem.json()["errors"]
        assert problem["Content-Type"].startswith("application/problem+json")


def test_api_links(world: Any, owner: Person, stranger: Person, churn: Project, api: Any, make: Make) -> None:
    path = f"/api/v1/experiments/{world['scratch'].pk}/"
    assert api(owner).patch(path, {"project": "churn"}).json()["project"] == "churn"
    assert api(owner).patch(path, {"project": None}).json()["project"] is None
    assert api(owner).patch(path, {"is_dismissed": True}).json()["is_dismissed"] is True
    assert "project" in api(owner).patch(path, {"project": "nonsense"}).json()["errors"]
    assert api(stranger).patch(path, {"project": "churn"}).status_code == 404
    colleague = make.person(roles=[("contributor", None)])
    assert api(colleague).patch(path, {"project": "churn"}).status_code == 403


def test_a_run_id_that_two_sources_have(world: Any, make: Make, owner: Person, api: Any) -> None:
    make.run(make.experiment(make.source("other"), project=world["experiment"].project), run_id="abc")
    problem = api(owner).get("/api/v1/runs/abc/")
    assert problem.status_code == 400
    assert "source" in problem.json()["errors"]
    assert api(owner).get("/api/v1/runs/abc/?source=other").json()["source"] == "other"
