"""Values as a person would enter them: a trend, some noise that the seed decides, rounded."""

from __future__ import annotations

from random import Random

from demo.world.clock import SEED
from demo.world.shape import KpiPlan, Series


def value(series: Series, kpi: KpiPlan, month: int, months: int) -> float:
    """The value of month `month` (0 is the first) of a series told for `months`; later ones stay at the last level."""
    reached = min(1.0, month / max(1, months - 1)) ** series.curve
    trend = series.first + (series.last - series.first) * reached
    noise = Random(f"{SEED} {series.project} {series.kpi} {month}").gauss(0.0, series.spread)
    rounded = round(trend + max(-1.5 * series.spread, min(1.5 * series.spread, noise)), series.digits)
    low = rounded if kpi.valid_min is None else max(kpi.valid_min, rounded)
    return float(low if kpi.valid_max is None else min(kpi.valid_max, low))
