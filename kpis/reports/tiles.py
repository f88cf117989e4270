"""A figure made ready for a table: value, index or reason, trend, change and coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from coe.core import charts, figures
from coe.core.http import today
from kpis.measures.models import KpiVersion
from kpis.measures.readings import Reading, Reason
from kpis.measures.rollups import REPRESENTATIVE
from kpis.reports import words
from kpis.reports.cells import CellFigure

_STEPS = ((0.0, "i4"), (40.0, "i3"), (70.0, "i2"), (90.0, "i1"), (110.0, "i0"))


class HasFigure(Protocol):
    @property
    def value(self) -> float | None: ...
    @property
    def index(self) -> float | None: ...


@dataclass(frozen=True)
class Tile:
    """One figure as of a day.

    `expected` is None for a single project's reading; `shown` is the KPI whose value it is.
    """

    value: float | None
    index: float | None
    reason: Reason | None
    since: datetime | None
    as_of: date
    shown: KpiVersion | None
    url: str
    trend: tuple[tuple[date, float | None, float | None], ...] = ()
    delta: float | None = None
    reporting: int = 0
    index_reporting: int = 0
    expected: int | None = None
    unweighted: int = 0
    baseline: float | None = None
    target: float | None = None
    is_joint: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is measured here at all."""
        return self.expected == 0 or self.reason is Reason.NOT_BOUND

    @property
    def is_representative(self) -> bool:
        return self.expected is None or (self.expected > 0 and self.reporting >= REPRESENTATIVE * self.expected)

    @property
    def tone(self) -> str:
        """The heat map's class."""
        if self.index is None:
            return "none"
        return next((tone for limit, tone in _STEPS if self.index < limit), "it")

    @property
    def why(self) -> str:
        return words.reason(self.reason, since=self.since, as_of=self.as_of, today=today())

    @property
    def coverage(self) -> str:
        """ "3 of 4"; empty for a single project."""
        return "" if self.expected is None else f"{self.reporting:,} of {self.expected:,}"

    @property
    def value_text(self) -> str:
        """The value with its unit; in front the KPI's name where it is not in the column's head."""
        if self.value is None or self.shown is None:
            return ""
        text = figures.figure(self.value, self.shown.unit)
        return f"{self.shown.name} {text}" if self.is_joint else text

    @cached_property
    def sparkline(self) -> SafeString:
        if sum(index is not None for _, index, _ in self.trend) < 2:
            return SafeString("")
        return charts.sparkline([index for _, index, _ in self.trend], label=self.trend_words)

    @property
    def large_sparkline(self) -> SafeString:
        """The same, large enough to stand alone."""
        return charts.sparkline([index for _, index, _ in self.trend], label=self.trend_words, width=220, height=60)

    @property
    def trend_words(self) -> str:
        known = [index for _, index, _ in self.trend if index is not None]
        return f"Index over twelve months: from {figures.index(known[0])} to {figures.index(known[-1])}"

    @cached_property
    def bullet(self) -> SafeString:
        unit = self.shown.unit if self.shown else ""
        now = figures.figure(self.value, unit)
        label = f"{now}: index {figures.index(self.index)}" if self.index is not None else f"{now}, no index"
        return charts.bullet(self.index, label=label)


def trend_of(
    days: Sequence[date], figures_on: Sequence[HasFigure | None]
) -> tuple[tuple[date, float | None, float | None], ...]:
    """(day, index, value) of each day; None for what there was not."""
    return tuple(
        (day, figure.index if figure else None, figure.value if figure else None)
        for day, figure in zip(days, figures_on, strict=True)
    )


def change(now: float | None, days: Sequence[date], trend: Sequence[HasFigure | None], compared: date) -> float | None:
    """Index points since the day `compared`; None where either index is missing."""
    then = next((figure.index for day, figure in zip(days, trend, strict=True) if day == compared and figure), None)
    return None if now is None or then is None else now - then


def unit_tile(
    cells: Sequence[CellFigure | None], days: Sequence[date], compared: date, shown: KpiVersion | None, url: str
) -> Tile:
    """The tile of a unit's cells over `days`, the last of which is the as-of day; None where nothing is bound."""
    now = cells[-1]
    if now is None:
        return Tile(None, None, Reason.NOT_BOUND, None, days[-1], shown, url, trend_of(days, cells), expected=0)
    return Tile(
        now.value,
        now.index,
        now.reason,
        now.since,
        days[-1],
        shown,
        url,
        trend_of(days, cells),
        change(now.index, days, cells, compared),
        now.reporting,
        now.index_reporting,
        now.expected,
        now.unweighted,
        is_joint=now.kpi_id is None,
    )


def reading_tile(
    readings: Sequence[Reading | None],
    days: Sequence[date],
    compared: date,
    shown: KpiVersion | None,
    url: str,
    since: datetime | None = None,
) -> Tile:
    """The tile of one project's readings over `days`; None where the KPI is not bound."""
    now = readings[-1]
    if now is None:
        return Tile(None, None, Reason.NOT_BOUND, None, days[-1], shown, url)
    if now.reason is Reason.STALE and now.point:
        since = now.point.observed_at
    return Tile(
        now.value,
        now.index,
        now.reason,
        since,
        days[-1],
        shown,
        url,
        trend_of(days, readings),
        change(now.index, days, readings, compared),
        baseline=now.baseline,
        target=now.target,
    )
