"""Sources: pages, API and verbs, for an administrator, a contributor, a viewer and whoever is not signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from coe.accounts.models import Person
from coe.core import secrets
from coe.core.errors import Refused
from coe.core.models import Event
from projects.tracking import services
from projects.tracking.models import Source, Sync
from tests.factories import Make
from tests.tracking import lying
from tests.tracking.lying import Liar

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(make: Make) -> Person:
    return make.person(roles=[("administrator", None)])


@pytest.fixture
def contributor(make: Make) -> Person:
    return make.person(roles=[("contributor", None)])


@pytest.fixture
def viewer(make: Make) -> Person:
    return make.person(roles=[("viewer", None)])


def form(liar: Liar, **fields: Any) -> dict[str, Any]:
    base = {
        "name": "lab",
        "label": "Lab",
        "url": liar.url,
        "auth": "none",
        "interval_minutes": "15",
        "is_enabled": "on",
    }
    return {**base, **fields}


def test_an_administrator_connects_a_server(administrator: Person, sign_in: Any, liar: Liar) -> None:
    answer = sign_in(administrator).post("/sources/new/", form(liar, auth="basic", username="anna", secret="s3cret"))
    assert answer.status_code == 302
    assert answer["Location"] == "/sources/lab/"
    source = Source.objects.get(name="lab")
    assert secrets.decrypt(source.secret) == "s3cret"
    event = Event.objects.about(source).get()
    assert event.verb == "source.created"
    assert "s3cret" not in str(event.facts)
    for path in ("/sources/", "/sources/lab/", "/sources/lab/edit/", "/api/v1/sources/lab/"):
        page = sign_in(administrator).get(path)
        assert page.status_code == 200
        assert "s3cret" not in page.content.decode()


@pytest.mark.parametrize("who", ["contributor", "viewer"])
def test_others_may_not(who: str, request: Any, sign_in: Any, api: Any, liar: Liar) -> None:
    person = request.getfixturevalue(who)
    assert sign_in(person).get("/sources/new/").status_code == 403
    assert sign_in(person).post("/sources/new/", form(liar)).status_code == 403
    assert api(person).post("/api/v1/sources/", form(liar)).status_code == 403
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("lie", "field", "sentence"),
    [
        (lying.page_of_html, "url", "not as an MLflow server does"),
        (lambda asked: (401, b"", {}), "secret", "does not accept these credentials"),
        (lying.redirect, "url", "another address"),
    ],
)
def test_why_it_cannot_be_read_is_said_beside_the_field(
    administrator: Person, sign_in: Any, api: Any, liar: Liar, lie: Any, field: str, sentence: str
) -> None:
    liar.lies["experiments"] = lie
    page = sign_in(administrator).post("/sources/new/", form(liar))
    assert page.status_code == 422
    assert sentence in str(page.context["form"].errors[field])
    problem = api(administrator).post("/api/v1/sources/", {"name": "lab", "url": liar.url})
    assert problem.status_code == 400
    assert sentence in str(problem.json()["errors"][field])
    assert not Source.objects.exists()


def test_an_empty_secret_keeps_the_one_that_is_saved(administrator: Person, sign_in: Any, liar: Liar) -> None:
    client: Client = sign_in(administrator)
    client.post("/sources/new/", form(liar, auth="bearer", secret="s3cret"))
    changed = form(liar, auth="bearer", label="Laboratory", secret="")
    assert client.post("/sources/lab/edit/", changed).status_code == 302
    source = Source.objects.get(name="lab")
    assert (source.label, secrets.decrypt(source.secret)) == ("Laboratory", "s3cret")
    assert Event.objects.about(source).first().facts == {"fields": ["label"]}  # type: ignore[union-attr]


def test_saved_credentials_go_to_no_other_address(administrator: Person, source: Source, liar: Liar) -> None:
    services.change_source(actor=administrator, name="lab", auth="bearer", secret="s3cret")
    other = Liar(liar.behind)
    try:
        with pytest.raises(ValidationError) as refused:
            services.change_source(actor=administrator, name="lab", url=other.url)
    finally:
        other.close()
    assert "secret" in refused.value.message_dict
    assert other.asked == []


def test_taking_the_sign_in_away_forgets_the_secret(administrator: Person, source: Source) -> None:
    services.change_source(actor=administrator, name="lab", auth="basic", username="anna", secret="s3cret")
    services.change_source(actor=administrator, name="lab", auth="none")
    source.refresh_from_db()
    assert (source.secret, source.username) == (None, "")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"auth": "basic", "secret": "x"}, "username"),
        ({"auth": "bearer"}, "secret"),
        ({"interval_minutes": 0}, "interval_minutes"),
        ({"url": "not an address"}, "url"),
        ({"name": "new"}, "name"),
        ({"name": "lab"}, "name"),
    ],
)
def test_bad_input_names_the_field(administrator: Person, source: Source, api: Any, fields: Any, field: str) -> None:
    answer = api(administrator).post("/api/v1/sources/", {"name": "other", "url": "http://127.0.0.1:1", **fields})
    assert answer.status_code == 400
    assert field in answer.json()["errors"], answer.json()


def test_two_of_one_address_are_refused(administrator: Person, source: Source, api: Any) -> None:
    answer = api(administrator).post("/api/v1/sources/", {"name": "other", "url": source.url})
    assert answer.status_code == 400, answer.content


def test_a_sync_is_asked_for(
    contributor: Person, viewer: Person, source: Source, sign_in: Any, api: Any, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    sent: list[int] = []
    monkeypatch.setattr(services, "nudge", sent.append)
    assert sign_in(viewer).post("/sources/lab/sync/").status_code == 403
    assert api(viewer).post("/api/v1/sources/lab/sync/").status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        answer = api(contributor).post("/api/v1/sources/lab/sync/", {"is_full": True})
    assert answer.status_code == 202
    sync = Sync.objects.get()
    assert answer.json()["id"] == sync.pk
    assert sync.is_full
    assert sent == [sync.pk]
    assert api(contributor).get(answer.json()["url"]).json()["state"] == "queued"
    # Asked again, it is the same one.
    again = sign_in(contributor).post("/sources/lab/sync/")
    assert again["Location"] == f"/sources/lab/syncs/{sync.pk}/"


def test_a_source_that_is_switched_off_is_not_read(contributor: Person, source: Source) -> None:
    Source.objects.update(is_enabled=False)
    with pytest.raises(Refused):
        services.request_sync(actor=contributor, name="lab")


def test_progress_moves_and_ends(viewer: Person, source: Source, sign_in: Any) -> None:
    sync = Sync.objects.create(source=source, state="running", phase="runs", counts={"percent": 41, "runs": 12})
    client = sign_in(viewer)
    page = client.get(f"/sources/lab/syncs/{sync.pk}/").content.decode()
    assert 'value="41"' in page
    assert "hx-trigger" in page.split("<main")[1]
    assert "<html" in page
    part = client.get(f"/sources/lab/syncs/{sync.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert 'value="41"' in part
    assert "<html" not in part
    Sync.objects.update(state="failed", error="It is away.", finished_at=sync.created_at)
    ended = client.get(f"/sources/lab/syncs/{sync.pk}/").content.decode()
    assert "It is away." in ended
    assert "hx-trigger" not in ended.split("<main")[1]
    assert client.get("/sources/lab/syncs/999999/").status_code == 404


def test_lists(viewer: Person, make: Make, sign_in: Any, django_assert_max_num_queries: Callable[..., Any]) -> None:
    for number in range(12):
        source = make.source(f"s{number}", label="=cmd()" if number == 1 else f"Server {number}")
        Sync.objects.create(source=source)
    client = sign_in(viewer)
    with django_assert_max_num_queries(15):
        page = client.get("/sources/?sort=-last")
    assert "12 sources" in page.content.decode()
    with django_assert_max_num_queries(15):
        assert client.get("/sources/s0/").status_code == 200
    assert "'=cmd()" in b"".join(client.get("/sources/?format=csv").streaming_content).decode()
    assert "No source matches" in client.get("/sources/?q=nowhere").content.decode()
    assert client.get("/sources/none/").status_code == 404


def test_nobody_is_sent_to_sign_in() -> None:
    for path in ("/sources/", "/experiments/", "/models/", "/triage/"):
        assert Client().get(path).status_code == 302


def test_the_verbs_refuse_others(viewer: Person, source: Source) -> None:
    with pytest.raises(PermissionDenied):
        services.change_source(actor=viewer, name="lab", label="mine")
