"""Calls of the webhook: the good ones are noted once and read again; of the bad ones nothing is left but a line."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from structlog.testing import capture_logs

from coe.core import outbox
from coe.core.models import OutboxEntry
from coe.core.secrets import encrypt
from projects.registry import deliveries, webhooks
from projects.registry.models import Delivery, Hook
from projects.tracking import followups
from projects.tracking.models import RegisteredModel, Source
from tests.factories import Make
from tests.races import meeting, together
from tests.registry.calls import SECRET, Call, event, hook_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which outbox entries a worker was woken for."""
    woken: list[int] = []
    monkeypatch.setattr(deliveries, "nudge", woken.append)
    return woken


@pytest.fixture
def hook(make: Make) -> Hook:
    return hook_of(make.source("lab"))


def left() -> tuple[int, int]:
    return Delivery.objects.count(), OutboxEntry.objects.count()


# -- what is believed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(webhooks.USED))
def test_a_signed_call_is_noted_and_its_model_is_to_be_read_again(hook: Hook, name: str) -> None:
    call = Call(event(name))
    answer = call.send()
    assert (answer.status_code, json.loads(answer.content)) == (202, {"status": "taken"})
    noted = Delivery.objects.get()
    assert (str(noted.delivery_id), noted.event, noted.model_name) == (call.delivery_id, name, "churn")
    assert noted.is_used
    entry = OutboxEntry.objects.get()
    assert (entry.kind, entry.key) == ("registry.reread", f"lab:{call.delivery_id}")
    assert entry.payload == {"source": hook.source_id, "name": "churn"}
    hook.refresh_from_db()
    assert hook.last_delivery_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_woken_after_the_commit(hook: Hook, nudged: list[int]) -> None:
    Call().send()
    assert nudged == [OutboxEntry.objects.get().pk]


def test_few_queries(hook: Hook) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        Call().send()
    assert len(queries) < 15


def test_nothing_but_the_name_is_believed(hook: Hook) -> None:
    lies = event(version="9", source="models:/evil", tags={"coe.handoff": "yes"})
    lies["data"] |= {"version": "99", "aliases": {"champion": 99}, "run_id": "x"}
    Call(lies).send()
    assert OutboxEntry.objects.get().payload == {"source": hook.source_id, "name": "churn"}
    assert not RegisteredModel.objects.exists()


def test_the_same_delivery_again_is_known(hook: Hook) -> None:
    call = Call()
    call.send()
    answer = call.send()
    assert (answer.status_code, json.loads(answer.content)) == (200, {"status": "known"})
    assert left() == (1, 1)


def test_the_same_delivery_of_another_source_is_another(hook: Hook, make: Make) -> None:
    hook_of(make.source("plant"), "another secret")
    call = Call()
    call.send()
    assert Call(source="plant", secret="another secret", delivery_id=call.delivery_id).send().status_code == 202
    assert left() == (2, 2)


@pytest.mark.parametrize(
    "told",
    [
        event("model_version_tag.deleted"),
        event("prompt.created"),
        event("budget_policy.exceeded"),
        event("model_version.renamed"),
        event("x" * 500 + "." + "y" * 500),
        event(model=""),
        event(model="m" * 257),
        event(model="nul\x00"),
        {**event(), "data": {"name": ["churn"]}},
        {**event(), "data": "churn"},
        {"data": {"name": "churn"}},
        {},
    ],
)
def test_what_is_not_used_is_noted_and_left(hook: Hook, told: Any) -> None:
    answer = Call(told).send()
    assert (answer.status_code, json.loads(answer.content)) == (200, {"status": "unused"})
    assert left() == (1, 0)
    assert not Delivery.objects.get().is_used


@pytest.mark.parametrize(
    ("own", "said", "used"),
    [
        ("", None, True),
        ("", "default", True),
        ("", "plant", False),
        ("plant", "plant", True),
        ("plant", "default", False),
        ("plant", "", False),
        ("plant", ["plant"], False),
    ],
)
def test_events_of_another_workspace(hook: Hook, own: str, said: Any, used: bool) -> None:
    Source.objects.update(workspace=own)
    more = {} if said is None else {"workspace": said}
    assert Call(event(**more)).send().status_code == (202 if used else 200)
    assert left() == (1, int(used))


def test_a_source_that_is_switched_off(hook: Hook) -> None:
    Source.objects.update(is_enabled=False)
    assert Call().send().status_code == 200
    assert left() == (1, 0)


# -- what is not --------------------------------------------------------------------------------------------------


def _bent(signature: str) -> str:
    raw = bytearray(base64.b64decode(signature.removeprefix("v1,")))
    raw[0] ^= 1
    return "v1," + base64.b64encode(raw).decode()


UNSIGNED: dict[str, Callable[[], Call]] = {
    "no signature": lambda: Call(headers={"X-MLflow-Signature": None}),
    "an empty signature": lambda: Call(headers={"X-MLflow-Signature": ""}),
    "no timestamp": lambda: Call(headers={"X-MLflow-Timestamp": None}),
    "no delivery id": lambda: Call(headers={"X-MLflow-Delivery-Id": None}),
    "another secret": lambda: Call(secret="guessed"),
    "no secret at all": lambda: Call(secret=""),
    "a signature of something else": lambda: Call(headers={"X-MLflow-Signature": "v1," + "A" * 43 + "="}),
    "another version of the scheme": lambda: Call(headers={"X-MLflow-Signature": "v2,abc"}),
    "a signature that is no ASCII": lambda: Call(headers={"X-MLflow-Signature": "v1,\u00e9"}),
    "an id that is no UUID": lambda: Call(delivery_id="1"),
    "an id in another spelling": lambda: Call(delivery_id="{" + str(uuid.uuid4()) + "}"),
    "another id than was signed": lambda: Call(headers={"X-MLflow-Delivery-Id": str(uuid.uuid4())}),
    "another time than was signed": lambda: Call(headers={"X-MLflow-Timestamp": str(int(time.time()) + 1)}),
    "six minutes old": lambda: Call(timestamp=str(int(time.time()) - 360)),
    "six minutes ahead": lambda: Call(timestamp=str(int(time.time()) + 360)),
    "a time that is no number": lambda: Call(timestamp="now"),
    "a time in other digits": lambda: Call(headers={"X-MLflow-Timestamp": "\u0661\u0662"}),
    "a time without an end": lambda: Call(timestamp="9" * 400),
    "a negative time": lambda: Call(timestamp="-5"),
}


@pytest.mark.parametrize("which", UNSIGNED)
def test_what_is_not_signed_leaves_nothing_and_learns_nothing(hook: Hook, which: str) -> None:
    with capture_logs() as logs:
        answer = UNSIGNED[which]().send()
    assert answer.status_code == 401
    assert json.loads(answer.content) == {"error": "The call is not signed as it should be."}
    assert left() == (0, 0)
    lines = [line for line in logs if line["event"] == "hook.rejected"]
    assert len(lines) == 1
    assert SECRET not in json.dumps(logs)


def test_a_changed_body(hook: Hook) -> None:
    good = Call()
    good.send()
    signed = webhooks.signature(SECRET, good.delivery_id, good.timestamp, json.dumps(good.told).encode())
    answer = Call(
        event(model="other"),
        delivery_id=good.delivery_id,
        timestamp=good.timestamp,
        headers={"X-MLflow-Signature": signed},
    ).send()
    assert answer.status_code == 401
    bent = Call(headers={"X-MLflow-Signature": _bent(signed)}, delivery_id=good.delivery_id, timestamp=good.timestamp)
    assert bent.send().status_code == 401
    assert left() == (1, 1)


def test_a_replay_after_the_minutes_in_which_it_is_fresh(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    call = Call()
    call.send()
    later = timezone.now() + timedelta(seconds=webhooks.FRESH_SECONDS + 2)
    monkeypatch.setattr("projects.registry.hook_views.timezone.now", lambda: later)
    assert call.send().status_code == 401
    assert left() == (1, 1)


def test_bodies_that_are_too_large(hook: Hook) -> None:
    large = Call(event(more="x" * 1024 * 1024))
    assert large.send().status_code == 413
    assert Call(event(more="x" * 60_000)).send().status_code == 202
    assert left() == (1, 1)


def test_a_body_that_is_longer_than_it_says(hook: Hook) -> None:
    """Only as much is read as was said, and that is not what was signed."""
    body = json.dumps(event(more="x" * 100_000)).encode()
    assert Call(body=body, headers={"Content-Length": "20"}).send().status_code in (401, 413)
    assert left() == (0, 0)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"5", b"null", b"\xff\xfe", b"[" * 60_000])
def test_signed_but_no_event(hook: Hook, body: bytes) -> None:
    stamp, delivery_id = str(int(time.time())), str(uuid.uuid4())
    signed = webhooks.signature(SECRET, delivery_id, stamp, body)
    call = Call(body=body, delivery_id=delivery_id, timestamp=stamp, headers={"X-MLflow-Signature": signed})
    assert call.send().status_code == 400
    assert left() == (0, 0)


def test_a_source_without_a_webhook_is_as_unknown_as_any_other(hook: Hook, make: Make) -> None:
    bare = make.source("bare")
    Hook.objects.create(source=make.source("opens"), opens_on="version", opens_since=timezone.now())
    answers = [Call(source=name).send() for name in ("bare", "opens", "never-heard-of")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert bare.name not in answers[0].content.decode()


def test_only_posts(hook: Hook) -> None:
    assert Client().get("/hooks/mlflow/lab/").status_code == 405
    assert Client().put("/hooks/mlflow/lab/").status_code == 405


def test_a_secret_that_can_no_longer_be_read(hook: Hook) -> None:
    Hook.objects.update(secret=b"encrypted under a key that is gone")
    answer = Call().send()
    # Retried by MLflow, and not the caller's fault.
    assert answer.status_code == 503
    assert left() == (0, 0)


# -- a secret that is being renewed -------------------------------------------------------------------------------


@pytest.mark.parametrize(("until", "status"), [(None, 202), (timedelta(minutes=1), 202), (timedelta(minutes=-1), 401)])
def test_the_secret_before_and_the_one_that_comes(hook: Hook, until: timedelta | None, status: int) -> None:
    ends = timezone.now() + until if until else None
    Hook.objects.update(other_secret=encrypt("the other one"), other_until=ends)
    assert Call(secret="the other one").send().status_code == status
    assert Call().send().status_code == 202


# -- two at once --------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_same_delivery_twice_at_once(hook: Hook) -> None:
    call = Call()
    codes = together(lambda: call.send().status_code, lambda: call.send().status_code)
    assert sorted(codes) == [200, 202]  # type: ignore[type-var]  # both are numbers unless one of them raised
    assert left() == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_without_the_rule_that_a_delivery_is_noted_once_it_would_be_two(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the delivery is looked for first, and then noted, with nothing to stop the other one."""
    meet = meeting()

    def look_then_note(**words: Any) -> tuple[Delivery, bool]:
        values = words.pop("defaults")
        found = Delivery.objects.filter(**words).first()
        meet()
        return (found, False) if found else (Delivery.objects.create(**words, **values), True)

    monkeypatch.setattr(Delivery.objects, "get_or_create", look_then_note, raising=False)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE registry_delivery DROP CONSTRAINT delivery_once")
    try:
        call = Call()
        assert together(lambda: call.send().status_code, lambda: call.send().status_code) == [202, 202]
        assert Delivery.objects.count() == 2
    finally:
        Delivery.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE registry_delivery ADD CONSTRAINT delivery_once UNIQUE (hook_id, delivery_id)")


# -- afterwards ---------------------------------------------------------------------------------------------------


def test_the_handler_reads_the_model_and_runs_the_followups(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []
    monkeypatch.setattr(deliveries, "reread_model", lambda **words: done.append(words))
    monkeypatch.setattr(followups, "run_all", lambda source_id: done.append(source_id))
    Call().send()
    assert outbox.sweep() == 1
    assert done == [{"source_id": hook.source_id, "name": "churn"}, hook.source_id]
    Source.objects.update(is_enabled=False)
    deliveries.reread({"source": hook.source_id, "name": "churn"})
    deliveries.reread({"source": 0, "name": "churn"})
    assert len(done) == 2


def test_old_deliveries_are_forgotten(hook: Hook) -> None:
    Call().send()
    Call().send()
    old = Delivery.objects.first()
    assert old
    Delivery.objects.filter(pk=old.pk).update(received_at=timezone.now() - timedelta(days=31))
    assert "registry.forget_deliveries" in followups.names()
    assert deliveries.forget_old(hook.source_id) == 1
    assert Delivery.objects.count() == 1
