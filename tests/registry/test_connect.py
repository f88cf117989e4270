"""A webhook registered on a real MLflow server, and what it then tells."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone
from mlflow import MlflowClient

from coe.core import outbox
from coe.core.models import Event, OutboxEntry
from coe.core.secrets import decrypt
from projects.registry import connect, deliveries
from projects.registry.connect import Connected, connect_hook
from projects.registry.models import Delivery, Hook
from projects.tracking.mlflow import Gateway, GatewayError
from projects.tracking.models import ModelVersion, RegisteredModel, Source
from tests import parts
from tests.factories import Make
from tests.registry.calls import Call
from tests.tracking.lying import Asked, Liar, Reply, error_500, half

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.mlflow]


@pytest.fixture(autouse=True)
def own_machine_allowed(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PRIVATE_HOSTS_ALLOWED = ["127.0.0.1"]
    monkeypatch.setattr(deliveries, "nudge", lambda entry_id: None)


@pytest.fixture
def client(mlflow_server: str) -> Iterator[MlflowClient]:
    client = MlflowClient(mlflow_server, registry_uri=mlflow_server)
    yield client
    for webhook in client.list_webhooks():
        client.delete_webhook(webhook.webhook_id)
    # MLflow keeps its connection to the site open, and the site's thread with it one to the database.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle'"
        )


@pytest.fixture
def source(mlflow_server: str, make: Make) -> Source:
    return make.source("lab", url=mlflow_server)


@pytest.fixture
def between(mlflow_server: str, source: Source) -> Iterator[Liar]:
    """Stands between the portal and the server, and passes calls about webhooks on."""
    liar = Liar(mlflow_server)
    source.url = liar.url
    source.save()
    yield liar
    liar.close()


def ours(client: MlflowClient) -> list[Any]:
    return [one for one in client.list_webhooks() if "/hooks/mlflow/lab/" in one.url]


def connected(source: Source, base: str) -> Connected:
    return connect_hook(source=source, base=base, actor=None)


def secret_of(hook: Hook) -> str:
    hook.refresh_from_db()
    return decrypt(hook.secret)


def test_a_version_registered_with_plain_mlflow_code_arrives(
    live_site: str, source: Source, client: MlflowClient, make: Make
) -> None:
    done = connected(source, live_site)
    assert (done.is_new, done.test_error) == (True, "")
    hook = Hook.objects.get(source=source)
    assert (hook.webhook_id, hook.test_error) == (done.webhook_id, "")
    assert hook.tested_at is not None
    assert Event.objects.about(source).filter(verb="hook.connected").count() == 1
    # The test call was a delivery like any other; what it tells of is not there, and nothing comes of it.
    assert Delivery.objects.get().model_name == "example_model"
    assert outbox.sweep() == 1
    assert not RegisteredModel.objects.exists()
    name = f"churn {uuid.uuid4().hex}"
    run = client.create_run(client.create_experiment(name))
    client.set_terminated(run.info.run_id)
    client.create_registered_model(name)
    client.create_model_version(name, f"runs:/{run.info.run_id}/model", run.info.run_id, tags={"coe.handoff": "yes"})
    client.set_registered_model_alias(name, "champion", "1")

    def arrived() -> bool:
        return Delivery.objects.filter(model_name=name).count() >= 3

    parts.family.until(arrived, "the webhook", seconds=60)
    assert not RegisteredModel.objects.exists(), "nothing is believed before it was read"
    assert outbox.sweep() >= 3
    version = ModelVersion.objects.get(model__source=source, model__name=name)
    assert (version.run_id, version.tags, version.model.aliases) == (
        run.info.run_id,
        {"coe.handoff": "yes"},
        {"champion": 1},
    )
    kinds = set(Delivery.objects.filter(model_name=name).values_list("event", flat=True))
    assert kinds >= {"registered_model.created", "model_version.created", "model_version_alias.created"}
    assert not OutboxEntry.objects.exclude(state="done").exists()


def test_connecting_again_renews_the_secret_and_makes_no_second_webhook(
    live_site: str, source: Source, client: MlflowClient
) -> None:
    first = connected(source, live_site)
    hook = Hook.objects.get(source=source)
    before = secret_of(hook)
    again = connected(source, live_site + "/")
    assert (again.is_new, again.webhook_id, again.test_error) == (False, first.webhook_id, "")
    assert len(ours(client)) == 1
    assert secret_of(hook) != before
    # MLflow's workers may sign with the old one for a minute yet.
    assert Call(secret=before).send().status_code == 202
    assert hook.other_until
    assert hook.other_until - timezone.now() <= connect.GRACE
    Hook.objects.update(other_until=timezone.now() - timedelta(seconds=1))
    assert Call(secret=before).send().status_code == 401
    assert Call(secret=secret_of(hook)).send().status_code == 202


def test_a_webhook_that_was_deleted_or_doubled_on_the_server(
    live_site: str, source: Source, client: MlflowClient
) -> None:
    first = connected(source, live_site)
    client.delete_webhook(first.webhook_id)
    second = connected(source, live_site)
    assert second.is_new
    client.create_webhook("by-hand", second.url, events=["model_version.created"], secret="x")
    other = client.create_webhook("other", "https://example.com/hook", events=["model_version.created"])
    third = connected(source, live_site)
    assert [one.webhook_id for one in ours(client)] == [second.webhook_id] == [third.webhook_id]
    assert other.webhook_id in {one.webhook_id for one in client.list_webhooks()}


def test_a_server_that_refuses_leaves_what_was_in_force(
    live_site: str, source: Source, between: Liar, client: MlflowClient
) -> None:
    def refused(asked: Asked) -> Reply:
        body = {"error_code": "INVALID_PARAMETER_VALUE", "message": "Invalid webhook URL scheme"}
        return 400, json.dumps(body).encode(), {"Content-Type": "application/json"}

    direct = Gateway(between.behind)
    connect_hook(source=source, base=live_site, actor=None, gateway=direct)
    hook = Hook.objects.get(source=source)
    before = secret_of(hook)
    between.lies["webhooks"] = refused
    with pytest.raises(GatewayError, match="Invalid webhook URL scheme"):
        connected(source, live_site)
    assert secret_of(hook) == before
    assert hook.other_secret is None
    assert Call(secret=before).send().status_code == 202


@pytest.mark.parametrize("lie", [error_500, half])
def test_an_answer_that_was_lost_loses_no_secret(
    live_site: str, source: Source, between: Liar, client: MlflowClient, lie: Any
) -> None:
    """Nobody knows whether the server took the new one: both are good, and the next try brings the same again."""
    direct = Gateway(between.behind)
    connect_hook(source=source, base=live_site, actor=None, gateway=direct)
    hook = Hook.objects.get(source=source)
    before = secret_of(hook)
    between.lies["webhooks"] = lie
    for _ in range(2):
        with pytest.raises(GatewayError):
            connect_hook(source=source, base=live_site, actor=None, gateway=Gateway(between.url, attempts=1))
        hook.refresh_from_db()
        assert (decrypt(hook.secret), hook.other_until) == (before, None)
    coming = decrypt(hook.other_secret)
    assert Call(secret=before).send().status_code == 202
    assert Call(secret=coming).send().status_code == 202
    assert connect_hook(source=source, base=live_site, actor=None, gateway=Gateway(between.behind)).test_error == ""
    assert secret_of(hook) == coming
    assert len(ours(client)) == 1


def test_a_test_call_that_does_not_get_through(source: Source, client: MlflowClient, live_site: str) -> None:
    # The site answers, but not there.
    done = connected(source, live_site + "/elsewhere")
    assert "this site answered 404" in done.test_error
    assert Hook.objects.get(source=source).test_error == done.test_error


@pytest.mark.parametrize(
    "base", ["", "cairn", "ftp://cairn.example", "https://", "https://x:99999", "https://u:p@x", "https://x?y"]
)
def test_what_is_no_address_of_a_site(source: Source, base: str) -> None:
    with pytest.raises(ValidationError) as caught:
        connected(source, base)
    assert "url" in caught.value.message_dict
    assert not Hook.objects.exists()


def test_only_an_administrator(source: Source, make: Make, live_site: str) -> None:
    some: list[list[tuple[str, Any]]] = [[], [("unit_lead", make.unit())], [("approver", None)]]
    for roles in some:
        with pytest.raises(PermissionDenied):
            connect_hook(source=source, base=live_site, actor=make.person(roles=roles))
    assert not Hook.objects.exists()


def command(*words: str) -> str:
    out = io.StringIO()
    call_command("connect_webhook", *words, stdout=out)
    return out.getvalue()


def test_the_command(live_site: str, source: Source, client: MlflowClient, settings: Any) -> None:
    said = command("lab", "--url", live_site)
    assert said == (
        f"lab: registered the webhook {live_site}/hooks/mlflow/lab/\nlab: the server's test call arrived.\n"
    )
    assert "renewed" in command("lab", "--url", live_site)
    assert secret_of(Hook.objects.get()) not in said


def test_the_command_with_bad_input(source: Source, settings: Any) -> None:
    for words, said in (
        (["nowhere", "--url", "https://x"], "There is no source 'nowhere'; there are: lab."),
        (["lab", "--url", ""], "url: must be the address of this site"),
        (["lab", "--url", "nonsense"], "url: must be the address of this site"),
    ):
        with pytest.raises(CommandError, match=said) as caught:
            command(*words)
        assert caught.value.returncode == 2
        assert "\n" not in str(caught.value)


def test_the_command_when_the_server_is_not_there(source: Source, live_site: str) -> None:
    Source.objects.update(url="http://127.0.0.1:9")
    with pytest.raises(CommandError, match="does not answer") as caught:
        command("lab", "--url", live_site)
    assert caught.value.returncode == 1


def test_the_command_when_the_test_call_does_not_arrive(source: Source, client: MlflowClient, live_site: str) -> None:
    with pytest.raises(SystemExit) as caught:
        command("lab", "--url", live_site + "/elsewhere")
    assert caught.value.code == 1
