"""From readings to the cells of a board: every unit with each KPI and category of its projects. Pure functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kpis.measures.readings import COUNTS, Reading, Reason
from kpis.measures.rollups import median, most_common_reason, roll_up


@dataclass(frozen=True, slots=True)
class Bound:
    """A project's binding as the roll-up needs it.

    `lineage` are the ids of its unit and those above; `weight` its forecast.
    """

    id: int
    project_id: int
    kpi_id: int
    lineage: tuple[int, ...]
    weight: float | None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a KPI meant on the day: how it rolls up, and where it stands."""

    category: str
    direction: str
    roll_up: str
    place: int
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class CellFigure:
    """A cell before it is kept; the fields are those of the model `Cell`."""

    unit_id: int
    kpi_id: int | None
    category: str
    shown_kpi_id: int | None
    value: float | None
    index: float | None
    reason: Reason | None
    since: datetime | None
    reporting: int
    index_reporting: int
    expected: int
    unweighted: int = 0


Group = list[tuple[Bound, Reading]]


def cells_of(
    bounds: Iterable[Bound],
    readings: Mapping[int, Reading],
    meanings: Mapping[int, Meaning],
    *,
    retired: frozenset[int] | set[int] = frozenset(),
    since: Mapping[int, datetime] | None = None,
) -> list[CellFigure]:
    """All cells of a day. `readings` by binding id; `retired` are ids of projects that count nowhere.

    `since` says, for bindings whose reason has a beginning (evaluated on other data, source failing), when that was.
    """
    groups: dict[tuple[int, int], Group] = defaultdict(list)
    for bound in bounds:
        if bound.project_id in retired:
            continue
        pair = (bound, readings[bound.id])
        for unit_id in bound.lineage:
            groups[unit_id, bound.kpi_id].append(pair)
    begun = since or {}
    of_kpi: dict[int, dict[int, CellFigure]] = defaultdict(dict)
    members: dict[int, dict[int, Group]] = defaultdict(dict)
    for (unit_id, kpi_id), group in groups.items():
        of_kpi[unit_id][kpi_id] = _kpi_cell(unit_id, kpi_id, group, meanings[kpi_id], begun)
        members[unit_id][kpi_id] = group
    found: list[CellFigure] = []
    for unit_id, cells in of_kpi.items():
        found += cells.values()
        live = [kpi_id for kpi_id in cells if not meanings[kpi_id].is_archived]
        by_category: dict[str, list[int]] = defaultdict(list)
        for kpi_id in live:
            by_category[meanings[kpi_id].category].append(kpi_id)
        for category, kpi_ids in by_category.items():
            found.append(_joint_cell(unit_id, category, kpi_ids, members[unit_id], cells, meanings, begun))
        found.append(_joint_cell(unit_id, "", live, members[unit_id], cells, meanings, begun))
    return found


def _kpi_cell(unit_id: int, kpi_id: int, group: Group, meaning: Meaning, since: Mapping[int, datetime]) -> CellFigure:
    cell = roll_up(
        [reading for _, reading in group],
        [bound.weight for bound, _ in group],
        rule=meaning.roll_up,
        direction=meaning.direction,
    )
    return CellFigure(
        unit_id,
        kpi_id,
        "",
        kpi_id,
        cell.value,
        cell.index,
        cell.reason,
        _began(cell.reason, group, since),
        cell.reporting,
        cell.index_reporting,
        cell.expected,
        cell.unweighted,
    )


def _joint_cell(
    unit_id: int,
    category: str,
    kpi_ids: Sequence[int],
    members: Mapping[int, Group],
    cells: Mapping[int, CellFigure],
    meanings: Mapping[int, Meaning],
    since: Mapping[int, datetime],
) -> CellFigure:
    """The median over the indexes of all readings of these KPIs;

    The value is that of the KPI that most projects use.
    """
    group = [pair for kpi_id in kpi_ids for pair in members[kpi_id]]
    indexes = [reading.index for _, reading in group if reading.index is not None]
    index = median(indexes)
    projects = {bound.project_id for bound, _ in group}
    reporting = {bound.project_id for bound, r in group if r.value is not None and r.reason in COUNTS}
    indexed = {bound.project_id for bound, r in group if r.index is not None}
    reason = None
    if index is None:
        reason = most_common_reason(r.reason for _, r in group if r.reason is not None)
    shown = min(kpi_ids, key=lambda kpi_id: (-cells[kpi_id].expected, meanings[kpi_id].place)) if category else None
    value = cells[shown].value if shown is not None else None
    began = _began(reason, group, since)
    return CellFigure(
        unit_id, None, category, shown, value, index, reason, began, len(reporting), len(indexed), len(projects)
    )


def _began(reason: Reason | None, group: Group, since: Mapping[int, datetime]) -> datetime | None:
    """Of a stale figure, when the freshest of them was observed; of what has a beginning, the latest of these."""
    if reason is Reason.STALE:
        return max(
            (reading.point.observed_at for _, reading in group if reading.reason is reason and reading.point),
            default=None,
        )
    if reason in (Reason.DATASET_CHANGED, Reason.SOURCE_FAILING):
        return max((since[bound.id] for bound, r in group if r.reason is reason and bound.id in since), default=None)
    return None
