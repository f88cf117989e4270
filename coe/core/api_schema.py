"""What the OpenAPI schema says of errors: each operation can answer with a problem (RFC 9457), as `coe.core.api`
makes them.
"""

from __future__ import annotations

from typing import Any

from coe.core.api import PROBLEM, TITLES

_METHODS = ("get", "post", "put", "patch", "delete")
_COMPONENT = "Problem"
_SHAPE: dict[str, Any] = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string", "description": "What kind of error it is."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong here, in a sentence."},
        "errors": {
            "type": "object",
            "description": "With 400: the rules that were broken, by field; the parts of lists and objects within.",
            "additionalProperties": True,
        },
    },
    "required": ["type", "title", "status", "detail"],
}


def document_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: adds to every operation the errors that it can answer with."""
    if not result.get("paths"):
        return result
    result.setdefault("components", {}).setdefault("schemas", {})[_COMPONENT] = _SHAPE
    for path, item in result["paths"].items():
        for method in _METHODS:
            if method in item:
                _add(item[method], _statuses(path, method, item[method]))
    return result


def _statuses(path: str, method: str, operation: dict[str, Any]) -> list[int]:
    asked = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"}
    found = [401]
    if method != "get":
        # What a body names may not be there, as what the path names.
        found += [400, 403, 404, 409]
    elif asked:
        found.append(400)
    if "requestBody" in operation:
        found.append(415)
    # A page past the end of a list is not there either.
    if "{" in path or "page" in asked:
        found.append(404)
    return sorted(set(found))


def _add(operation: dict[str, Any], statuses: list[int]) -> None:
    for status in statuses:
        operation["responses"].setdefault(
            str(status),
            {
                "description": TITLES[status],
                "content": {PROBLEM: {"schema": {"$ref": f"#/components/schemas/{_COMPONENT}"}}},
            },
        )
    # In the order of their numbers, whatever was there before.
    operation["responses"] = dict(sorted(operation["responses"].items()))
