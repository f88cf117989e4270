"""Readings: what a KPI says for a project as of a date. Pure functions; nothing here asks a database or a clock.

The rules are those of the domain's "Exact rules". The end of the as-of day is an instant E (exclusive): an observation
counts when `observed_at < E`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

from projects.tracking.numbers import is_finite


class Reason(StrEnum):
    """Why a reading has no value, or no index; in the order of precedence."""

    WITHHELD = "withheld"
    NOT_BOUND = "not_bound"
    NO_DATA = "no_data"
    NOT_FINITE = "not_finite"
    OUT_OF_RANGE = "out_of_range"
    STALE = "stale"
    SOURCE_FAILING = "source_failing"
    DATASET_CHANGED = "dataset_changed"
    NO_BASELINE = "no_baseline"
    NO_TARGET = "no_target"


PRECEDENCE: dict[Reason, int] = {reason: place for place, reason in enumerate(Reason)}
# With these the value is given all the same (the index is not).
WITH_VALUE = frozenset(
    {Reason.STALE, Reason.SOURCE_FAILING, Reason.DATASET_CHANGED, Reason.NO_BASELINE, Reason.NO_TARGET}
)
# With these (or no reason) the value counts in roll-ups.
COUNTS = frozenset({None, Reason.DATASET_CHANGED, Reason.NO_BASELINE, Reason.NO_TARGET})


@dataclass(frozen=True, slots=True)
class Definition:
    """A KPI's definition at a date. `direction` is "higher" or "lower"; the valid range includes its ends."""

    direction: str
    cadence_days: int
    valid_min: float | None = None
    valid_max: float | None = None
    roll_up: str = "median"


@dataclass(frozen=True, slots=True)
class Point:
    """An observation as the reading needs it. `value` is raw; None where the selected version lacks the metric."""

    observed_at: datetime
    value: float | None
    step: int = 0
    run_started_at: datetime | None = None
    run_id: str = ""
    dataset_digest: str = ""
    id: int = 0
    version: int | None = None
    dataset_name: str = ""
    model_id: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a binding makes a value out of its observations: value × scale + offset of the newest, or of the best in a
    window.
    """

    scale: float = 1.0
    offset: float = 0.0
    window_days: int | None = None  # set for the selector `best`
    is_withheld: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A value with its index, or the reason why one of them is missing. `point` is the observation that decided."""

    value: float | None = None
    index: float | None = None
    reason: Reason | None = None
    point: Point | None = None
    baseline: float | None = None
    target: float | None = None
    reasons: tuple[Reason, ...] = field(default=())


def index_of(value: float, baseline: float, target: float) -> float | None:
    """100 × (value − baseline) ÷ (target − baseline): 0 at the baseline, 100 at the target, in either direction.

    None where the two are equal or the quotient is not finite.
    """
    if target == baseline:
        return None
    # Divided first, so that the target itself is exactly 100.
    index = 100.0 * ((value - baseline) / (target - baseline))
    return index if math.isfinite(index) else None


def newest_first(point: Point) -> tuple[datetime, int, float, str, int, str, str, str, int]:
    """The sort key of "newest": observed_at, then step, then the run's start (none is oldest), then run id.

    What is tied still (one run that logged on several datasets or models in the same millisecond) goes by version,
    dataset and model, so that the choice never hangs on the order in which rows were written.
    """
    started = point.run_started_at.timestamp() if point.run_started_at else -math.inf
    return (
        point.observed_at,
        point.step,
        started,
        point.run_id,
        point.version or 0,
        point.dataset_name,
        point.dataset_digest,
        point.model_id,
        point.id,
    )


def select(points: Sequence[Point], rule: Rule, definition: Definition, end: datetime) -> Point | None:
    """The observation that decides as of the day that ends at `end`, or None where there is none.

    Without a window: the newest. With one: the best finite value observed in the last `window_days` days (ties: the
    newest); where none of them is finite, the newest of the window, so that its fault is named.
    """
    known = [point for point in points if point.observed_at < end]
    if rule.window_days is None:
        return max(known, key=newest_first, default=None)
    start = end - timedelta(days=rule.window_days)
    recent = [point for point in known if point.observed_at >= start]
    sign = 1.0 if definition.direction == "higher" else -1.0
    finite = [
        (sign * value, newest_first(point), point)
        for point in recent
        if (value := transformed(point, rule)) is not None and is_finite(value)
    ]
    if finite:
        return max(finite, key=lambda item: item[:2])[2]
    return max(recent, key=newest_first, default=None)


def transformed(point: Point, rule: Rule) -> float | None:
    """The point's value × scale + offset, or None where it has no value. NaN stays NaN; an infinity stays one."""
    if point.value is None:
        return None
    if not is_finite(point.value):
        return point.value
    return point.value * rule.scale + rule.offset


def read(
    point: Point | None,
    rule: Rule,
    definition: Definition,
    *,
    end: datetime,
    baseline: float | None,
    baseline_digest: str,
    target: float | None,
    source_failing: bool,
) -> Reading:
    """The reading as of the day that ends at `end`, from the selected observation and what was in force on that day."""
    if rule.is_withheld:
        return Reading(reason=Reason.WITHHELD, reasons=(Reason.WITHHELD,))
    value = None if point is None else transformed(point, rule)
    if point is None or value is None:
        return Reading(reason=Reason.NO_DATA, point=point, baseline=baseline, target=target, reasons=(Reason.NO_DATA,))
    if not is_finite(value):
        return Reading(
            reason=Reason.NOT_FINITE, point=point, baseline=baseline, target=target, reasons=(Reason.NOT_FINITE,)
        )
    low, high = definition.valid_min, definition.valid_max
    if (low is not None and value < low) or (high is not None and value > high):
        return Reading(
            reason=Reason.OUT_OF_RANGE, point=point, baseline=baseline, target=target, reasons=(Reason.OUT_OF_RANGE,)
        )
    found = []
    if end - point.observed_at > timedelta(days=definition.cadence_days):
        found.append(Reason.STALE)
    if source_failing:
        found.append(Reason.SOURCE_FAILING)
    if baseline is not None and baseline_digest and point.dataset_digest and baseline_digest != point.dataset_digest:
        found.append(Reason.DATASET_CHANGED)
    if baseline is None:
        found.append(Reason.NO_BASELINE)
    if target is None:
        found.append(Reason.NO_TARGET)
    index = None
    if not found and baseline is not None and target is not None:
        index = index_of(value, baseline, target)
    return Reading(value, index, found[0] if found else None, point, baseline, target, tuple(found))


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """The instant at which `day` begins in the company's time zone, in UTC.

    In UTC because two times of one zone are subtracted by the clock on the wall, which would make a day of a clock
    change 24 hours. The first days of the calendar begin with it: east of Greenwich they have no time in UTC.
    """
    if day.year == 1:
        return datetime.min.replace(tzinfo=UTC)
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The instant at which `day` ends in the company's time zone, in UTC: the next midnight there, exclusive."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return start_of_day(day + timedelta(days=1), zone)
