"""A page of the printed record: what runs along at its top and its foot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from projects.handoffs.pdf_text import BOLD, MONO, PLAIN

INK, INK_2, RULE = HexColor("#1a1d21"), HexColor("#5b6168"), HexColor("#e7e3db")
LEFT = 22 * mm
_HEAD, _FOOT = A4[1] - 15 * mm, 13 * mm


@dataclass(frozen=True)
class Running:
    """What stands on each page. `sha256` is empty where nothing is decided."""

    number: str
    sha256: str
    printed_at: datetime


class NumberedCanvas(Canvas):
    """Keeps the pages until all are there, and then writes "Page 3 of 7" on each."""

    def __init__(self, *args: Any, running: Running, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._running = running
        self._kept: list[dict[str, Any]] = []
        # The canvas as ReportLab knows it; its types leave these out.
        inner: Any = self
        self._next_page = inner._startPage
        # The file says that it was made when it was printed; by itself, a file that is always the same says 2000.
        stamp = inner._doc._timeStamp
        stamp.YMDhms = running.printed_at.timetuple()[:6]
        offset = running.printed_at.utcoffset()
        stamp.dhh, stamp.dmm = divmod(int(offset.total_seconds()) // 60, 60) if offset else (0, 0)

    def showPage(self) -> None:
        self._kept.append(dict(self.__dict__))
        self._next_page()

    def save(self) -> None:
        for place, page in enumerate(self._kept, start=1):
            self.__dict__.update(page)
            self._run_along(f"Page {place} of {len(self._kept)}")
            super().showPage()
        super().save()

    def _run_along(self, page: str) -> None:
        """The brand and the record's number above, the checksum and the page below."""
        right, sha256 = A4[0] - LEFT, self._running.sha256
        _stones(self, LEFT, _HEAD - 1)
        self.setFillColor(INK)
        self.setFont(BOLD, 9.5)
        self.drawString(LEFT + 15, _HEAD, "Cairn")
        self.setFillColor(INK_2)
        self.setFont(PLAIN, 8)
        self.drawRightString(right, _HEAD, f"Record of handoff {self._running.number}")
        self.drawRightString(right, _FOOT, page)
        self.setFont(MONO, 6.6)
        self.drawString(LEFT, _FOOT, f"SHA-256 {sha256}" if sha256 else "Not decided: no checksum yet")
        self.setStrokeColor(RULE)
        self.setLineWidth(0.5)
        self.line(LEFT, 18 * mm, right, 18 * mm)


def _stones(canvas: Canvas, left: float, bottom: float) -> None:
    """Cairn's sign: three stones, 11 points wide."""
    middle = left + 5.5
    for height, width, half, colour in (
        (1.6, 5.5, 1.9, "#3f7fb5"),
        (5.4, 3.9, 1.6, "#28a197"),
        (8.7, 2.4, 1.4, "#f46a25"),
    ):
        canvas.setFillColor(HexColor(colour))
        low = bottom + height - half
        canvas.ellipse(middle - width, low, middle + width, low + 2 * half, stroke=0, fill=1)
