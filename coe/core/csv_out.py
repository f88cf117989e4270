"""Lists as CSV files: streamed row by row, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.http import StreamingHttpResponse

# What a spreadsheet takes for the beginning of a formula (the wide forms too, which some of them fold).
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
_BOM = "\ufeff"


def cell(value: Any) -> str:
    """One value as text: None is empty, dates are ISO 8601, and what would run as a formula gets a ' in front.

    Plain numbers, negative ones too, stay as they are.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date | datetime):
        return value.isoformat()
    text = str(value)
    if _FORMULA.match(text) and not _NUMBER.match(text):
        return "'" + text
    return text


class _Line:
    """What `csv.writer` writes to: hands the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file in pieces, in UTF-8 with a byte order mark so that spreadsheets read accents right."""
    writer = csv.writer(_Line())
    yield (_BOM + writer.writerow([cell(name) for name in header])).encode()
    for row in rows:
        # A lone surrogate cannot be written in UTF-8 and must not break the file off.
        yield writer.writerow([cell(value) for value in row]).encode("utf-8", "replace")


def csv_response(filename: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A download named `filename`. `rows` is read while it is sent: give a generator over `queryset.iterator()`."""
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    safe = re.sub(r"[^A-Za-z0-9._-]", "-", filename)
    response["Content-Disposition"] = f'attachment; filename="{safe}"'
    response["Cache-Control"] = "private, no-store"
    return response
