"""What MLflow's answers say, as typed values: cleaned so that the database takes them, with a note of what was left
out.

These functions are pure. `note(kind, id, reason)` is called for everything that was cut or skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from projects.tracking import numbers

Note = Callable[[str, str, str], None]
LONGEST_VALUE = 8192
LONGEST_KEY = 250
# 9999-12-31, the last day that a date can have.
LAST_MS = 253_402_214_400_000
LAST_VERSION = 2**31 - 1
PROJECT_TAG = "coe.project"
# No member of MLflow's: what a server sends under this name is overwritten.
_ASKED = "cairn.asked"


@dataclass(frozen=True, slots=True)
class ExperimentFacts:
    experiment_id: str
    name: str
    lifecycle_stage: str
    created_ms: int | None
    updated_ms: int | None
    tags: dict[str, str]


@dataclass(frozen=True, slots=True)
class RunFacts:
    run_id: str
    experiment_id: str
    name: str
    status: str
    lifecycle_stage: str
    # What the server sorts and filters by: kept apart from the cleaned times, which have no 0.
    sort_start: int | None
    sort_end: int | None
    started_ms: int | None
    ended_ms: int | None
    user: str
    git_commit: str
    params: dict[str, str]
    tags: dict[str, str]
    metrics: dict[str, list[numbers.Stored | int]]
    datasets: list[dict[str, str]]
    model_ids: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LoggedModelFacts:
    model_id: str
    experiment_id: str
    name: str
    run_id: str
    status: str
    created_ms: int | None
    params: dict[str, str]
    tags: dict[str, str]
    metrics: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ModelFacts:
    name: str
    description: str
    created_ms: int | None
    updated_ms: int | None
    tags: dict[str, str]
    aliases: dict[str, int]
    # When the answer was asked for (see `asked`); None counts as now.
    asked_ms: int | None = None


@dataclass(frozen=True, slots=True)
class VersionFacts:
    name: str
    version: int
    run_id: str
    logged_model_id: str
    origin: str
    status: str
    description: str
    created_ms: int | None
    tags: dict[str, str]


def clean(value: object, longest: int = LONGEST_VALUE) -> str:
    """`value` as text that PostgreSQL takes: no NUL, no half of a surrogate pair, at most `longest` characters."""
    text = "" if value is None else str(value)
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\x00", "")[:longest]


def _id(kind: str, value: object, longest: int, note: Note) -> str:
    """An id as it is, or empty (with a note) where it cannot be kept: an id that was cut would name something else."""
    text = str(value or "")
    if text and clean(text, longest) != text:
        note(kind, clean(text, 80), "its id cannot be stored")
        return ""
    return text


def _time(value: object, note: Callable[[str], None]) -> int | None:
    """Milliseconds since 1970; None for nothing, and for 0, with which clients say that they do not know."""
    ms = numbers.whole(value)
    if not ms:
        return None
    if not 0 < ms < LAST_MS:
        note("a time in it lies outside of the calendar")
        return None
    return ms


def _pairs(items: object, note: Callable[[str], None], longest: int = LONGEST_VALUE) -> dict[str, str]:
    """`[{key, value}]` as a dict."""
    found = {}
    for item in _dicts(items):
        raw_key, raw = str(item.get("key", "")), item.get("value", "")
        key, value = clean(raw_key, LONGEST_KEY), clean(raw, longest)
        if key != raw_key or len(value) < len(str(raw)):
            note(f"the tag or parameter {key[:60]} was too long or held characters that cannot be stored")
        if key:
            found[key] = value
    return found


def asked(raw: object, ms: int) -> None:
    """Note in a registered model's answer when it was asked for, by this machine's clock."""
    if isinstance(raw, dict):
        raw[_ASKED] = ms


def _dicts(items: object) -> Iterable[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def place(raw: dict[str, Any], time: str) -> tuple[str, int | None]:
    """The id of a run or a logged model and one of its times, as the server has them: what it sorts and pages by."""
    info = _dict(raw.get("info"))
    return str(info.get("run_id") or info.get("run_uuid") or info.get("model_id") or ""), numbers.whole(info.get(time))


def experiment(raw: dict[str, Any], note: Note) -> ExperimentFacts | None:
    experiment_id = _id("experiment", raw.get("experiment_id"), 64, note)
    if not experiment_id:
        return None

    def about(reason: str) -> None:
        note("experiment", experiment_id, reason)

    return ExperimentFacts(
        experiment_id=experiment_id,
        name=clean(raw.get("name"), 500),
        lifecycle_stage=clean(raw.get("lifecycle_stage") or "active", 10),
        created_ms=_time(raw.get("creation_time"), about),
        updated_ms=_time(raw.get("last_update_time"), about),
        tags=_pairs(raw.get("tags"), about),
    )


def run(raw: dict[str, Any], note: Note) -> RunFacts | None:
    info, data = _dict(raw.get("info")), _dict(raw.get("data"))
    run_id = _id("run", info.get("run_id") or info.get("run_uuid"), 64, note)
    if not run_id:
        return None

    def about(reason: str) -> None:
        note("run", run_id, reason)

    tags = _pairs(data.get("tags"), about)
    return RunFacts(
        run_id=run_id,
        experiment_id=str(info.get("experiment_id") or ""),
        name=clean(info.get("run_name") or tags.get("mlflow.runName"), 250),
        status=clean(info.get("status"), 12),
        lifecycle_stage=clean(info.get("lifecycle_stage") or "active", 10),
        sort_start=numbers.whole(info.get("start_time")),
        sort_end=numbers.whole(info.get("end_time")),
        started_ms=_time(info.get("start_time"), about),
        ended_ms=_time(info.get("end_time"), about),
        user=clean(info.get("user_id") or tags.get("mlflow.user"), 250),
        git_commit=clean(tags.get("mlflow.source.git.commit"), 64),
        params=_pairs(data.get("params"), about),
        tags=tags,
        metrics=_metrics(data.get("metrics"), about),
        datasets=_datasets(raw.get("inputs")),
        model_ids=_model_ids(raw),
    )


def _metrics(items: object, about: Callable[[str], None]) -> dict[str, list[numbers.Stored | int]]:
    found: dict[str, list[numbers.Stored | int]] = {}
    for item in _dicts(items):
        raw_key, value = str(item.get("key", "")), numbers.encode(item.get("value"))
        key = clean(raw_key, LONGEST_KEY)
        if value is None or key != raw_key or not key:
            about(f"the metric {key[:60]} has no number or a name that cannot be stored")
            continue
        found[key] = [value, numbers.whole(item.get("timestamp")) or 0, numbers.whole(item.get("step")) or 0]
    return found


def _datasets(inputs: object) -> list[dict[str, str]]:
    found = []
    for item in _dicts(_dict(inputs).get("dataset_inputs")):
        dataset = _dict(item.get("dataset"))
        tags = {str(tag.get("key")): tag.get("value") for tag in _dicts(item.get("tags"))}
        found.append(
            {
                "name": clean(dataset.get("name"), 500),
                "digest": clean(dataset.get("digest"), 100),
                "context": clean(tags.get("mlflow.data.context"), 100),
            }
        )
    return sorted(found, key=lambda one: (one["name"], one["digest"], one["context"]))


def _model_ids(raw: dict[str, Any]) -> list[str]:
    """The logged models that a run made or evaluated."""
    made = _dicts(_dict(raw.get("outputs")).get("model_outputs"))
    used = _dicts(_dict(raw.get("inputs")).get("model_inputs"))
    ids = {str(item.get("model_id") or "") for item in [*made, *used]}
    return sorted(one for one in ids if one and clean(one, 64) == one)


def logged_model(raw: dict[str, Any], note: Note) -> LoggedModelFacts | None:
    info, data = _dict(raw.get("info")), _dict(raw.get("data"))
    model_id = _id("logged model", info.get("model_id"), 64, note)
    if not model_id:
        return None

    def about(reason: str) -> None:
        note("logged model", model_id, reason)

    metrics = [one for item in _dicts(data.get("metrics")) if (one := _model_metric(item, about))]
    metrics.sort(
        key=lambda one: (
            *(str(one[key]) for key in ("key", "dataset_name", "dataset_digest", "run_id")),
            one["timestamp"],
            one["step"],
        )
    )
    return LoggedModelFacts(
        model_id=model_id,
        experiment_id=str(info.get("experiment_id") or ""),
        name=clean(info.get("name"), 500),
        run_id=clean(info.get("source_run_id"), 64),
        status=clean(info.get("status"), 30),
        created_ms=_time(info.get("creation_timestamp_ms"), about),
        params=_pairs(data.get("params"), about),
        tags=_pairs(info.get("tags"), about),
        metrics=metrics,
    )


def _model_metric(item: dict[str, Any], about: Callable[[str], None]) -> dict[str, Any] | None:
    raw_key, value = str(item.get("key", "")), numbers.encode(item.get("value"))
    key = clean(raw_key, LONGEST_KEY)
    if value is None or key != raw_key or not key:
        about(f"the metric {key[:60]} has no number or a name that cannot be stored")
        return None
    return {
        "key": key,
        "value": value,
        "timestamp": numbers.whole(item.get("timestamp")) or 0,
        "step": numbers.whole(item.get("step")) or 0,
        "run_id": clean(item.get("run_id"), 64),
        "dataset_name": clean(item.get("dataset_name"), 500),
        "dataset_digest": clean(item.get("dataset_digest"), 100),
    }


def registered_model(raw: dict[str, Any], note: Note) -> ModelFacts | None:
    name = _id("model", raw.get("name"), 256, note)
    if not name:
        return None

    def about(reason: str) -> None:
        note("model", name, reason)

    aliases = {}
    for item in _dicts(raw.get("aliases")):
        alias, version = clean(item.get("alias"), 256), numbers.whole(item.get("version"))
        if alias and version is not None and 0 < version <= LAST_VERSION:
            aliases[alias] = version
        else:
            about("an alias of it points at no version number")
    return ModelFacts(
        name=name,
        description=clean(raw.get("description"), 100_000),
        created_ms=_time(raw.get("creation_timestamp"), about),
        updated_ms=_time(raw.get("last_updated_timestamp"), about),
        tags=_pairs(raw.get("tags"), about),
        aliases=aliases,
        asked_ms=numbers.whole(raw.get(_ASKED)),
    )


def model_version(raw: dict[str, Any], note: Note) -> VersionFacts | None:
    name, number = _id("model version", raw.get("name"), 256, note), numbers.whole(raw.get("version"))
    if not name or number is None or not 0 < number <= LAST_VERSION:
        note("model version", f"{name} {clean(raw.get('version'), 40)}", "its number cannot be stored")
        return None

    def about(reason: str) -> None:
        note("model version", f"{name} {number}", reason)

    origin = clean(raw.get("source"), 1000)
    logged = clean(raw.get("model_id"), 64)
    if not logged and origin.startswith("models:/m-"):
        logged = origin.removeprefix("models:/").split("/")[0][:64]
    return VersionFacts(
        name=name,
        version=number,
        run_id=clean(raw.get("run_id"), 64),
        logged_model_id=logged,
        origin=origin,
        status=clean(raw.get("status"), 30),
        description=clean(raw.get("description"), 100_000),
        created_ms=_time(raw.get("creation_timestamp"), about),
        tags=_pairs(raw.get("tags"), about),
    )
