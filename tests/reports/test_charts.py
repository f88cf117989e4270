"""Charts: whatever the numbers, coordinates are numbers inside the viewBox, and labels are escaped."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from coe.core import charts

number = st.one_of(
    st.none(),
    st.floats(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, 1.7e308, -1.7e308, 5e-324]),
)
label = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30)


def drawn(svg: str) -> ElementTree.Element:
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert "style" not in svg
    _, _, width, height = (float(part) for part in (root.get("viewBox") or "").split())
    for node in root:
        points = re.findall(r"[^\s,]+,[^\s,]+", node.get("points") or "")
        spots = [tuple(map(float, point.split(","))) for point in points]
        if node.tag == "circle":
            spots.append((float(node.get("cx") or "nan"), float(node.get("cy") or "nan")))
        if node.tag == "rect":
            x, y = float(node.get("x") or 0), float(node.get("y") or 0)
            spots += [(x, y), (x + float(node.get("width") or "nan"), y + float(node.get("height") or "nan"))]
        for x, y in spots:
            assert math.isfinite(x)
            assert math.isfinite(y)
            assert -0.06 <= x <= width + 0.56
            assert -0.06 <= y <= height + 0.06
    return root


@given(st.lists(number, max_size=20), label)
def test_a_sparkline_stays_inside(points, text) -> None:
    svg = charts.sparkline(points, label=text)
    known = [point for point in points if point is not None and math.isfinite(point)]
    if not known:
        assert svg == ""
        return
    assert drawn(svg).get("aria-label") == text


@given(number, label)
def test_a_bullet_stays_inside(index, text) -> None:
    assert drawn(charts.bullet(index, label=text)).get("aria-label") == text


@given(number, st.floats(), label)
def test_a_bar_stays_inside(value, most, text) -> None:
    assert drawn(charts.bar(value, most, label=text)).get("aria-label") == text


@given(st.lists(st.tuples(st.sampled_from(["var(--rule)", "var(--i-0)"]), st.integers(0, 10_000)), max_size=5), label)
def test_parts_stay_inside(counts, text) -> None:
    svg = charts.parts(counts, label=text)
    if sum(count for _, count in counts):
        assert drawn(svg).get("aria-label") == text
    else:
        assert svg == ""


def test_a_gap_breaks_the_line() -> None:
    root = drawn(charts.sparkline([1, 2, None, 3, 4], label="x"))
    assert [node.tag for node in root] == ["polyline", "polyline", "circle"]


def test_a_missing_last_point_has_no_dot() -> None:
    assert "circle" not in charts.sparkline([1, 2, None], label="x")


def test_a_lone_point_is_a_dot() -> None:
    assert charts.sparkline([None, 2, None], label="x").count("<circle") == 1


def test_labels_are_escaped() -> None:
    assert "<b>" not in charts.bullet(50, label='"><b>')
