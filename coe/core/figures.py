"""Figures as people read them: few digits, thousands separators, the unit beside them. Pure functions."""

from __future__ import annotations

import math
from datetime import date, datetime

from django.conf import settings

# A space that does not break a figure from its unit.
NB = "\u00a0"
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF", "JPY": "¥"}
_LARGE = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def rounded(number: float) -> int:
    """The nearest whole number; halves go away from zero (Python's own rounding goes to the even one)."""
    return int(math.copysign(math.floor(abs(number) + 0.5), number)) if abs(number) < 1e15 else int(number)


def index(number: float | None) -> str:
    """An index without decimals: "96", "−8"; a dash where there is none."""
    return "–" if number is None else signless(rounded(number))


def signless(number: int) -> str:
    """A whole number with thousands separators and a real minus sign."""
    return f"{number:,}".replace("-", "−")


def plain(number: float, digits: int) -> str:
    """`number` with `digits` decimals, zeros at the end kept; small ones with more, so that three digits are told."""
    if number and abs(number) < 10.0**-digits:
        text = f"{number:.3g}"
        return text.replace("-", "−") if "e" not in text else f"{number:.2e}".replace("-", "−")
    if abs(number) >= 1e15:
        return f"{number:.3g}".replace("-", "−")
    return f"{number:,.{digits}f}".replace("-", "−")


def size_of(number: float) -> tuple[float, str]:
    """The largest of 1, k, M, G and T that leaves a digit before the point of `number`: its size and its letter."""
    return next(((size, letter) for size, letter in _LARGE if abs(number) >= size * 0.9995), (1.0, ""))


def money(number: float, currency: str = "") -> str:
    """An amount in the largest unit that leaves a digit before the point: "2.1 M€", "840 k€", "12 €"."""
    sign = _SIGNS.get(currency or settings.CURRENCY, currency or settings.CURRENCY)
    size, letter = size_of(number)
    if letter:
        short = number / size
        return f"{plain(short, 1 if abs(short) < 99.95 else 0)}{NB}{letter}{sign}"
    return f"{plain(number, 0 if abs(number) >= 10 or number == int(number) else 2)}{NB}{sign}"


def figure(number: float | None, unit: str = "") -> str:
    """A KPI's value with its unit of measure (ratio, percent, currency, count, duration, score); a dash where there is
    none.
    """
    if number is None:
        return "–"
    if unit == "percent":
        return f"{plain(number, 1)}{NB}%"
    if unit == "currency":
        return money(number)
    if unit == "duration":
        whole = abs(number) >= 10 or number == int(number)
        return f"{plain(number, 0 if whole else 1)}{NB}{'day' if number == 1 else 'days'}"
    if unit == "count":
        return plain(number, 0 if abs(number) >= 100 or number == int(number) else 1)
    return plain(number, 2)


def bare(number: float | None, unit: str = "") -> str:
    """The same without its unit, for columns whose head names it."""
    if unit == "currency" and number is not None:
        return plain(number, 0)
    return figure(number, unit).split(NB)[0]


def unit_name(unit: str) -> str:
    """What stands in a column's head for a unit of measure."""
    return {"percent": "%", "currency": settings.CURRENCY, "duration": "days"}.get(unit, "")


def day(value: date, today: date | None = None) -> str:
    """A date in words: "2 Sep" in the year of `today`, otherwise "2 Sep 2025"."""
    value = value.date() if isinstance(value, datetime) else value
    text = f"{value.day} {value:%b}"
    return text if today is not None and value.year == today.year else f"{text} {value.year}"


def count_of(number: int, one: str, many: str = "") -> str:
    """ "1 project", "9 projects"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
