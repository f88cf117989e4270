"""A model's signature as people read it: what goes in, what comes out. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_PLAIN = {
    "boolean": "yes or no",
    "bool": "yes or no",
    "integer": "whole number",
    "int8": "whole number",
    "int16": "whole number",
    "int32": "whole number",
    "int64": "whole number",
    "uint8": "whole number",
    "uint16": "whole number",
    "uint32": "whole number",
    "uint64": "whole number",
    "long": "whole number",
    "float": "number",
    "float16": "number",
    "float32": "number",
    "float64": "number",
    "double": "number",
    "string": "text",
    "str": "text",
    "object": "several named values",
    "binary": "file contents",
    "bytes": "file contents",
    "datetime": "date and time",
    "datetime64": "date and time",
    "any": "anything",
}


@dataclass(frozen=True)
class Row:
    """One input, output or setting."""

    name: str
    kind: str
    # As MLflow has it, beside the plain words.
    exact: str
    need: str


@dataclass(frozen=True)
class Signature:
    """What goes in and out, or why that is not known, as a sentence."""

    inputs: tuple[Row, ...] = ()
    outputs: tuple[Row, ...] = ()
    params: tuple[Row, ...] = ()
    why_none: str = ""


def plain(kind: str) -> str:
    """A type in plain words: `array<double>` is “list of numbers”; what nobody knows stays as it is."""
    kind = kind.strip()
    for outer, words in (("array<", "list: each a {}"), ("map<", "named values: each a {}")):
        if kind.startswith(outer) and kind.endswith(">"):
            return words.format(plain(kind[len(outer) : -1]))
    return _PLAIN.get(kind.lower().split("[")[0], kind or "not said")


def signature(version: int | None, files: Mapping[str, Any] | None, error: str) -> Signature:
    """The signature of a version out of what was read of its files."""
    if version is None:
        return Signature(why_none="No version is registered yet.")
    if files is None:
        why = f"not read yet: {error.rstrip('.')}" if error else "not read yet; the next reading of MLflow tries it"
        return Signature(why_none=f"What goes into version {version} and what comes out was {why}.")
    found = files.get("signature")
    if not isinstance(found, Mapping):
        return Signature(
            why_none=f"Version {version} was logged without a signature, so MLflow cannot say what goes in and out."
        )
    return Signature(
        inputs=tuple(_rows(found.get("inputs"), has_need=True)),
        outputs=tuple(_rows(found.get("outputs"), has_need=False)),
        params=tuple(_params(found.get("params"))),
    )


def _rows(found: Any, *, has_need: bool) -> Iterable[Row]:
    for place, one in enumerate(_dicts(found), start=1):
        name = str(one.get("name") or f"value {place}")
        if "shape" in one or "dtype" in one:
            exact = str(one.get("dtype") or "")
            yield Row(name, f"table of {_plural(plain(exact))}, {_shape(one.get('shape'))}", exact, "")
        else:
            exact = str(one.get("type") or "")
            need = ("optional" if one.get("required") is False else "required") if has_need else ""
            yield Row(name, plain(exact), exact, need)


def _plural(words: str) -> str:
    return {"number": "numbers", "whole number": "whole numbers", "text": "texts"}.get(words, words)


def _shape(shape: Any) -> str:
    sizes = ["any number" if size == -1 else f"{size}" for size in shape or [] if isinstance(size, int)]
    return " × ".join(sizes) if sizes else "a single value"


def _params(found: Any) -> Iterable[Row]:
    for one in _dicts(found):
        exact = str(one.get("type") or "")
        yield Row(str(one.get("name") or "?"), plain(exact), exact, f"{_default(one.get('default'))} unless given")


def _default(kept: Any) -> str:
    """A default as it was kept: JSON, or (where it was too long) the beginning of it."""
    try:
        value = json.loads(kept) if isinstance(kept, str) else kept
    except ValueError:
        value = kept
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _dicts(found: Any) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
