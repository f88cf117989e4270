"""How observations and reasons read on this room's pages."""

from __future__ import annotations

import math

from django import template

from kpis.measures.models import Observation

register = template.Library()

REASONS = {
    "withheld": "withheld",
    "not_bound": "not bound",
    "no_data": "no value yet",
    "not_finite": "the newest value is not a number",
    "out_of_range": "the newest value is outside of the valid range",
    "stale": "the newest value is too old",
    "source_failing": "its MLflow server was not read for too long",
    "dataset_changed": "measured on another dataset than the baseline",
    "no_baseline": "no baseline is set",
    "no_target": "no target is set",
}


@register.filter
def reason(code: str) -> str:
    """A reading's reason in words."""
    return REASONS[code]


@register.simple_tag
def raw_value(row: Observation) -> str:
    """An observation's value as it was given, up to six significant digits; what is no number in words."""
    if row.value is None:
        return "no such metric"
    if math.isnan(row.value):
        return "not a number"
    if math.isinf(row.value):
        return "infinite"
    return f"{row.value:.6g}".replace("-", "−")
