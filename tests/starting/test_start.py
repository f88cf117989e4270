"""Start: the catalog entry, the team, the path and the lines, all at once; and the wait for the first run."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from coe.accounts.models import Person
from coe.onboarding.models import Enrolment, Team
from coe.paths import builtin
from projects.catalog.models import Project
from projects.starting import servers
from projects.starting.services import start_project
from projects.tracking.models import Sync
from tests.factories import Make


@pytest.fixture
def person(make: Make) -> Person:
    unit = make.unit("retail")
    return make.person(unit=unit, roles=[("contributor", unit)])


def test_a_team_starts_with_all_it_needs(person: Person, make: Make) -> None:
    builtin.ensure()
    other, sponsor = make.person(), make.person()
    assert person.unit is not None
    made = start_project(
        actor=person,
        name="Churn of cards",
        summary="Who leaves.",
        unit=person.unit,
        sponsor=sponsor,
        members=[other.pk],
    )
    assert (made.project.owner, made.project.stage, made.project.sponsor) == (person, "exploration", sponsor)
    assert set(made.team.members.all()) == {person, other}
    assert set(Enrolment.objects.values_list("person", "path__slug")) == {
        (person.pk, "new-team"),
        (other.pk, "new-team"),
    }
    assert made.project.members.get().person == other


def test_all_or_nothing(person: Person, make: Make) -> None:
    closed = make.person(is_active=False)
    assert person.unit is not None
    with pytest.raises(ValidationError):
        start_project(actor=person, name="Churn", summary="Who leaves.", unit=person.unit, members=[closed.pk])
    assert not Project.objects.exists()
    assert not Team.objects.exists()
    with pytest.raises(PermissionDenied):
        start_project(actor=person, name="Churn", summary="Who leaves.", unit=make.unit("health"))


def test_the_page_gives_the_lines_and_waits(person: Person, make: Make, sign_in: Callable[[Person], Client]) -> None:
    source, client = make.source(url="https://mlflow.example"), sign_in(person)
    response = client.post(
        "/start/", {"name": "Churn", "summary": "Who leaves.", "unit": "retail", "experience": "new"}, follow=True
    )
    assert response.redirect_chain[-1][0] == "/start/churn/"
    page = response.content.decode()
    assert "mlflow.set_experiment_tag(&quot;coe.project&quot;, &quot;churn&quot;)" in page
    assert "https://mlflow.example" in page
    assert "No run has arrived yet" in page
    assert "No run has arrived yet" in client.get("/start/churn/runs/").content.decode()
    experiment = make.experiment(source, project=Project.objects.get())
    run = make.run(experiment)
    part = client.get("/start/churn/runs/").content.decode()
    assert "It arrived." in part
    assert run.get_absolute_url() in part
    assert "hx-get" not in part


def test_the_server_that_suits_the_team_stands_first(
    person: Person, make: Make, sign_in: Callable[[Person], Client]
) -> None:
    unit = person.unit
    project = make.project("churn", owner=person, unit=unit)
    good = {"last_good_sync_at": timezone.now()}
    broken = make.source("a-broken", last_error="It does not answer.", last_error_at=timezone.now(), **good)
    new, most, near, own = (
        make.source("b-new", last_good_sync_at=None),
        *(make.source(name, **good) for name in ("c-most", "d-near", "e-own")),
    )
    for source, place, n in ((most, make.project(), 5), (near, make.project(unit=unit), 2), (broken, project, 3)):
        for _ in range(n):
            make.experiment(source, project=place)
    assert servers.offered(project, person)[:3] == [near, most, own]
    make.experiment(own, project=project)
    assert servers.offered(project, person) == [own, near, most, broken, new]
    page = sign_in(person).get("/start/churn/").content.decode()
    assert own.url in page
    assert "did not answer" not in page
    page = sign_in(person).get("/start/churn/?source=a-broken").content.decode()
    assert "did not answer when Cairn read it last" in page
    assert 'hx-get="/start/churn/runs/?source=a-broken"' in page


def test_a_look_is_a_sync(person: Person, make: Make, sign_in: Callable[[Person], Client]) -> None:
    source = make.source()
    make.project("churn", owner=person, unit=person.unit)
    response = sign_in(person).post("/start/churn/look/", {"source": source.name}, follow=True)
    assert "It is being read" in response.content.decode()
    assert response.redirect_chain[-1][0] == f"/start/churn/?source={source.name}"
    assert Sync.objects.get().asked_by == person


def test_who_may_not_add_projects_is_told_who_can(make: Make, sign_in: Callable[[Person], Client]) -> None:
    unit = make.unit("retail")
    lead = make.person(name="Lea Lead", roles=[("unit_lead", unit)])
    page = sign_in(make.person(unit=unit)).get("/start/").content.decode()
    assert lead.name in page
    assert "<form" not in page.split("<main")[1]


def test_what_is_wrong_is_said_beside_the_field(person: Person, sign_in: Callable[[Person], Client]) -> None:
    response = sign_in(person).post("/start/", {"name": "", "summary": "x", "unit": "retail", "experience": "new"})
    assert response.status_code == 422
    assert not Project.objects.exists()


def test_others_find_nothing(person: Person, make: Make, sign_in: Callable[[Person], Client]) -> None:
    make.project("churn", owner=person, unit=person.unit, visibility="members")
    stranger = sign_in(make.person())
    for address in ("/start/churn/", "/start/churn/runs/", "/start/nowhere/"):
        assert stranger.get(address).status_code == 404
