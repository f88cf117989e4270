"""How many of their places mentors have taken: told by the room above that gives the places away."""

from __future__ import annotations

from collections.abc import Callable, Collection

from coe.core.access import AlreadyRegistered

Count = Callable[[Collection[int]], dict[int, int]]
_count: list[Count] = []


def register(count: Count) -> None:
    """Have `count` say, for mentors by id, how many places are held; who is left out holds none.

    Raises `AlreadyRegistered` when another one says so already.
    """
    if count in _count:
        return
    if _count:
        raise AlreadyRegistered("load")
    _count.append(count)


def held(mentor_ids: Collection[int]) -> dict[int, int]:
    """By mentor id how many places are held, for every one of the ids."""
    counted = _count[0](mentor_ids) if _count and mentor_ids else {}
    return {pk: counted.get(pk, 0) for pk in mentor_ids}
