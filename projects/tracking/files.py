"""What lies in the folder of a model version: its signature, its flavors and the names of its files.

The description is YAML that somebody else wrote: its size, depth and number of parts are bound before it is built.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from projects.tracking.facts import clean
from projects.tracking.mlflow import Fault, Gateway, GatewayError

DESCRIPTION = "MLmodel"
DEEPEST = 40
MOST_PARTS = 50_000
MOST_COLUMNS = 2000
MOST_FILES = 500
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Json = dict[str, Any]


class Unreadable(Exception):
    """The description is not one; the message says why in plain words."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A version whose files are to be read. `logged_models`: those of its run as [(name, id)]."""

    pk: int
    name: str
    version: int
    run_id: str
    logged_model_id: str
    origin: str
    logged_models: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What was read, or why not. `stop`: the server does not answer, so asking for more would only wait."""

    pk: int
    files: Json | None
    error: str
    stop: bool = False


def read(gateway: Gateway, wanted: Wanted) -> Found:
    """The files of one version. Never raises `GatewayError`: what cannot be read has its reason in `error`."""
    try:
        found = _from_logged_model(gateway, wanted.logged_model_id) if wanted.logged_model_id else None
        found = found or _from_run(gateway, wanted) or _from_registry(gateway, wanted)
        if found is None:
            return Found(wanted.pk, None, f"There is no file {DESCRIPTION} where the version says that it lies.")
        description, names = found
        return Found(wanted.pk, {**describe(description), "files": names[:MOST_FILES]}, "")
    except Unreadable as error:
        return Found(wanted.pk, None, str(error)[:300])
    except GatewayError as error:
        stop = error.fault in (Fault.NO_ANSWER, Fault.BUSY, Fault.ADDRESS, Fault.CREDENTIALS)
        return Found(wanted.pk, None, error.sentence[:300], stop=stop)


def _from_logged_model(gateway: Gateway, model_id: str) -> tuple[bytes, list[str]] | None:
    description = gateway.logged_model_file(model_id, DESCRIPTION)
    return None if description is None else (description, _names(gateway.logged_model_files(model_id)))


def _from_run(gateway: Gateway, wanted: Wanted) -> tuple[bytes, list[str]] | None:
    """By the version's origin: a folder of its run, or (MLflow 3) the run's logged model of that name."""
    folder = folder_in_run(wanted.origin, wanted.run_id)
    if folder is None:
        return None
    description = gateway.run_file(wanted.run_id, posixpath.join(folder, DESCRIPTION))
    if description is not None:
        return description, _names(gateway.run_files(wanted.run_id, folder))
    for name, model_id in wanted.logged_models:
        if name == folder and (found := _from_logged_model(gateway, model_id)):
            return found
    return None


def _from_registry(gateway: Gateway, wanted: Wanted) -> tuple[bytes, list[str]] | None:
    """From wherever the registry says; it can hand out a file there, but no list."""
    if wanted.origin.startswith("runs:/"):
        return None
    description = gateway.version_file(wanted.name, wanted.version, DESCRIPTION)
    return None if description is None else (description, [DESCRIPTION])


def folder_in_run(origin: str, run_id: str) -> str | None:
    """The folder among the run's files that a version's source names, or None when it names none."""
    if not run_id:
        return None
    for begin in (f"runs:/{run_id}/", f"/{run_id}/artifacts/"):
        _, found, folder = origin.partition(begin)
        folder = folder.strip("/")
        if found and folder and ".." not in folder.split("/"):
            return folder
    return None


def _names(names: list[str]) -> list[str]:
    return [clean(name, 300) for name in names]


def describe(content: bytes) -> Json:
    """`{"signature": {"inputs", "outputs", "params"} | None, "flavors": [names]}`. Raises `Unreadable`."""
    try:
        text = content.decode()
        _bound(text)
        told = yaml.load(text, Loader=_LOADER)  # noqa: S506  the safe loader, in C where there is one
    except Unreadable:
        raise
    except (UnicodeDecodeError, yaml.YAMLError, ValueError, TypeError, RecursionError, OverflowError):
        raise Unreadable(f"{DESCRIPTION} is not the YAML that it should be.") from None
    if not isinstance(told, dict):
        raise Unreadable(f"{DESCRIPTION} does not describe a model.")
    flavors = told.get("flavors")
    return {
        "signature": _signature(told.get("signature")),
        "flavors": sorted(clean(name, 100) for name in flavors)[:100] if isinstance(flavors, dict) else [],
    }


def _bound(text: str) -> None:
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.ScalarEvent) and event.value == "<<":
            # Merged mappings are how a small text becomes a large one.
            raise Unreadable(f"{DESCRIPTION} merges mappings, which is not read.")
        if depth > DEEPEST or number > MOST_PARTS:
            raise Unreadable(f"{DESCRIPTION} is nested too deeply or has too many parts.")


def _signature(told: object) -> Json | None:
    if not isinstance(told, dict):
        return None
    found = {part: list(_specs(told.get(part))) for part in ("inputs", "outputs", "params")}
    return found if any(found.values()) else None


def _specs(told: object) -> Iterator[Json]:
    """Columns {name, type, required}, tensors {name, dtype, shape} or parameters {name, type, default}."""
    if isinstance(told, str):
        try:
            told = json.loads(told)
        except (ValueError, RecursionError):
            raise Unreadable(f"The signature in {DESCRIPTION} cannot be read.") from None
    for one in told[:MOST_COLUMNS] if isinstance(told, list) else []:
        if not isinstance(one, dict):
            continue
        name, tensor = clean(one.get("name"), 300), one.get("tensor-spec")
        if isinstance(tensor, dict):
            shape = tensor.get("shape")
            sizes = [size for size in shape if isinstance(size, int)][:32] if isinstance(shape, list) else []
            yield {"name": name, "dtype": clean(tensor.get("dtype"), 60), "shape": sizes}
        elif "default" in one:
            yield {"name": name, "type": _type(one), "default": clean(json.dumps(one["default"], default=str), 300)}
        else:
            yield {"name": name, "type": _type(one), "required": one.get("required") is not False}


def _type(one: Json) -> str:
    """`double`, `array<double>`, `map<string>`, `object`."""
    name, inner = clean(one.get("type"), 60), one.get("items") or one.get("values")
    if name in ("array", "map") and isinstance(inner, dict):
        return f"{name}<{clean(inner.get('type'), 60)}>"
    return name
