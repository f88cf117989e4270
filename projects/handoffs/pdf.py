"""The record of a handoff as a PDF: A4, the same bytes for the same input, however long or odd its texts are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from projects.handoffs import record_sheet
from projects.handoffs.pdf_page import INK_2, LEFT, RULE, NumberedCanvas, Running
from projects.handoffs.pdf_styles import (
    ACCENT,
    ACCENT_SOFT,
    BAND,
    BODY,
    BOTTOM,
    FIGURE,
    HASH,
    HEADING,
    ITEM,
    LAST_ITEM,
    LEDE,
    QUIET,
    QUOTE,
    STEP,
    SUM,
    TERM,
    TITLE,
    TONES,
    TOP,
    UNDER,
    VALUE,
    WIDTH,
)
from projects.handoffs.pdf_text import BOLD, MONO, PLAIN, Writer
from projects.handoffs.record_sheet import Entry, Group, Piece, Record, Sheet, Step, Word

# An item with at most so many parts stands on one page.
TOGETHER = 14
MOST_NOTE, MOST_ROWS, MOST_PIECES, MOST_ITEMS, MOST_STEPS = 5000, 60, 20, 300, 60


def render(
    record: Record,
    *,
    sha256: str,
    applied: str,
    printed_at: datetime,
    site: str,
    files: Mapping[str, str] | None = None,
) -> bytes:
    """The record as a PDF file.

    `sha256`: of the decided record, empty for one that is not decided. `applied`: a sentence on where the alias stands.
    `site`: the address at which the record can be read, printed at its end. `files`: the addresses of files, by their
    SHA-256.
    """
    writer = Writer()
    said = record_sheet.sheet(record, files=files)
    story = list(_story(writer, said, applied))
    story += list(_end(writer, sha256, printed_at, site))
    return _build(story, said, writer, sha256, printed_at)


# -- the parts, from top to bottom ------------------------------------------------------------------------------------


def _story(writer: Writer, said: Sheet, applied: str) -> Iterator[Flowable]:
    yield Paragraph(writer.set(said.title, 200, font=BOLD), TITLE)
    yield Paragraph(writer.set(said.moves), LEDE)
    yield _band(writer, said, applied)
    if said.reason:
        yield Spacer(0, 8)
        yield Paragraph(writer.set(f"“{said.reason}”", MOST_NOTE, is_linked=True), BODY)
    yield Spacer(0, 14)
    yield _facts(writer, said)
    if said.summary:
        yield Paragraph("What changes for those who run it", HEADING)
        yield from _prose(writer, said.summary, BODY)
    if said.score:
        yield Paragraph(writer.set(f"ML Test Score: {said.score}", font=BOLD), HEADING)
        yield _bars(writer, said)
        lowest = "The lowest group counts. A point for what a machine checks, half a point for what is done by hand."
        yield Paragraph(lowest, TERM)
    left = MOST_ITEMS
    for group in said.groups:
        yield from _group(writer, group, left)
        left = max(left - len(group.entries), 0)
    yield from _measured(writer, said)
    if said.steps:
        yield Paragraph("What was decided before", HEADING)
        for step in _most(writer, said.steps, MOST_STEPS):
            yield from _step(writer, step)


def _most(writer: Writer, rows: list[Any], most: int) -> list[Any]:
    """The first `most` of the rows, fewer when the file is long already; that there were more is said at the end."""
    if writer.left <= 0:
        most = min(most, 2)
    if len(rows) > most:
        writer.is_short = True
    return rows[:most]


def _prose(writer: Writer, text: str, style: ParagraphStyle) -> Iterator[Paragraph]:
    """One paragraph for each of the text's, so that pages break between them."""
    for part in writer.clean(text, MOST_NOTE).split("\n\n"):
        yield Paragraph(writer.set(part, MOST_NOTE, is_linked=True), style)


def _label(writer: Writer, word: Word) -> str:
    return f'<font color="{TONES[word.tone][0]}">{writer.bold(f"{word.mark}  {word.text}", 40)}</font>'


def _band(writer: Writer, said: Sheet, applied: str) -> Table:
    ink, ground = TONES[said.verdict.tone]
    rows = [[Paragraph(f"{_label(writer, said.verdict)} {writer.set(said.verdict_text, 400)}", BAND)]]
    if applied:
        rows.append([Paragraph(writer.set(applied, 400), VALUE)])
    look: list[Any] = [
        ("BACKGROUND", (0, 0), (-1, -1), HexColor(ground)),
        ("LINEBEFORE", (0, 0), (0, -1), 2.2, HexColor(ink)),
        ("LEFTPADDING", (0, 0), (-1, -1), 12),
        ("TOPPADDING", (0, 0), (-1, 0), 9),
        ("BOTTOMPADDING", (0, -1), (-1, -1), 10),
    ]
    return Table(rows, colWidths=[WIDTH], style=TableStyle(look))


def _facts(writer: Writer, said: Sheet) -> Table:
    """Who and when beside what: pairs of term and value, short enough that any row fits a page."""
    rows: list[list[Any]] = [[Paragraph("Who and when", HEADING), "", "", Paragraph("The version", HEADING), ""]]
    for place in range(max(len(said.who), len(said.version))):
        row: list[Any] = []
        for side in (said.who, said.version):
            term, value = side[place] if place < len(side) else ("", "")
            # Hashes are long words: a size at which they stand in one line.
            style = HASH if len(value) > 30 and value.isalnum() else VALUE
            row += [Paragraph(writer.set(term, 40), TERM), Paragraph(writer.set(value, 120), style), ""]
        rows.append(row[:5])
    half = (WIDTH - 9 * mm) / 2
    look: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
        ("SPAN", (0, 0), (1, 0)),
        ("SPAN", (3, 0), (4, 0)),
        ("LINEBELOW", (0, 0), (1, len(said.who)), 0.5, RULE),
        ("LINEBELOW", (3, 0), (4, len(said.version)), 0.5, RULE),
    ]
    return Table(rows, colWidths=[26 * mm, half - 26 * mm, 9 * mm, 20 * mm, half - 20 * mm], style=TableStyle(look))


def _bars(writer: Writer, said: Sheet) -> Table:
    rows = [
        [
            Paragraph(writer.set(bar.name, 60), VALUE),
            Stripe(WIDTH - 95 * mm, bar.share),
            Paragraph(writer.set(bar.text + (", the lowest" if bar.is_lowest else ""), 60), VALUE),
        ]
        for bar in _most(writer, said.bars, 12)
    ]
    look: list[Any] = [("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
    return Table(rows or [["", "", ""]], colWidths=[45 * mm, WIDTH - 92 * mm, 47 * mm], style=TableStyle(look))


class Stripe(Flowable):
    """A bar from zero on its ground; `share` of the width is filled."""

    def __init__(self, width: float, share: float) -> None:
        super().__init__()
        self.width, self.height, self.share = width, 9.0, share

    def draw(self) -> None:
        self.canv.setFillColor(ACCENT_SOFT)
        self.canv.rect(0, 0, self.width, self.height, stroke=0, fill=1)
        self.canv.setFillColor(ACCENT)
        self.canv.rect(0, 2.5, self.width * self.share, 4, stroke=0, fill=1)


class Line(Flowable):
    """A thin rule as wide as the text."""

    def __init__(self) -> None:
        super().__init__()
        self.width, self.height = WIDTH, 6.0

    def draw(self) -> None:
        self.canv.setStrokeColor(RULE)
        self.canv.setLineWidth(0.5)
        self.canv.line(0, 0, WIDTH, 0)


def _group(writer: Writer, group: Group, left: int) -> Iterator[Flowable]:
    met = f'<font name="{PLAIN}" size="9" color="#5b6168">&nbsp;&nbsp;{writer.set(group.met)}</font>'
    before: list[Flowable] = [Paragraph(writer.set(group.name or "Items", 120, font=BOLD) + met, HEADING)]
    for entry in group.entries[:left]:
        parts = [*before, *_entry(writer, entry), Line()]
        # A long one begins where there is room; a short one is not torn apart.
        yield from [KeepTogether(parts)] if len(parts) <= TOGETHER else parts
        before = []
    yield from before
    writer.is_short = writer.is_short or len(group.entries) > left


def _entry(writer: Writer, entry: Entry) -> Iterator[Paragraph]:
    below: list[Paragraph] = []
    if entry.returned:
        below.append(Paragraph(f"{writer.bold('Returned')}: {writer.set(entry.returned, 1000, is_linked=True)}", UNDER))
    if entry.check:
        below.append(Paragraph(writer.set(entry.check, 600, is_linked=True), UNDER))
    if entry.note:
        below += _prose(writer, entry.note, UNDER)
    if entry.about:
        below.append(Paragraph(writer.set(entry.about), QUIET))
    for piece in _most(writer, entry.evidence, MOST_PIECES):
        below += _piece(writer, piece)
    label = _label(writer, entry.word)
    title = writer.set(entry.title, 300, font=BOLD)
    yield Paragraph(f"<bullet>{label}</bullet>{title}", ITEM if below else LAST_ITEM)
    yield from below


def _piece(writer: Writer, piece: Piece) -> Iterator[Paragraph]:
    title = writer.set(piece.title or piece.url, 200)
    about = f'<font color="#5b6168"> {writer.set(f"({piece.about})", 200)}</font>' if piece.about else ""
    yield Paragraph(f"{writer.set(piece.kind)}: {writer.link(piece.url, title)}{about}", UNDER)
    if piece.url and piece.title:
        yield Paragraph(writer.set(piece.url, 1000, is_linked=True), QUIET)
    if piece.text:
        yield from _prose(writer, piece.text, QUOTE)
    if piece.sha256:
        yield Paragraph(writer.set(f"SHA-256 {piece.sha256}", 90, font=MONO), SUM)


def _measured(writer: Writer, said: Sheet) -> Iterator[Flowable]:
    if said.metrics:
        yield Paragraph("Metrics of the version", HEADING)
        yield _table(writer, ("Metric", "Value", "On the dataset"), said.metrics, figures=1)
    if said.datasets:
        yield Paragraph("Datasets of its run", HEADING)
        yield _table(writer, ("Name", "Digest", "Used for"), said.datasets)


def _table(writer: Writer, head: tuple[str, ...], rows: list[tuple[str, str, str]], figures: int = -1) -> Table:
    styles = [FIGURE if place == figures else VALUE for place in range(len(head))]
    heads = [FIGURE.clone("h", textColor=INK_2) if place == figures else TERM for place in range(len(head))]
    cells = [[Paragraph(name, style) for name, style in zip(head, heads, strict=True)]]
    cells += [
        [Paragraph(writer.set(cell, 160), style) for cell, style in zip(row, styles, strict=True)]
        for row in _most(writer, rows, MOST_ROWS)
    ]
    look: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("LEFTPADDING", (1, 0), (-1, -1), 10),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ("LINEBELOW", (0, 0), (-1, 0), 0.7, HexColor("#8f877c")),
        ("LINEBELOW", (0, 1), (-1, -1), 0.5, RULE),
    ]
    widths = [WIDTH * 0.4, WIDTH * 0.2, WIDTH * 0.4]
    return Table(cells, colWidths=widths, repeatRows=1, style=TableStyle(look))


def _step(writer: Writer, step: Step) -> Iterator[Paragraph]:
    yield Paragraph(
        f"<bullet>{writer.set(step.at, 40)}</bullet>{_label(writer, step.word)} {writer.set(step.text)}", STEP
    )
    if step.reason:
        yield from _prose(writer, step.reason, UNDER)
    for title, why in _most(writer, step.reasons, MOST_ROWS):
        yield Paragraph(f"{writer.bold(title)}: {writer.set(why, 1000, is_linked=True)}", UNDER)
    if step.sha256:
        yield Paragraph(writer.set(f"SHA-256 {step.sha256}", 90, font=MONO), SUM)


def _end(writer: Writer, sha256: str, printed_at: datetime, site: str) -> Iterator[Flowable]:
    yield Paragraph("About this record", HEADING)
    if sha256:
        yield Paragraph(
            "The record was frozen when it was decided, and its checksum is on each page. To check it, download the"
            " record as JSON at the address below: the SHA-256 of that file is the checksum.",
            BODY,
        )
    else:
        yield Paragraph("Nothing is decided yet, so there is no checksum: this page shows how the handoff stood.", BODY)
    yield Paragraph(writer.set(site, 300, is_linked=True), BODY)
    zone = record_sheet.zone()
    yield Paragraph(writer.set(f"Printed {record_sheet.when(printed_at)}. Times are those of {zone}."), TERM)
    if writer.is_short:
        yield Paragraph("Long texts and lists are shortened here (…); the JSON has all of them.", TERM)
    if writer.is_boxed:
        yield Paragraph("A box stands for a sign that the fonts of this file do not have; the JSON has it.", TERM)


# -- the file -----------------------------------------------------------------------------------------------------


def _build(story: list[Flowable], said: Sheet, writer: Writer, sha256: str, printed_at: datetime) -> bytes:
    made = BytesIO()
    name = writer.clean(said.title, 120)
    document = BaseDocTemplate(
        made,
        pagesize=A4,
        leftMargin=LEFT,
        rightMargin=LEFT,
        topMargin=TOP,
        bottomMargin=BOTTOM,
        title=f"{name} (record {said.number})",
        author="Cairn",
        creator="Cairn",
        subject=f"SHA-256 {sha256}" if sha256 else "Not decided",
        lang="en",
        invariant=1,
    )
    frame = Frame(LEFT, BOTTOM, WIDTH, A4[1] - TOP - BOTTOM, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate("page", [frame])])

    running = Running(writer.clean(said.number, 20), sha256, printed_at)
    document.build(story, canvasmaker=partial(NumberedCanvas, running=running))
    return made.getvalue()
