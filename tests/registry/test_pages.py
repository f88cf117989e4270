"""The registry's pages and panels: who sees what, and what a click does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from coe.accounts.models import Person
from coe.core.models import Event, OutboxEntry
from projects.registry.models import AliasOrder, Drift, Hook
from tests.factories import Make
from tests.registry import paper
from tests.registry.paper import Paper

pytestmark = pytest.mark.django_db
SignIn = Callable[[Person], Client]
PAGE = "/sources/lab/registry/"


@pytest.fixture
def written(make: Make) -> Paper:
    return paper.build(make)


def body(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_what_waits_and_why(written: Paper, sign_in: SignIn) -> None:
    AliasOrder.objects.update(error="lab.example does not answer on port 5000.", attempts=3)
    client = sign_in(written.approver)
    shown = body(client, PAGE)
    assert "MLflow does not have production on version 3 yet. lab.example does not answer on port 5000." in shown
    assert "Tried 3 times; the next try is" in shown
    assert "Try now" in shown
    assert "connect_webhook lab" in shown
    assert "Keep it" in body(client, PAGE + "?show=drift")
    assert "Accepted by Mia" in body(client, PAGE + "?show=orders")
    assert "Nothing waits" in body(client, PAGE + "?q=nothing-of-that-name")


@pytest.mark.parametrize("show", ["waiting", "drift", "orders"])
def test_the_page_costs_few_queries_however_long_the_list(
    make: Make, written: Paper, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries, show: str
) -> None:
    for number in range(12):
        managed = written.model.managed_aliases.create(alias=f"a{number}")
        Drift.objects.create(managed=managed, expected_version=1, found_version=2, found_at=timezone.now())
        managed.orders.create(version=1, asked_by=make.person(), asked_at=timezone.now(), reason="x")
    client = sign_in(written.approver)
    with django_assert_max_num_queries(15):
        body(client, f"{PAGE}?show={show}")


def test_whoever_may_not_decide_gets_no_buttons(written: Paper, sign_in: SignIn) -> None:
    for person in (written.owner, written.elsewhere, written.stranger):
        client = sign_in(person)
        shown = body(client, PAGE) + body(client, PAGE + "?show=drift") + body(client, written.model.versions_url)
        assert "Try now" not in shown
        assert "Keep it" not in shown
        assert "Put it back" not in shown


def test_a_closed_project_is_on_no_list(make: Make, sign_in: SignIn) -> None:
    written = paper.build(make, visibility="members")
    client = sign_in(written.stranger)
    for show in ("waiting", "drift", "orders", "drift&format=csv", "orders&format=csv"):
        answer = client.get(f"{PAGE}?show={show}")
        content = b"".join(answer) if answer.streaming else answer.content
        assert b"churn" not in content
    assert client.post(f"{PAGE}orders/{written.order.pk}/retry/").status_code == 404


def test_lists_as_csv(written: Paper, sign_in: SignIn) -> None:
    client = sign_in(written.owner)
    orders = b"".join(client.get(PAGE + "?show=orders&format=csv")).decode()
    assert "churn,production,3,waiting" in orders
    assert "churn,standby,2,1" in b"".join(client.get(PAGE + "?show=drift&format=csv")).decode()


def test_try_now(written: Paper, sign_in: SignIn) -> None:
    client = sign_in(written.approver)
    OutboxEntry.objects.update(due_at=timezone.now() + timedelta(minutes=9))
    answer = client.post(f"{PAGE}orders/{written.order.pk}/retry/", {"back": "registry"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert OutboxEntry.objects.get().due_at <= timezone.now()
    again = client.post(f"{PAGE}orders/{written.order.pk}/retry/")
    assert again["Location"].endswith("/models/lab/churn/versions/#aliases")
    AliasOrder.objects.update(state="superseded")
    assert client.post(f"{PAGE}orders/{written.order.pk}/retry/").status_code == 409
    assert client.post(f"/sources/other/registry/orders/{written.order.pk}/retry/").status_code == 404


def test_keep_it(written: Paper, sign_in: SignIn) -> None:
    client = sign_in(written.approver)
    path = f"{PAGE}drift/{written.drift.pk}/record/"
    assert "Keep standby on version 1" in body(client, path)
    wrong = client.post(path, {"reason": " "})
    assert (wrong.status_code, b"This field is required" in wrong.content) == (422, True)
    Drift.objects.update(found_version=3)
    moved = client.post(path, {"reason": "fine", "seen": "1"})
    assert (moved.status_code, b"moved again, to version 3" in moved.content) == (422, True)
    assert client.post(path, {"reason": "fine", "seen": "3"}).status_code == 302
    written.drift.refresh_from_db()
    assert (written.drift.state, written.drift.managed.applied_version) == ("recorded", 3)


def test_put_it_back(written: Paper, sign_in: SignIn) -> None:
    client = sign_in(written.approver)
    answer = client.post(f"{PAGE}drift/{written.drift.pk}/put-back/", {"reason": "untested"})
    assert (answer.status_code, answer["Location"]) == (302, "/models/lab/churn/versions/#aliases")
    written.drift.refresh_from_db()
    assert written.drift.order
    assert (written.drift.state, written.drift.order.version) == ("put_back", 2)


@pytest.mark.parametrize("verb", ["record", "put-back"])
def test_others_decide_nothing(written: Paper, sign_in: SignIn, verb: str) -> None:
    for person in (written.owner, written.elsewhere, written.stranger):
        answer = sign_in(person).post(f"{PAGE}drift/{written.drift.pk}/{verb}/", {"reason": "mine"})
        assert answer.status_code == 403
    written.drift.refresh_from_db()
    assert written.drift.state == "open"


def test_the_opening_rule(make: Make, written: Paper, sign_in: SignIn) -> None:
    assert "A draft opens for" not in body(sign_in(written.approver), PAGE)
    assert sign_in(written.approver).post(PAGE + "opening/", {"opens_on": "version"}).status_code == 403
    client = sign_in(make.person(roles=[("administrator", None)]))
    assert client.post(PAGE + "opening/", {"opens_on": "tag", "tag_key": ""}).status_code == 422
    assert not Hook.objects.exists()
    assert client.post(PAGE + "opening/", {"opens_on": "version", "tag_key": ""}).status_code == 302
    hook = Hook.objects.get()
    since = hook.opens_since
    assert since
    assert "For every new version, made since" in body(client, PAGE)
    # Another rule keeps its beginning; the same again is no event; off and on begins anew.
    client.post(PAGE + "opening/", {"opens_on": "tag", "tag_key": "to.ops"})
    client.post(PAGE + "opening/", {"opens_on": "tag", "tag_key": "to.ops"})
    hook.refresh_from_db()
    assert (hook.opens_on, hook.tag_key, hook.opens_since) == ("tag", "to.ops", since)
    assert Event.objects.filter(verb="hook.opening_set").count() == 2
    client.post(PAGE + "opening/", {"opens_on": "nothing", "tag_key": ""})
    client.post(PAGE + "opening/", {"opens_on": "version", "tag_key": ""})
    hook.refresh_from_db()
    assert hook.opens_since
    assert hook.opens_since > since


def test_the_model_page_shows_its_aliases(
    written: Paper, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(written.approver)
    with django_assert_max_num_queries(22):
        shown = body(client, written.model.versions_url)
    assert 'id="aliases"' in shown
    assert "Stands on no version, wanted on version 3" in shown
    assert "standby moved outside of Cairn." in shown
    assert "Accepted by Mia" in shown
    assert "An approver of the project’s unit decides" in body(sign_in(written.owner), written.model.versions_url)


def test_a_model_without_managed_aliases_says_nothing(make: Make, sign_in: SignIn) -> None:
    model = make.model(make.source("lab"), project=make.project(), aliases={"champion": 1})
    assert "Aliases decided here" not in body(sign_in(make.person()), model.versions_url)


def said(order: AliasOrder) -> str:
    return Template("{% load registry_tags %}{% order_state order %}").render(Context({"order": order}))


def test_an_order_in_one_sentence(written: Paper) -> None:
    order = written.order
    assert "MLflow does not have production on version 3 yet. It is set within seconds." in said(order)
    order.state = AliasOrder.State.SUPERSEDED
    assert "A newer decision about production came before" in said(order)
    order.state, order.applied_at = AliasOrder.State.APPLIED, timezone.now()
    assert "MLflow has had production on version 3 since" in said(order)
    Drift.objects.create(managed=order.managed, expected_version=3, found_version=None, found_at=timezone.now())
    assert "MLflow now has production on no version, where nobody here put it." in said(order)


def test_a_project_is_told_of_what_moved_and_what_is_late(written: Paper) -> None:
    AliasOrder.objects.update(error="It does not answer.", attempts=1)
    template = Template("{% load registry_tags %}{% project_drift project %}")
    shown = template.render(Context({"project": written.model.project, "user": written.owner}))
    assert "standby of churn moved" in shown
    assert "Tried once" in shown
