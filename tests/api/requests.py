"""Sends generated requests to the site in this process, and says where an answer is not what the schema promises."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator
from typing import Any

from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    ignored_auth,
]
# Of each operation: so many requests that keep to the schema, and so many that break it.
VALID, BROKEN = 8, 4
# Many of what is to be created is refused for good reasons, so it takes more to have one that is not.
TO_CREATE = 16


@contextlib.contextmanager
def one_connection() -> Iterator[None]:
    """Requests share the connection, and with it the transaction, of the test, as those of Django's test client do."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def collection_of(path: str) -> str:
    """What an address is of: "units" of /api/v1/units/, "requests" of /api/v1/mentoring/requests/{id}/."""
    parts = path.split("/")[3:]
    return parts[1] if parts[0] == "mentoring" else parts[0]


class Asking:
    """Asks operations of one schema with one token; `found` is what was wrong, once for each kind of fault.

    `answered` is which operation answered with which status.
    """

    def __init__(self, token: str, known: dict[str, list[Any]]) -> None:
        self.headers, self.known = {"Authorization": f"Token {token}"}, known
        self.found: dict[tuple[str, str], str] = {}
        self.answered: set[tuple[str, int]] = set()

    def ask(self, operation: APIOperation, *, few: bool = False) -> None:
        """All its requests (or only a few), the same ones at each run; what one changes is gone before the next."""
        valid = TO_CREATE if operation.method == "post" else VALID
        self._with(operation, GenerationMode.POSITIVE, BROKEN if few else valid)
        self._with(operation, GenerationMode.NEGATIVE, BROKEN // 2 if few else BROKEN)

    def _with(self, operation: APIOperation, mode: GenerationMode, most: int) -> None:
        @settings(
            max_examples=most,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
        def once(case: Case, data: st.DataObject) -> None:
            self._meet(case, data)
            self._send(case)

        # Where any request keeps to the schema, none can break it.
        with contextlib.suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else contextlib.nullcontext():
            once()

    def _meet(self, case: Case, data: st.DataObject) -> None:
        """Most names in a generated request name nothing: put in some under which there is something."""
        path = case.operation.path
        collection = collection_of(path)
        for name in case.path_parameters or {}:
            # Of one address, or of all of a collection.
            key = f"{path} {name}" if f"{path} {name}" in self.known else collection
            case.path_parameters[name] = self._or_known(data, key, case.path_parameters[name])
        if case.media_type == "text/csv":
            case.body = self._or_known(data, case.media_type, case.body)
        # JSON alone can spell every text; forms are left as they were generated.
        for container in (case.query, case.body if case.media_type == "application/json" else None):
            if isinstance(container, dict):
                for name in container:
                    key = f"{collection}.{name}" if f"{collection}.{name}" in self.known else name
                    container[name] = self._or_known(data, key, container[name])

    def _or_known(self, data: st.DataObject, name: str, generated: Any) -> Any:
        known = self.known.get(name, [])
        # Three in four name something.
        return data.draw(st.sampled_from([generated, *known * 3])) if known else generated

    def _send(self, case: Case) -> None:
        raised: list[str] = []

        def note(**_: Any) -> None:
            raised.append(traceback.format_exc(limit=-8, chain=False))

        got_request_exception.connect(note)
        try:
            with one_connection(), transaction.atomic():
                response = case.call(headers=self.headers)
                self.answered.add((case.operation.label, response.status_code))
                if response.status_code < 300:
                    # What PostgreSQL would refuse only when the request commits.
                    connection.check_constraints()
                case.validate_response(response, checks=CHECKS, headers=self.headers)
                transaction.set_rollback(True)
        except FailureGroup as group:
            for failure in group.exceptions:
                assert isinstance(failure, Failure)
                key = (case.operation.label, f"{failure.title}: {failure.message[:60]}")
                sent = f"{case.method} {case.formatted_path} {case.query} {case.body!r}"[:1500]
                answer = response.content[:600].decode(errors="replace")
                self.found.setdefault(key, f"{key[0]}: {failure}\nsent {sent}\nanswer {answer}\n{''.join(raised)}")
        finally:
            got_request_exception.disconnect(note)
