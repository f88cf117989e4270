"""Boards: figures that are kept, and computed again before anybody sees one that is out of date."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from coe.core import changes
from coe.core.http import today
from kpis.measures.bounds import bounds_of
from kpis.measures.models import Binding
from kpis.measures.queries import next_failing_at, readings_of
from kpis.measures.readings import Reason
from kpis.reports import facts
from kpis.reports.audiences import EVERYTHING, Audience
from kpis.reports.cells import CellFigure, cells_of
from kpis.reports.days import end_of, trend_days
from kpis.reports.models import Board
from kpis.reports.packing import Short, pack, unpack

# Boards that nobody found true for a day go; the changes that they would be checked against are kept twice as long.
BOARD_AGE = timedelta(days=1)
CHANGE_AGE = timedelta(days=2)

# (unit, KPI or None, category or "")
Key = tuple[int, int | None, str]
Cells = dict[Key, CellFigure]

# A board is true when the clock has not reached its `valid_until`, and no change that its snapshot had not seen
# reaches back before its end: the question of `core.changes.reach_of_changes_since`, asked for all boards in the
# statement that reads them, so that no figure slips in between the question and the answer.
_TRUE = sql.SQL(
    """
    (board.valid_until IS NULL OR board.valid_until > %(now)s)
    AND NOT EXISTS (
        SELECT FROM core_change change
        WHERE change.xid >= pg_snapshot_xmin(board.snapshot::pg_snapshot)::text::bigint
          AND change.affects_from < board.ends_at
          AND NOT pg_visible_in_snapshot(change.xid::text::xid8, board.snapshot::pg_snapshot)
    )
    """
)
_CELLS = sql.SQL(
    """
    SELECT board.as_of, cell.unit_id, cell.kpi_id, cell.category, cell.shown_kpi_id, cell.value, cell.index,
           cell.reason, cell.since, cell.reporting, cell.index_reporting, cell.expected, cell.unweighted
    FROM reports_board board
    LEFT JOIN reports_cell cell ON cell.board_id = board.id AND cell.unit_id = ANY(%(units)s)
    WHERE board.audience = %(audience)s AND board.as_of = ANY(%(days)s) AND {true}
    """
).format(true=_TRUE)
_READINGS = sql.SQL(
    """
    SELECT board.as_of, board.readings FROM reports_board board
    WHERE board.audience = %(audience)s AND board.as_of = ANY(%(days)s) AND {true}
    """
).format(true=_TRUE)
_CONFIRM = sql.SQL(
    """
    UPDATE reports_board board SET snapshot = %(seen)s, checked_at = %(now)s
    WHERE board.audience = %(audience)s AND board.as_of = ANY(%(days)s) AND {true}
    RETURNING board.as_of
    """
).format(true=_TRUE)
_REASONS: dict[str | None, Reason | None] = {"": None, None: None, **{reason.value: reason for reason in Reason}}


def cells_for(audience: Audience, days: Sequence[date], units: Collection[int]) -> dict[date, Cells]:
    """The cells of these units on each day: kept ones where they are still true (one query), the rest computed now."""
    found = _kept_cells(audience, days, units)
    missing = [day for day in days if day not in found]
    if missing:
        wanted = set(units)
        for day, (cells, _) in compute(audience, missing).items():
            found[day] = {(c.unit_id, c.kpi_id, c.category): c for c in cells if c.unit_id in wanted}
    return found


def readings_for(audience: Audience, days: Sequence[date]) -> dict[date, dict[int, Short]]:
    """Every reading of each day in small, by binding id; retired projects aside."""
    rows = _rows(_READINGS, audience, days)
    found = {day: unpack(packed) for day, packed in rows}
    missing = [day for day in days if day not in found]
    if missing:
        found.update((day, short) for day, (_, short) in compute(audience, missing).items())
    return found


def compute(audience: Audience, days: Sequence[date]) -> dict[date, tuple[list[CellFigure], dict[int, Short]]]:
    """Compute the boards of these days from readings, keep them, and return their cells and readings.

    One process at a time computes for an audience, and whoever waited computes only what is still missing. Two that
    compute the same would keep the same: a board is replaced as a whole, and each is judged by its own snapshot.
    """
    with _collector_paused(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"board {audience.key}"])
        kept = {day: unpack(packed) for day, packed in _rows(_READINGS, audience, days)}
        result = _whole(audience, kept)
        missing = [day for day in days if day not in result]
        if missing:
            result.update(_computed(audience, missing))
        return result


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Hundreds of thousands of readings live for a second and refer to nothing that refers back to them.

    Python's cycle collector would walk them again and again for nothing: a quarter of the time.
    """
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


def _whole(
    audience: Audience, kept: dict[date, dict[int, Short]]
) -> dict[date, tuple[list[CellFigure], dict[int, Short]]]:
    """All cells of boards that somebody else kept meanwhile."""
    if not kept:
        return {}
    units = list(facts.unit_lineages())
    cells = _kept_cells(audience, list(kept), units)
    return {day: (list(found.values()), kept[day]) for day, found in cells.items()}


def _computed(audience: Audience, days: Sequence[date]) -> dict[date, tuple[list[CellFigure], dict[int, Short]]]:
    now = timezone.now()
    # Before the reads: what commits while they run counts as not seen, and the board is computed once more.
    seen = changes.snapshot()
    defined, bounds, retired = facts.definitions(), facts.bounds(audience), facts.retired(days)
    measured = bounds_of(Binding.objects.exclude(project__in=audience.hidden), audience.withheld)
    readings = readings_of(measured, days, versions=defined.versions, now=now)
    result = {}
    for day in days:
        known = [bound for bound in bounds if bound.project_id not in retired[day] and (bound.id, day) in readings]
        of_day = {bound.id: readings[bound.id, day] for bound in known}
        cells = cells_of(known, of_day, facts.meanings(defined.on(day)), since=facts.since(of_day, measured, day))
        valid_until = next_failing_at(day, now=now) if end_of(day) > now else None
        _keep(audience, day, cells, pack(of_day), seen=seen, now=now, valid_until=valid_until)
        short = {pk: Short(reading.value, reading.index, reading.reason) for pk, reading in of_day.items()}
        result[day] = (cells, short)
    return result


def _keep(
    audience: Audience,
    day: date,
    cells: Iterable[CellFigure],
    packed: bytes,
    *,
    seen: str,
    now: datetime,
    valid_until: datetime | None,
) -> None:
    board, _ = Board.objects.update_or_create(
        audience=audience.key,
        as_of=day,
        defaults={
            "ends_at": end_of(day),
            "snapshot": seen,
            "valid_until": valid_until,
            "checked_at": now,
            "computed_at": now,
            "readings": packed,
        },
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_cell WHERE board_id = %s", [board.pk])
        with cursor.copy(
            "COPY reports_cell (board_id, unit_id, kpi_id, category, shown_kpi_id, value, index, reason, since, "
            "reporting, index_reporting, expected, unweighted) FROM STDIN"
        ) as copy:
            for c in cells:
                figures = (c.value, c.index, c.reason.value if c.reason else "", c.since)
                coverage = (c.reporting, c.index_reporting, c.expected, c.unweighted)
                copy.write_row((board.pk, c.unit_id, c.kpi_id, c.category, c.shown_kpi_id, *figures, *coverage))


def _rows(statement: sql.Composed, audience: Audience, days: Sequence[date], **more: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement.as_string(connection.connection),
            {"audience": audience.key, "days": list(days), "now": timezone.now(), **more},
        )
        return list(cursor.fetchall())


def _kept_cells(audience: Audience, days: Sequence[date], units: Collection[int]) -> dict[date, Cells]:
    found: dict[date, Cells] = defaultdict(dict)
    for day, unit_id, kpi_id, category, shown, value, index, reason, *rest in _rows(
        _CELLS, audience, days, units=sorted(units)
    ):
        cells = found[day]
        if unit_id is not None:
            cells[unit_id, kpi_id, category] = CellFigure(
                unit_id, kpi_id, category, shown, value, index, _REASONS[reason], *rest
            )
    return dict(found)


def warm() -> int:
    """Compute what is out of date of the boards that most people read.

    These are today and its trend, for whoever may see everything. What is still true is confirmed under a newer
    snapshot, so that no old change need be kept for it; then what is old goes. Returns how many boards were computed.
    """
    days = trend_days(today())
    seen = changes.snapshot()
    true = {day for (day,) in _rows(_CONFIRM, EVERYTHING, days, seen=seen)}
    missing = [day for day in days if day not in true]
    if missing:
        compute(EVERYTHING, missing)
    prune()
    return len(missing)


def prune() -> int:
    """Drop boards that nobody found true for a day, and the notes of changes that none of the others needs.

    Returns boards dropped.
    """
    old = Board.objects.filter(checked_at__lt=timezone.now() - BOARD_AGE)
    dropped = old.count()
    old.delete()
    changes.forget(older_than=CHANGE_AGE)
    return dropped
