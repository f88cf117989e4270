from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coe.core.csv_out import cell, csv_lines, csv_response


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-x", "@sum", "\t=1", "\r=1", "\n=1", "＝1", "-1-2", "+1;2", "=-1", "-٣"]
)
def test_a_formula_gets_a_quote(text):
    assert cell(text) == "'" + text


@pytest.mark.parametrize("text", ["-1", "+2.5", "-1e-9", "-.5", "a=b", "", "1+1", " =1"])
def test_plain_numbers_and_words_stay(text):
    assert cell(text) == text


def test_other_values():
    assert [cell(v) for v in (None, True, False, -3, -2.5, date(2026, 3, 1))] == [
        "",
        "yes",
        "no",
        "-3",
        "-2.5",
        "2026-03-01",
    ]


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2, max_size=2)
    )
)
def test_whatever_is_written_can_be_read_again_and_begins_no_formula(rows):
    data = b"".join(csv_lines(["a", "b"], rows)).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(data, newline="")))
    assert read == [["a", "b"], *[[cell(v) for v in row] for row in rows]]


def test_the_answer_streams_in_utf8_with_a_mark():
    taken = []

    def rows():
        for number in range(3):
            taken.append(number)
            yield [number, "é", "\ud800"]

    response = csv_response('pro"jects\n.csv', ["n", "é", "x"], rows())
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="pro-jects-.csv"'
    assert taken == []
    body = b"".join(response.streaming_content)
    assert body.startswith(b"\xef\xbb\xbfn,\xc3\xa9,x\r\n")
    assert taken == [0, 1, 2]
