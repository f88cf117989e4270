"""How the printed record looks: the colours of the pages, on paper, and one style for each kind of text."""

from __future__ import annotations

from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from projects.handoffs.pdf_page import INK, INK_2, LEFT
from projects.handoffs.pdf_text import BOLD, MONO, PLAIN

ACCENT, ACCENT_SOFT = HexColor("#12436d"), HexColor("#e4edf5")
# Of a tone: the ink and the ground. Every word stands beside a sign, so that no colour speaks alone.
TONES = {
    "good": ("#17706a", "#dcefec"),
    "warn": ("#a84c06", "#fbe9da"),
    "bad": ("#9d1f4f", "#f7e1ea"),
    "accent": ("#12436d", "#e4edf5"),
    "": ("#5b6168", "#f1eee8"),
}
TOP, BOTTOM = 24 * mm, 24 * mm
WIDTH = A4[0] - 2 * LEFT
# The column in which states and dates stand.
COLUMN = 33 * mm


def style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    font = more.pop("fontName", PLAIN)
    return ParagraphStyle(
        name,
        fontName=font,
        fontSize=size,
        leading=leading,
        textColor=more.pop("textColor", INK),
        bulletFontName=PLAIN,
        bulletFontSize=more.pop("bulletFontSize", 8.5),
        allowWidows=0,
        allowOrphans=0,
        **more,
    )


BODY = style("body", 9.5, 14, spaceAfter=5)
TITLE = style("title", 21, 26, fontName=BOLD, spaceAfter=3)
LEDE = style("lede", 10.5, 15, textColor=INK_2, spaceAfter=10)
HEADING = style("heading", 12, 16, fontName=BOLD, spaceBefore=18, spaceAfter=6, keepWithNext=1)
TERM = style("term", 8.5, 12, textColor=INK_2)
VALUE = style("value", 8.5, 12)
HASH = style("hash", 6.5, 12, fontName=MONO)
FIGURE = style("figure", 8.5, 12, alignment=2)
BAND = style("band", 10, 14)
ITEM = style("item", 9.5, 13, fontName=BOLD, leftIndent=COLUMN, spaceBefore=6, keepWithNext=1)
LAST_ITEM = style("lone", 9.5, 13, fontName=BOLD, leftIndent=COLUMN, spaceBefore=6)
UNDER = style("under", 8.5, 12.5, leftIndent=COLUMN, spaceBefore=1)
QUIET = style("quiet", 8, 11.5, leftIndent=COLUMN, textColor=INK_2, spaceBefore=1)
QUOTE = style("quote", 8.5, 12.5, leftIndent=COLUMN + 10, textColor=INK_2, spaceBefore=2)
STEP = style("step", 9, 13, leftIndent=COLUMN, spaceBefore=7)
SUM = style("sum", 6.8, 10, fontName=MONO, leftIndent=COLUMN, textColor=INK_2, spaceBefore=1)
