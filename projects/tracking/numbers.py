"""MLflow's numbers, to and from JSON.

`Run.metrics` is `{key: [value, timestamp ms, step]}`; `LoggedModel.metrics` is a list of `{key, value, timestamp,
step, run_id, dataset_name, dataset_digest}`. A value that JSON has no number for is kept as MLflow sends it: "NaN",
"Infinity", "-Infinity". MLflow stores an infinity as ±1.7976931348623157e308; that one arrives as a number and is
kept as that number.
"""

from __future__ import annotations

import math

NAN, INFINITY, MINUS_INFINITY = "NaN", "Infinity", "-Infinity"
INFINITE = 1.79e308
Stored = float | str


def encode(value: object) -> Stored | None:
    """The form in which `value` is stored, or None for what is no number at all."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    except OverflowError:
        number = math.inf if isinstance(value, int) and value > 0 else -math.inf
    if math.isnan(number):
        return NAN
    if math.isinf(number):
        return INFINITY if number > 0 else MINUS_INFINITY
    return number


def decode(stored: object) -> float:
    """The number that `encode` stored; NaN for what is no number. PostgreSQL gives huge numbers back as whole ones."""
    try:
        return float(stored)  # type: ignore[arg-type]  # whatever JSON held; what float() refuses is answered below
    except (TypeError, ValueError):
        return math.nan
    except OverflowError:
        return math.inf if isinstance(stored, int) and stored > 0 else -math.inf


def whole(value: object) -> int | None:
    """A 64-bit whole number out of JSON (MLflow sends some as strings), or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = int(value)
    except (ValueError, OverflowError):
        return None
    return number if -(2**63) <= number < 2**63 else None


def is_finite(value: float) -> bool:
    """Whether a value is a number that can be compared: not NaN, and of a magnitude below 1.79e308.

    MLflow stores infinity as the largest double; everything from 1.79e308 on is taken for it.
    """
    return math.isfinite(value) and abs(value) < INFINITE
