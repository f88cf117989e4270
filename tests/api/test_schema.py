"""The OpenAPI schema tells the truth: requests made from it, good and bad, are answered as it says, and never by a
500.
"""

from __future__ import annotations

import copy
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.schemas import APIOperation, BaseSchema

from coe.wsgi import application
from tests.api.requests import Asking, collection_of
from tests.api.world import World
from tests.factories import Make

pytestmark = pytest.mark.django_db

COLLECTIONS = (
    "bindings",
    "experiments",
    "feedback",
    "kpis",
    "me",
    "mentors",
    "models",
    "notices",
    "observations",
    "paths",
    "people",
    "projects",
    "readings",
    "requests",
    "runs",
    "scoreboard",
    "sources",
    "syncs",
    "units",
)
# All others: the world has nothing of them, so requests only show that what is not there is told as it should be.
OTHERS = "others"


def operations(schema: BaseSchema) -> list[APIOperation]:
    return [found.ok() for found in schema.get_all_operations()]


def kind_of(operation: APIOperation) -> str:
    name = collection_of(operation.path)
    return name if name in COLLECTIONS else OTHERS


@pytest.fixture(scope="module")
def schema() -> BaseSchema:
    return in_process(SchemaGenerator().get_schema(request=None, public=True))


def in_process(document: dict[str, Any]) -> BaseSchema:
    """The schema with the site of this process behind it; requests carry the token that the test gives them."""
    generation = GenerationConfig(with_security_parameters=False, deterministic=True)
    projects = ProjectsConfig(default=ProjectConfig(generation=generation))
    loaded = schemathesis.openapi.from_dict(document, config=SchemathesisConfig(projects=projects))
    loaded.app = application
    return loaded


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was connected to. No name but this machine's is looked up: addresses in requests are made up."""
    found: list[Any] = []
    connect = socket.socket.connect

    def noted(sock: socket.socket, where: Any) -> None:
        found.append(where[0] if isinstance(where, tuple) else where)
        connect(sock, where)

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in ("127.0.0.1", "localhost", b"127.0.0.1"):
            raise socket.gaierror(socket.EAI_NONAME, "no names in this test")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket.socket, "connect", noted)
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return found


class Empty(BaseHTTPRequestHandler):
    """Answers whatever it is asked as an MLflow server does that has nothing."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def server(settings: Any) -> Iterator[str]:
    settings.PRIVATE_HOSTS_ALLOWED = ["127.0.0.1"]
    empty = ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    threading.Thread(target=empty.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{empty.server_port}"
    empty.shutdown()
    empty.server_close()


@pytest.mark.parametrize("collection", [*COLLECTIONS, OTHERS])
def test_answers_are_as_the_schema_says(
    schema: BaseSchema, make: Make, server: str, reached: list[Any], collection: str
) -> None:
    world = World(make, server)
    asking = Asking(world.token, world.known)
    mine = [one for one in operations(schema) if kind_of(one) == collection]
    assert mine or collection == OTHERS
    for operation in mine:
        asking.ask(operation, few=collection == OTHERS)
    assert not asking.found, "\n\n".join(asking.found.values())
    good = {label for label, status in asking.answered if status < 300}
    if collection != OTHERS:
        assert good == {one.label for one in mine}, "no request was good enough for the others"
    assert set(reached) <= {"127.0.0.1"}


def test_a_schema_that_lies_is_caught(schema: BaseSchema, make: Make, server: str, reached: list[Any]) -> None:
    """The negative control: another type than is sent, a status that is not told of, an answer in another form."""
    lying = copy.deepcopy(schema.raw_schema)
    units = lying["paths"]["/api/v1/units/"]
    lying["components"]["schemas"]["Unit"]["properties"]["name"] = {"type": "integer"}
    del units["post"]["responses"]["400"]
    units["get"]["responses"]["200"]["content"] = {"text/plain": {"schema": {"type": "string"}}}
    world = World(make, server)
    asking = Asking(world.token, world.known)
    for operation in operations(in_process(lying)):
        if operation.path.startswith("/api/v1/units/"):
            asking.ask(operation)
    found = {(label, fault.partition(":")[0]) for label, fault in asking.found}
    assert found >= {
        ("GET /api/v1/units/", "Undocumented Content-Type"),
        ("GET /api/v1/units/{slug}/", "Response violates schema"),
        ("POST /api/v1/units/", "Undocumented status code"),
    }


def test_a_view_that_breaks_is_caught(
    schema: BaseSchema, make: Make, server: str, reached: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("coe.accounts.api.UnitViewSet.get_queryset", broken)
    world = World(make, server)
    asking = Asking(world.token, world.known)
    asking.ask(schema["/api/v1/units/"]["GET"])
    assert {fault.partition(":")[0] for _, fault in asking.found} >= {"Server error", "Undocumented status code"}
