"""A board's readings in few bytes.

They hold what lists sort by and what "what changed" compares, without reading them all again.
"""

from __future__ import annotations

import math
import struct
from array import array
from collections.abc import Mapping
from dataclasses import dataclass

from kpis.measures.readings import Reading, Reason

_REASONS: tuple[Reason | None, ...] = (None, *Reason)
_PLACE = {reason: place for place, reason in enumerate(_REASONS)}
_HEAD = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Short:
    """A reading without its inputs."""

    value: float | None
    index: float | None
    reason: Reason | None


def pack(readings: Mapping[int, Reading]) -> bytes:
    """Binding id → reading as bytes: the count, then ids, values, indexes (NaN for none) and places of reasons."""
    items = list(readings.values())
    nan = math.nan
    values = array("d", [nan if item.value is None else item.value for item in items])
    indexes = array("d", [nan if item.index is None else item.index for item in items])
    reasons = array("b", [_PLACE[item.reason] for item in items])
    return b"".join(
        (_HEAD.pack(len(items)), array("q", readings).tobytes(), values.tobytes(), indexes.tobytes(), reasons.tobytes())
    )


def unpack(packed: bytes | memoryview) -> dict[int, Short]:
    """What `pack` packed."""
    packed = bytes(packed)
    if not packed:
        return {}
    (count,) = _HEAD.unpack_from(packed)
    ids, values, indexes, reasons = array("q"), array("d"), array("d"), array("b")
    start = _HEAD.size
    for column in (ids, values, indexes, reasons):
        end = start + count * column.itemsize
        column.frombytes(packed[start:end])
        start = end
    return {
        key: Short(None if value != value else value, None if index != index else index, _REASONS[reason])
        for key, value, index, reason in zip(ids, values, indexes, reasons, strict=True)
    }
