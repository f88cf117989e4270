"""The gateway to an MLflow server's REST interface. Nothing else in Cairn speaks to MLflow.

It speaks HTTP itself: importing MLflow takes 1.3 s and its client neither checks addresses nor bounds answers.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode

from django.utils import timezone

from coe.core import outgoing, secrets
from projects.tracking import facts
from projects.tracking.models import Source

API = "/api/2.0/mlflow/"
ATTEMPTS = 4
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
# A model's description of itself, or the list of its files.
MOST_FILE_BYTES = 1024 * 1024
Json = dict[str, Any]


class Fault(StrEnum):
    """What went wrong, for whoever must act on it and not only show it."""

    ADDRESS = "address"
    NO_ANSWER = "no answer"
    CREDENTIALS = "credentials"
    FORBIDDEN = "forbidden"
    NOT_MLFLOW = "not MLflow"
    WORKSPACE = "workspace"
    TOO_LARGE = "too large"
    BUSY = "busy"
    BROKEN = "broken"
    # The server understood and says no: a filter that it does not know, too many experiments in one call.
    REFUSED = "refused"
    GONE = "gone"
    UNKNOWN_CALL = "unknown call"


# The field of a source's form beside which each fault is told.
_FIELDS = {Fault.CREDENTIALS: "secret", Fault.FORBIDDEN: "secret", Fault.WORKSPACE: "workspace"}


class GatewayError(Exception):
    """The server could not be read; `sentence` says why in plain words and holds no credential."""

    def __init__(self, fault: Fault, sentence: str) -> None:
        self.fault, self.sentence = fault, sentence
        super().__init__(sentence)

    @property
    def form_field(self) -> str:
        return _FIELDS.get(self.fault, "url")


class Gateway:
    """Reads one MLflow server, and sets aliases there. One thread at a time; every method raises `GatewayError`."""

    def __init__(
        self,
        url: str,
        *,
        workspace: str = "",
        auth: str = "none",
        username: str = "",
        secret: str = "",
        attempts: int = ATTEMPTS,
        silence: float = outgoing.SILENCE_SECONDS,
        total: float = outgoing.TOTAL_SECONDS,
        most_bytes: int = outgoing.MOST_BYTES,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        try:
            self._http = outgoing.Outgoing(url, silence=silence, total=total, most_bytes=most_bytes)
        except outgoing.Unreachable as error:
            raise GatewayError(Fault.ADDRESS, error.sentence) from None
        self._headers = {"Accept": "application/json", "Content-Type": "application/json", "User-Agent": "cairn"}
        if workspace:
            self._headers["X-MLFLOW-WORKSPACE"] = workspace
        if auth == Source.Auth.BASIC:
            self._headers["Authorization"] = "Basic " + base64.b64encode(f"{username}:{secret}".encode()).decode()
        elif auth == Source.Auth.BEARER:
            self._headers["Authorization"] = f"Bearer {secret}"
        self._workspace, self._attempts, self._pause = workspace, attempts, pause

    def __repr__(self) -> str:
        return f"Gateway({self._http.host})"

    @classmethod
    def to(cls, source: Source, **options: Any) -> Gateway:
        """A gateway with the source's own address and credentials."""
        try:
            secret = secrets.decrypt(source.secret)
        except secrets.Unreadable as error:
            raise GatewayError(Fault.CREDENTIALS, f"The saved credentials cannot be used: {error}.") from None
        return cls(
            source.url, workspace=source.workspace, auth=source.auth, username=source.username, secret=secret, **options
        )

    def post(self, call: str, body: Json) -> Json:
        return self._call("POST", API + call, json.dumps(body).encode())

    def get(self, call: str, **query: str) -> Json:
        return self._call("GET", API + call + ("?" + urlencode(query) if query else ""), None)

    def change(self, method: str, call: str, body: Json) -> Json:
        """POST, PATCH or DELETE, once: whoever changes something looks before it tries again."""
        return self._read(self._answer(method, API + call, json.dumps(body).encode(), attempts=1))

    def check(self) -> None:
        """Raises unless this is an MLflow server that lets us read."""
        answer = self.post("experiments/search", {"max_results": 1})
        if answer and not isinstance(answer.get("experiments"), list):
            raise GatewayError(Fault.NOT_MLFLOW, f"{self._http.host} answers, but not as an MLflow server does.")

    # -- one thing: the thing, or None when the server says that it does not exist --------------------------------
    def experiment(self, experiment_id: str, note: facts.Note) -> facts.ExperimentFacts | None:
        raw = self._one("experiments/get", "experiment", experiment_id=experiment_id)
        return raw if raw is None else facts.experiment(raw, note)

    def run(self, run_id: str, note: facts.Note) -> facts.RunFacts | None:
        raw = self._one("runs/get", "run", run_id=run_id)
        return raw if raw is None else facts.run(raw, note)

    def logged_model(self, model_id: str, note: facts.Note) -> facts.LoggedModelFacts | None:
        raw = self._one("logged-models/" + quote(model_id, safe=""), "model")
        return raw if raw is None else facts.logged_model(raw, note)

    def registered_model(self, name: str, note: facts.Note) -> facts.ModelFacts | None:
        asked = now_ms()
        raw = self._one("registered-models/get", "registered_model", name=name)
        facts.asked(raw, asked)
        return raw if raw is None else facts.registered_model(raw, note)

    def model_version(self, name: str, version: int, note: facts.Note) -> facts.VersionFacts | None:
        raw = self._one("model-versions/get", "model_version", name=name, version=str(version))
        return raw if raw is None else facts.model_version(raw, note)

    # -- aliases: all that Cairn ever changes on a server ---------------------------------------------------------
    def alias(self, name: str, alias: str) -> int | None:
        """The version that an alias stands on; None when it stands on none, or the model is gone.

        Asked by the model: the call for one alias answers a missing one as any bad request.
        """
        model = self.registered_model(name, lambda *_: None)
        return model.aliases.get(alias) if model else None

    def set_alias(self, name: str, alias: str, version: int) -> None:
        self.post("registered-models/alias", {"name": name, "alias": alias, "version": str(version)})

    def delete_alias(self, name: str, alias: str) -> None:
        body = json.dumps({"name": name, "alias": alias}).encode()
        self._call("DELETE", API + "registered-models/alias", body)

    def _one(self, call: str, inside: str, **query: str) -> Json | None:
        try:
            answer = self.get(call, **query)
        except GatewayError as error:
            if error.fault is Fault.GONE:
                return None
            raise
        found = answer.get(inside)
        if not isinstance(found, dict):
            raise GatewayError(Fault.BROKEN, f"{self._http.host} sent an answer without what was asked for.")
        return found

    # -- what lies in a model's folder, through the server's own way to its files ---------------------------------
    def logged_model_file(self, model_id: str, path: str) -> bytes | None:
        """One small file of a logged model; None when there is none."""
        # Outside of the documented interface MLflow hands files out only where its own pages get them.
        return self._file(
            f"/ajax-api/2.0/mlflow/logged-models/{quote(model_id, safe='')}/artifacts/files", path, "artifact_file_path"
        )

    def logged_model_files(self, model_id: str) -> list[str]:
        """What lies at the top of a logged model's folder; the names of folders end with a slash."""
        return self._names(f"{API}logged-models/{quote(model_id, safe='')}/artifacts/directories", "")

    def run_file(self, run_id: str, path: str) -> bytes | None:
        return self._file("/get-artifact", path, "path", run_id=run_id)

    def run_files(self, run_id: str, folder: str) -> list[str]:
        return self._names(f"{API}artifacts/list", folder, run_id=run_id)

    def version_file(self, name: str, version: int, path: str) -> bytes | None:
        """One file of a registered version, wherever the registry says that it lies."""
        return self._file("/model-versions/get-artifact", path, "path", name=name, version=str(version))

    def _file(self, call: str, path: str, key: str, **query: str) -> bytes | None:
        wanted = urlencode({**query, key: path})
        # Tried once: a broken store of files must not hold up everything else.
        answer = self._answer("GET", f"{call}?{wanted}", None, attempts=1, most_bytes=MOST_FILE_BYTES)
        if answer.status < 300:
            return answer.body
        try:
            self._read(answer)
        except GatewayError as error:
            if error.fault is not Fault.GONE:
                raise
        return None

    def _names(self, call: str, folder: str, **query: str) -> list[str]:
        wanted = urlencode({**query, **({"path": folder} if folder else {})})
        path = f"{call}?{wanted}" if wanted else call
        told = self._read(self._answer("GET", path, None, attempts=1, most_bytes=MOST_FILE_BYTES))
        found = told.get("files", [])
        rows = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        names = [(str(one.get("path", "")).rpartition("/")[2], bool(one.get("is_dir"))) for one in rows]
        return sorted(name + "/" * is_folder for name, is_folder in names if name)

    # -- transport ------------------------------------------------------------------------------------------------
    def _call(self, method: str, path: str, body: bytes | None) -> Json:
        return self._read(self._answer(method, path, body, attempts=self._attempts))

    def _answer(
        self, method: str, path: str, body: bytes | None, *, attempts: int, most_bytes: int | None = None
    ) -> outgoing.Answer:
        wait = FIRST_WAIT
        for attempt in range(1, attempts + 1):
            error, asked = None, 0.0
            try:
                answer = self._http.send(method, path, self._headers, body, most_bytes=most_bytes)
            except (outgoing.AddressRefused, outgoing.NameUnknown) as unreachable:
                raise GatewayError(Fault.ADDRESS, unreachable.sentence) from None
            except outgoing.TooLarge as unreachable:
                raise GatewayError(Fault.TOO_LARGE, unreachable.sentence) from None
            except outgoing.Unreachable as unreachable:
                error = GatewayError(Fault.NO_ANSWER, unreachable.sentence)
            else:
                if answer.status != 429 and answer.status < 500:
                    return answer
                error, asked = self._busy(answer), _seconds(answer.headers.get("retry-after", ""))
            if attempt == attempts:
                raise error
            self._pause(min(max(wait, asked), LONGEST_WAIT))
            wait *= 2
        raise AssertionError("at least one attempt is made")

    def _busy(self, answer: outgoing.Answer) -> GatewayError:
        host = self._http.host
        if answer.status == 429:
            return GatewayError(Fault.BUSY, f"{host} asks us to slow down (too many requests).")
        return GatewayError(Fault.BROKEN, f"{host} has an error of its own (status {answer.status}).")

    def _read(self, answer: outgoing.Answer) -> Json:
        host = self._http.host
        if answer.status == 401:
            raise GatewayError(Fault.CREDENTIALS, f"{host} does not accept these credentials.")
        if 300 <= answer.status < 400:
            raise GatewayError(
                Fault.ADDRESS, f"{host} sends us on to another address. Enter the address where it ends."
            )
        if answer.status == 403 and b"Host header" in answer.body[:2000]:
            raise GatewayError(Fault.FORBIDDEN, f"{host} does not answer to this name (its setting of allowed hosts).")
        try:
            # Python's reader takes NaN and Infinity tokens too.
            parsed = json.loads(answer.body)
        except (ValueError, RecursionError):
            parsed = None
        said = parsed if isinstance(parsed, dict) else {}
        if answer.status == 403:
            raise GatewayError(Fault.FORBIDDEN, f"{host} knows these credentials but does not let them read.")
        if answer.status >= 400:
            raise self._no(answer.status, str(said.get("error_code", "")), facts.clean(said.get("message"), 300))
        if not isinstance(parsed, dict):
            raise GatewayError(Fault.NOT_MLFLOW, f"{host} answers, but not as an MLflow server does.")
        return parsed

    def _no(self, status: int, code: str, message: str) -> GatewayError:
        host = self._http.host
        if self._workspace and message.startswith("Workspace"):
            return GatewayError(Fault.WORKSPACE, f"{host} has no workspace {self._workspace} for us: {message}")
        if code == "RESOURCE_DOES_NOT_EXIST":
            return GatewayError(Fault.GONE, f"{host} no longer has it: {message}")
        if not code:
            fault = Fault.UNKNOWN_CALL if status in (404, 405) else Fault.NOT_MLFLOW
            return GatewayError(fault, f"{host} answers, but not as an MLflow server does (status {status}).")
        fault = (
            Fault.UNKNOWN_CALL
            if code in ("ENDPOINT_NOT_FOUND", "FEATURE_DISABLED", "NOT_IMPLEMENTED")
            else Fault.REFUSED
        )
        return GatewayError(fault, f"{host} refused the request: {message or code}")

    def abort(self) -> None:
        """Break off a request that another thread is waiting for."""
        self._http.abort()

    def close(self) -> None:
        self._http.close()


def now_ms() -> int:
    return int(timezone.now().timestamp() * 1000)


def _seconds(retry_after: str) -> float:
    """`Retry-After` in seconds; its form as a date is answered by our own waiting."""
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        return 0.0
