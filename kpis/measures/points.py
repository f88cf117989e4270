"""The observations that decide readings: many bindings, many days, one query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection, transaction

from kpis.measures.bounds import Bound
from kpis.measures.readings import Definition, Point, select

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Of so many bindings on the best in a window (more than a page shows) the observations are read in one go; those of
# more come in portions.
_IN_ONE_GO = 200
_PORTION = 5000
# One step into the index `observation_newest` for each binding and day. Times come as microseconds since 1970: the
# database adapter reads a time ten times slower than a whole number.
_NEWEST = """
SELECT b.id, d.place, (extract(epoch FROM o.observed_at) * 1000000)::bigint, o.value, o.step,
    (extract(epoch FROM o.run_started_at) * 1000000)::bigint, o.run_id, o.dataset_digest, o.id, o.version,
    o.dataset_name, o.model_id
FROM unnest(%(newest)s::bigint[]) b (id)
CROSS JOIN unnest(%(ends)s::timestamptz[]) WITH ORDINALITY d (instant, place)
CROSS JOIN LATERAL (
    SELECT * FROM measures_observation
    WHERE binding_id = b.id AND superseded_at IS NULL AND observed_at < d.instant
    ORDER BY observed_at DESC, step DESC, run_started_at DESC NULLS LAST, run_id DESC, id DESC
    LIMIT 1
) o
"""
# All that may be the best in a window, in the same columns; it has the place 0.
_WINDOWS = """
SELECT o.binding_id, 0, (extract(epoch FROM o.observed_at) * 1000000)::bigint, o.value, o.step,
    (extract(epoch FROM o.run_started_at) * 1000000)::bigint, o.run_id, o.dataset_digest, o.id, o.version,
    o.dataset_name, o.model_id
FROM measures_observation o
WHERE o.binding_id = ANY(%(windowed)s::bigint[]) AND o.superseded_at IS NULL
    AND o.observed_at >= %(start)s AND o.observed_at < %(end)s
"""
# (binding id, place of the day) → the observation.
Points = dict[tuple[int, int], Point]
_Row = tuple[Any, ...]


def deciding_points(
    bounds: Sequence[Bound], definitions: Mapping[int, Sequence[Definition]], ends: Sequence[datetime]
) -> Points:
    """What decides each binding's reading as of the days that end at `ends`: the newest live observation before, or
    the best in the binding's window. One query; two where many bindings have windows.

    `definitions` has, for each KPI, the definition in force on each of the days.
    """
    windowed = {bound.id: bound for bound in bounds if bound.rule.window_days is not None}
    longest = max((bound.rule.window_days or 0 for bound in windowed.values()), default=0)
    asked = {
        "newest": [bound.id for bound in bounds if bound.id not in windowed],
        "windowed": list(windowed),
        "ends": list(ends),
        "start": min(ends) - timedelta(days=longest),
        "end": max(ends),
    }
    wanted = [sql for sql, ids in ((_NEWEST, asked["newest"]), (_WINDOWS, windowed)) if ids]
    if len(windowed) <= _IN_ONE_GO:
        return _sorted_out(_rows(" UNION ALL ".join(wanted), asked), windowed, definitions, ends)
    found = _sorted_out(_rows(_NEWEST, asked), {}, definitions, ends) if asked["newest"] else {}
    found.update(_best(_observed(asked), windowed, definitions, ends))
    return found


def _rows(statement: str, asked: dict[str, Any]) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        rows: list[_Row] = cursor.fetchall()
        return rows


def _sorted_out(
    rows: Iterable[_Row],
    windowed: Mapping[int, Bound],
    definitions: Mapping[int, Sequence[Definition]],
    ends: Sequence[datetime],
) -> Points:
    found: Points = {}
    observed: dict[int, list[Point]] = {}
    for row in rows:
        if row[1]:
            found[row[0], row[1] - 1] = _point(row)
        else:
            observed.setdefault(row[0], []).append(_point(row))
    found.update(_best(observed.items(), windowed, definitions, ends))
    return found


def _point(row: _Row) -> Point:
    _, _, at, value, step, started, *rest = row
    return Point(_instant(at), value, step, None if started is None else _instant(started), *rest)


def _instant(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _best(
    observed: Iterable[tuple[int, Sequence[Point]]],
    windowed: Mapping[int, Bound],
    definitions: Mapping[int, Sequence[Definition]],
    ends: Sequence[datetime],
) -> Points:
    """The deciding observation of bindings on the best in a window."""
    chosen = {}
    for binding_id, points in observed:
        bound = windowed[binding_id]
        for place, end in enumerate(ends):
            point = select(points, bound.rule, definitions[bound.kpi_id][place], end)
            if point is not None:
                chosen[binding_id, place] = point
    return chosen


def _observed(asked: dict[str, Any]) -> Iterator[tuple[int, list[Point]]]:
    """The observations of each binding with a window; one binding's are held at a time, which takes a transaction."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(f"{_WINDOWS} ORDER BY 1", asked)
        rows = (row for portion in iter(lambda: cursor.fetchmany(_PORTION), []) for row in portion)
        for binding_id, group in groupby(rows, key=itemgetter(0)):
            yield binding_id, [_point(row) for row in group]
