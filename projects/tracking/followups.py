"""What happens after a good sync: higher rooms register here what they derive from the mirror."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from coe.core.access import AlreadyRegistered

log = structlog.get_logger(__name__)
Followup = Callable[[int], object]
_followups: dict[str, Followup] = {}


def register(name: str, function: Followup) -> None:
    """Call `function(source_id)` after each good sync. It finds what changed by `touched_at`, and clears the value it
    read.
    """
    if name in _followups:
        raise AlreadyRegistered(name)
    _followups[name] = function


def run_all(source_id: int) -> None:
    """Run them all. One that fails is logged and stops no other; `touched_at` still stands for the next one to find."""
    for name, function in _followups.items():
        try:
            function(source_id)
        except Exception:  # a higher room's mistake must not make a good sync look bad
            log.exception("followup.failed", followup=name, source=source_id)


def names() -> list[str]:
    return sorted(_followups)
