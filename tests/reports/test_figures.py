"""Figures as people read them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coe.core import figures
from coe.core.templatetags.figures import delta

NB = figures.NB


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.874, "ratio", "0.87"),
        (0.00123, "ratio", "0.00123"),
        (0.0, "ratio", "0.00"),
        (-0.5, "ratio", "−0.50"),
        (11.8, "percent", f"11.8{NB}%"),
        (2_100_000, "currency", f"2.1{NB}M€"),
        (999_960, "currency", f"1.0{NB}M€"),
        (84_000, "currency", f"84.0{NB}k€"),
        (840_000, "currency", f"840{NB}k€"),
        (12, "currency", f"12{NB}€"),
        (61, "duration", f"61{NB}days"),
        (1, "duration", f"1{NB}day"),
        (2.5, "duration", f"2.5{NB}days"),
        (12345, "count", "12,345"),
        (4.25, "score", "4.25"),
        (None, "ratio", "–"),
    ],
)
def test_a_value_with_its_unit(value, unit, text) -> None:
    assert figures.figure(value, unit) == text


@pytest.mark.parametrize(
    ("value", "whole"), [(0.5, 1), (1.5, 2), (2.5, 3), (-0.5, -1), (-2.5, -3), (2.4999, 2), (0, 0)]
)
def test_halves_go_away_from_zero(value, whole) -> None:
    assert figures.rounded(value) == whole


def test_an_index_has_a_real_minus() -> None:
    assert figures.index(-8.2) == "−8"
    assert figures.index(None) == "–"


@pytest.mark.parametrize(
    ("points", "text"), [(4.2, "▲ 4"), (-14, "▼ 14"), (0.4, "no change"), (-0.4, "no change"), (None, "")]
)
def test_a_change(points, text) -> None:
    assert delta(points) == text


def test_a_day_names_its_year_only_when_it_is_another() -> None:
    assert figures.day(date(2026, 9, 2), date(2026, 11, 1)) == "2 Sep"
    assert figures.day(date(2025, 9, 2), date(2026, 11, 1)) == "2 Sep 2025"


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["ratio", "percent", "currency", "duration", "count"]),
)
def test_any_number_has_a_text(value, unit) -> None:
    text = figures.figure(value, unit)
    assert text
    assert len(text) < 40
    assert figures.bare(value, unit)
