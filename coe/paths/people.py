"""How many people are on paths: the room that puts them there registers itself here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from coe.core.access import AlreadyRegistered

# How many people are on each of these paths now, by the path's id.
Count = Callable[[Collection[int]], Mapping[int, int]]
_counts: list[Count] = []


def register(count: Count) -> None:
    """Say who counts. Raises `AlreadyRegistered` when somebody does already."""
    if _counts:
        raise AlreadyRegistered("people on paths")
    _counts.append(count)


def on_paths(ids: Collection[int]) -> dict[int, int]:
    """How many people are on each path now, in a query at most; 0 where nobody counts."""
    found = _counts[0](ids) if _counts and ids else {}
    return {pk: found.get(pk, 0) for pk in ids}
