"""Projects side by side, and what of them cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpis.measures.bounds import bounds_of
from kpis.measures.models import Binding
from kpis.measures.queries import withheld_for
from kpis.measures.readings import Reason
from kpis.reports import facts
from kpis.reports.days import trend_days
from kpis.reports.queries import Column, columns_on, project_rows
from kpis.reports.tiles import Tile
from projects.catalog.models import Project


@dataclass(frozen=True)
class Line:
    """A KPI over all compared projects. `note` says why they cannot be compared, or only by their index."""

    column: Column
    tiles: Sequence[Tile]
    note: str

    @property
    def best(self) -> float | None:
        """The greatest index, where at least two have one."""
        indexes = [tile.index for tile in self.tiles if tile.index is not None]
        return max(indexes) if len(indexes) > 1 else None

    @property
    def marked(self) -> list[tuple[Tile, bool]]:
        """Each tile, and whether it is the best of at least two."""
        return [(tile, self.best is not None and tile.index == self.best) for tile in self.tiles]


@dataclass(frozen=True)
class Comparison:
    lines: Sequence[Line]
    apart: Sequence[tuple[Column, str]]


def compare(person: Any, projects: Sequence[Project], as_of: date) -> Comparison:
    """The KPIs that at least one of `projects` has, with each project's reading.

    The caller found them by `visible_to`.
    """
    definitions = facts.definitions()
    columns = columns_on(definitions, as_of)
    bindings = Binding.objects.filter(project__in=projects)
    bounds = bounds_of(bindings, withheld_for(person, bindings))
    rows = project_rows(bounds, projects, columns, definitions, trend_days(as_of))
    lines = []
    for place, column in enumerate(columns):
        tiles = [row.tiles[place] for row in rows]
        if any(not tile.is_empty for tile in tiles):
            lines.append(Line(column, tiles, _note([row.name for row in rows], tiles)))
    return Comparison(lines, [(line.column, line.note) for line in lines if line.note])


def _note(names: Sequence[str], tiles: Sequence[Tile]) -> str:
    """Why the KPI does not compare all of the projects, in one sentence for each that is left out."""
    if len(names) < 2:
        return ""
    told = []
    for name, tile in zip(names, tiles, strict=True):
        if tile.index is None:
            why = (
                "does not measure it"
                if tile.reason in (None, Reason.NOT_BOUND)
                else tile.why[:1].lower() + tile.why[1:]
            )
            told.append(f"{name} {why}" if tile.reason is Reason.NOT_BOUND else f"{name}: {why}")
    return "; ".join(told)
