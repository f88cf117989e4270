"""Template filters for figures: `{{ value|figure:kpi.unit }}`, `{{ index|index }}`, `{{ day|day }}`, `{{ moment|ago
}}`.
"""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from coe.core import figures
from coe.core.http import today

register = template.Library()


@register.filter(name="figure")
def figure(value: float | None, unit: str = "") -> str:
    return figures.figure(value, unit)


@register.filter(name="bare")
def bare(value: float | None, unit: str = "") -> str:
    return figures.bare(value, unit)


@register.filter(name="index")
def index(value: float | None) -> str:
    return figures.index(value)


@register.filter(name="unit_name")
def unit_name(unit: str) -> str:
    return figures.unit_name(unit)


@register.filter(name="money")
def money(value: float | None, currency: str = "") -> str:
    return "–" if value is None else figures.money(float(value), currency)


@register.filter(name="day")
def day(value: date | None) -> str:
    return "" if value is None else figures.day(value, today())


@register.filter(name="delta")
def delta(value: float | None) -> str:
    """ "▲ 4", "▼ 14", "no change"; empty where there is nothing to compare with."""
    if value is None:
        return ""
    points = figures.rounded(value)
    if points == 0:
        return "no change"
    return f"{'▲' if points > 0 else '▼'} {abs(points):,}"


@register.filter(name="ago")
def ago(value: datetime | None) -> SafeString | str:
    """How long ago `value` was, in words, with the exact time in the reader's time zone in the title."""
    if value is None:
        return ""
    days = (timezone.localdate() - timezone.localtime(value).date()).days
    words = "today" if days <= 0 else "yesterday" if days == 1 else f"{days:,} days ago"
    exact = timezone.localtime(value)
    title = f"{exact.day} {exact:%b %Y %H:%M %Z}"
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), title, words)
