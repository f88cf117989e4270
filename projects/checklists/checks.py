"""The registry of automatic checks: what Cairn can find out by itself about a model version.

A check is a function of a `Candidate` and its parameters. It reads the database alone (never the network: what is only
on the MLflow server is mirrored first), writes nothing, and says what it saw. A check that cannot tell says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import models, transaction

from coe.core.access import AlreadyRegistered
from coe.core.errors import invalid
from projects.catalog.models import Project
from projects.tracking.models import ModelVersion

log = structlog.get_logger(__name__)


class Outcome(models.TextChoices):
    PASSED = "passed", "Passed"
    FAILED = "failed", "Failed"
    CANNOT_TELL = "cannot_tell", "Cannot tell"


@dataclass(frozen=True)
class Finding:
    """What a check found: the outcome, one plain sentence, and the facts it rests on (JSON, shown and kept)."""

    outcome: Outcome
    sentence: str
    saw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """What is to be handed over. `alias` is what acceptance would set ("" when nothing); `results` are the team's own
    test results for the item, {test name: "passed" | "failed" | "skipped"}.
    """

    version: ModelVersion
    project: Project
    alias: str
    item_key: str
    results: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Param:
    """A parameter that an item gives to its check. `kind`: "number", "text" or one of `choices`."""

    name: str
    label: str
    kind: str = "text"
    is_required: bool = True
    choices: tuple[str, ...] = ()
    help: str = ""


Run = Callable[[Candidate, Mapping[str, Any]], Finding]


@dataclass(frozen=True)
class Check:
    key: str
    label: str
    help: str
    params: tuple[Param, ...]
    run: Run


_checks: dict[str, Check] = {}


def check(key: str, label: str, *, help: str, params: tuple[Param, ...] = ()) -> Callable[[Run], Run]:
    """Registers a check. Raises `AlreadyRegistered` for a key given twice."""

    def register(function: Run) -> Run:
        if key in _checks:
            raise AlreadyRegistered(key)
        _checks[key] = Check(key, label, help, params, function)
        return function

    return register


def all_checks() -> list[Check]:
    """Every registered check, by its label."""
    return sorted(_checks.values(), key=lambda one: one.label)


def find(key: str) -> Check:
    """The check with this key. Raises `ValidationError` on `check_key` for an unknown one."""
    if key not in _checks:
        raise invalid("check_key", "must be one of " + ", ".join(sorted(_checks)))
    return _checks[key]


def checked_params(key: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` as the check wants it: numbers finite, choices known, nothing unknown.

    Raises `ValidationError` on `params` that names the parameter and the rule.
    """
    wanted = find(key).params
    if unknown := sorted(set(given) - {one.name for one in wanted}):
        raise invalid("params", f"{unknown[0]}: is no parameter of this check")
    return {one.name: value for one in wanted if (value := _value(one, given.get(one.name))) is not None}


def _value(param: Param, raw: Any) -> Any:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        if param.is_required:
            raise invalid("params", f"{param.label}: must be given")
        return None
    if param.kind == "number":
        try:
            number = float(raw)
        except (TypeError, ValueError):
            number = math.nan
        if isinstance(raw, bool) or not math.isfinite(number):
            raise invalid("params", f"{param.label}: must be a number")
        return number
    if not isinstance(raw, str) or len(raw) > 250:
        raise invalid("params", f"{param.label}: must be a text of at most 250 characters")
    if param.choices and raw not in param.choices:
        raise invalid("params", f"{param.label}: must be one of {', '.join(param.choices)}")
    return raw.strip()


def run(key: str, params: Mapping[str, Any], candidate: Candidate) -> Finding:
    """Run one check. One that breaks, or that no room registers any more, cannot tell."""
    one = _checks.get(key)
    if one is None:
        return Finding(Outcome.CANNOT_TELL, f"Cairn no longer knows the check {key}.")
    try:
        # A savepoint: a check whose query fails must not break the transaction that it is run in.
        with transaction.atomic():
            return one.run(candidate, params)
    except Exception:  # a room's mistake is not the team's failure, and never a pass
        log.exception("check.crashed", check=key, version=candidate.version.pk)
        return Finding(Outcome.CANNOT_TELL, "Cairn itself made a mistake in this check; the log says more.")
