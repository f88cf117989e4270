"""What must be so before a project may move into a stage. Filled by rooms that stand on this one (handoffs, say)."""

from __future__ import annotations

from collections.abc import Callable

from coe.core.access import AlreadyRegistered
from projects.catalog.models import Project, Stage

# Given the project: why it may not move yet, as a sentence for people; empty when it may.
Gate = Callable[[Project], str]
_gates: dict[tuple[str, str], Gate] = {}


def gate(stage: Stage, name: str) -> Callable[[Gate], Gate]:
    """Registers a gate before `stage`. Raises `AlreadyRegistered` for a name given twice."""

    def register(function: Gate) -> Gate:
        if (stage, name) in _gates:
            raise AlreadyRegistered(f"{stage}: {name}")
        _gates[stage, name] = function
        return function

    return register


def refusals(project: Project, stage: str) -> list[str]:
    """Why the project may not move into `stage` yet; nothing when every gate lets it."""
    said = (function(project) for (before, _), function in sorted(_gates.items()) if before == stage)
    return [sentence for sentence in said if sentence]


def names() -> list[str]:
    """Every registered gate, as "stage: name"."""
    return sorted(f"{stage}: {name}" for stage, name in _gates)
