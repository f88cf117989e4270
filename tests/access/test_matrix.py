from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.access.matrix import API, PAGES
from tests.access.rule import Rule
from tests.access.world import ROLES, World, build
from tests.factories import Make

pytestmark = pytest.mark.django_db
ROWS = [(name, *row) for table in (PAGES, API) for name, rows in table.items() for row in rows]


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            assert pattern.name, f"{pattern} has no name"
            yield f"{space}{pattern.name}"


def test_every_address_is_in_the_matrix() -> None:
    there = set(names(get_resolver().url_patterns))
    assert there == PAGES.keys() | API.keys()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The company, made once: what each request does to it is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(Make())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def sessions(world: World) -> dict[str, str]:
    """By role the key of that person's session; nobody has none."""
    found = {}
    for role, person in world.people.items():
        client = Client()
        client.force_login(person)
        found[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return found


def client_of(sessions: dict[str, str], role: str) -> Client:
    client = Client()
    if role in sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = sessions[role]
    return client


def outcome(client: Client, method: str, path: str) -> int:
    """What the person got: 401, 403, 404, or 200 for anything that is no refusal."""
    answer: Any = client.generic(method, path, b"{}" if "/api/" in path else b"", _content_type(path))
    if answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/?next="):
        return 401
    assert answer.status_code < 500, f"{method} {path}: {answer.status_code}"
    return answer.status_code if answer.status_code in (401, 403, 404) else 200


def _content_type(path: str) -> str:
    return "application/json" if "/api/" in path else "application/x-www-form-urlencoded"


@pytest.mark.parametrize(("name", "method", "template", "rule"), ROWS, ids=[f"{r[1]} {r[2]}" for r in ROWS])
def test_who_gets_in(world: World, sessions: dict[str, str], name: str, method: str, template: str, rule: Rule) -> None:
    got, expected = {}, {}
    for role in ROLES:
        with undone():
            got[role] = outcome(client_of(sessions, role), method, world.path(template))
        expected[role] = rule.status(role)
    assert got == expected


@contextmanager
def undone() -> Iterator[None]:
    """What one person does is taken back before the next one tries."""
    with transaction.atomic():
        point = transaction.savepoint()
        yield
        transaction.savepoint_rollback(point)


def test_a_closed_project_is_in_no_list_and_no_count(world: World, sessions: dict[str, str]) -> None:
    paths = ["/projects/", "/experiments/", "/models/", "/kpis/auc/", "/scoreboard/retail/", "/api/v1/projects/"]
    paths += ["/api/v1/readings/", "/api/v1/bindings/", "/api/v1/observations/", "/api/v1/runs/", "/api/v1/models/"]
    paths += ["/projects/?format=csv", "/api/v1/scoreboard/?within=retail"]
    handoffs = ["/handoffs/?turn=all", "/handoffs/?turn=all&format=csv", "/api/v1/handoffs/"]
    marks = [str(world.names[n]) for n in ("closed", "closed_run", "closed_model")]
    for role in ("viewer", "contributor", "approver", "stranger"):
        client = client_of(sessions, role)
        # An approver of the unit knows of the handoffs that may come to it.
        for path in [*paths, *(handoffs if role != "approver" else [])]:
            answer = client.get(path)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            text = body.decode().lower().replace("is closed", "")
            shown = [mark for mark in marks if mark.lower() in text]
            assert answer.status_code == 200, path
            assert shown == [], f"{role} on {path} sees {shown}"
