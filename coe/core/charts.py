"""Small charts as inline SVG. Pure functions of numbers; every text is escaped, and no attribute needs inline style.

Whatever the numbers are (huge, equal, missing, not finite), all coordinates are numbers inside the viewBox.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_PAD = 4.0


def _at(share: float, length: float) -> str:
    """The coordinate at `share` (0 to 1) of an axis of `length`, with room at both ends for a mark."""
    return f"{_PAD + min(max(share, 0.0), 1.0) * (length - 2 * _PAD):.1f}"


def _share(value: float, low: float, high: float) -> float:
    """Where `value` lies between `low` and `high`: 0 to 1. Halved first, so that no difference overflows."""
    width = high / 2 - low / 2
    return (value / 2 - low / 2) / width if width > 0 else 0.5


def _svg(width: int, height: int, label: str, inside: SafeString) -> SafeString:
    return format_html(
        '<svg width="{}" height="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        width,
        height,
        width,
        height,
        label,
        inside,
    )


def _wide(width: int, height: int, label: str, inside: SafeString) -> SafeString:
    """As wide as its place; only what may be stretched is drawn in it."""
    return format_html(
        '<svg width="100%" height="{}" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}</svg>',
        height,
        width,
        height,
        label,
        inside,
    )


def sparkline(points: Sequence[float | None], *, label: str, width: int = 64, height: int = 22) -> SafeString:
    """A line through `points`, evenly apart from left to right; None or a value that is not finite leaves a gap.

    The last point has a dot when it has a value, and so has a point between two gaps. Without any value: empty text.
    """
    known = [point for point in points if point is not None and math.isfinite(point)]
    if not known:
        return SafeString("")
    low, high = min(known), max(known)
    last = len(points) - 1
    pieces: list[list[tuple[str, str]]] = [[]]
    end = None
    for place, point in enumerate(points):
        if point is None or not math.isfinite(point):
            pieces.append([])
            continue
        spot = (_at(place / last if last else 1.0, width), _at(1.0 - _share(point, low, high), height))
        pieces[-1].append(spot)
        end = spot if place == last else None
    lines = format_html_join(
        "",
        '<polyline points="{}" fill="none" stroke="currentColor" stroke-opacity=".55" stroke-width="1.5"/>',
        ((" ".join(",".join(spot) for spot in piece),) for piece in pieces if len(piece) > 1),
    )
    dots = [(*piece[0], "1.4") for piece in pieces if len(piece) == 1 and piece[0] != end]
    if end:
        dots.append((*end, "2.4"))
    circles = format_html_join("", '<circle cx="{}" cy="{}" r="{}" fill="currentColor"/>', dots)
    return _svg(width, height, label, lines + circles)


def bullet(
    index: float | None, *, label: str, width: int = 120, height: int = 18, low: float = -25.0, high: float = 125.0
) -> SafeString:
    """A bar from the baseline (index 0) to the figure's index, and a tick at the target (100). Right is better in
    either direction.

    What lies beyond `low` or `high` ends at the edge in a point. Without an index only baseline and target are drawn.
    """
    zero, target = _at(_share(0.0, low, high), width), _at(_share(100.0, low, high), width)
    middle = height / 2
    ground = format_html(
        '<rect x="{}" y="{}" width="{}" height="10" fill="var(--accent-soft)"/>',
        zero,
        f"{middle - 5:.1f}",
        f"{float(target) - float(zero):.1f}",
    )
    bar = SafeString("")
    if index is not None and math.isfinite(index):
        shown = float(_at(_share(min(max(index, low), high), low, high), width))
        left, right = sorted((float(zero), shown))
        fill = "var(--accent)" if index >= 0 else "var(--warn)"
        bar = format_html(
            '<rect x="{}" y="{}" width="{}" height="4" fill="{}"/>',
            f"{left:.1f}",
            f"{middle - 2:.1f}",
            f"{right - left:.1f}",
            fill,
        )
        if index > high or index < low:
            tip = shown + (3.0 if index > high else -3.0)
            points = f"{shown:.1f},{middle - 4:.1f} {tip:.1f},{middle:.1f} {shown:.1f},{middle + 4:.1f}"
            bar += format_html('<polygon points="{}" fill="{}"/>', points, fill)
    ticks = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
        (
            (f"{float(zero) - 0.5:.1f}", f"{middle - 6:.1f}", "1", "12", "var(--edge)"),
            (f"{float(target) - 1:.1f}", f"{middle - 8:.1f}", "2", "16", "var(--ink)"),
        ),
    )
    return _svg(width, height, label, ground + bar + ticks)


def bar(value: float | None, most: float, *, label: str, width: int = 300, height: int = 18) -> SafeString:
    """A bar from zero; `most` is the value that fills the width.

    Nothing is drawn of a value that is missing or below zero.
    """
    share = 0.0
    if value is not None and math.isfinite(value) and math.isfinite(most) and most > 0:
        share = min(max(value / most, 0.0), 1.0)
    return _wide(
        width,
        height,
        label,
        format_html(
            '<rect x="0" y="0" width="{}" height="{}" fill="var(--accent-soft)"/>'
            '<rect x="0" y="3" width="{}" height="{}" fill="var(--accent)"/>',
            width,
            height,
            f"{share * width:.1f}",
            height - 6,
        ),
    )


def parts(counts: Sequence[tuple[str, int]], *, label: str, width: int = 300, height: int = 14) -> SafeString:
    """One bar cut into parts by `counts` of (fill, count), from left to right; the label says them in words."""
    total = sum(count for _, count in counts)
    if total <= 0:
        return SafeString("")
    rectangles, left = [], 0.0
    for fill, count in counts:
        if count > 0:
            wide = width * count / total
            rectangles.append((f"{left:.1f}", f"{max(wide - 1, 0.5):.1f}", height, fill))
            left += wide
    inside = format_html_join("", '<rect x="{}" y="0" width="{}" height="{}" fill="{}"/>', rectangles)
    return _wide(width, height, label, inside)


def swatch(fill: str) -> SafeString:
    """A small square of a colour for a legend; the word beside it says what it means."""
    return format_html(
        '<svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">'
        '<rect width="12" height="12" fill="{}"/></svg>',
        fill,
    )
