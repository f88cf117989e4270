"""The record as a PDF: all that it says is in it, the same bytes each time, and nothing breaks it."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from projects.handoffs import pdf, record_sheet
from projects.handoffs.pdf_text import Writer
from tests.handoffs.records import evidence, item, sample

SHA = "9b" * 32
FIXED = {
    "sha256": SHA,
    "applied": "MLflow has had production on version 8 since 3 Jul 2026, 12:02.",
    "printed_at": datetime(2026, 7, 4, 8, 0, tzinfo=UTC),
    "site": "https://cairn.example.com/handoffs/12/record/",
}


def pages(made: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(made), strict=True).pages]


def test_it_says_all_that_the_record_says():
    said = pages(pdf.render(sample(), **FIXED))
    words = " ".join(said)
    for expected in (
        "Handoff of churn, version 8",
        "Accepted by Tomás Vega, 3 July 2026, 12:02",
        "takes the alias “production”",
        "MLflow has had production on version 8",
        "Łukasz Żółkiewski",
        "Ελένη Παπαδοπούλου",
        "ML Test Score: 3.5",
        "3.5 of 7, the lowest",
        "4 of 6 that apply",
        "4 of 4 met",
        "✓ Passed",
        "✕ Failed",
        "? Cannot tell",
        "– Does not apply",
        "○ Open",
        "✓ Signed",
        "carried over from version 7",
        "8fa1c04e" * 8,
        "0.913457",
        "NaN",
        "No feature costs more than it gives: Where is the ablation?",
        "Printed 4 July 2026, 08:00",
    ):
        assert expected in words, expected


def test_each_page_has_checksum_and_number():
    said = pages(pdf.render(sample(), **FIXED))
    assert len(said) > 1
    for place, words in enumerate(said, start=1):
        assert f"SHA-256 {SHA}" in words
        assert f"Page {place} of {len(said)}" in words


def test_the_file_says_what_it_is():
    told = PdfReader(BytesIO(pdf.render(sample(), **FIXED))).metadata
    assert told is not None
    assert told.title == "Handoff of churn, version 8 (record 12)"
    assert told.author == "Cairn"
    assert told.subject == f"SHA-256 {SHA}"
    assert told.creation_date == FIXED["printed_at"]


def test_links_lead_to_the_web_alone():
    odd = item("Odd", evidence=[evidence("link", "Run me", url="javascript:alert(1)")])
    made = pdf.render(sample(groups=[*sample()["groups"], {"name": "Odd", "items": [odd]}]), **FIXED)
    links = {
        str(note.get_object()["/A"]["/URI"])
        for page in PdfReader(BytesIO(made)).pages
        for note in page.get("/Annots", [])
    }
    assert "https://git.example.com/churn/data/expectations.md" in links
    assert "https://wiki.example.com/rollback" in links
    assert all(link.startswith("https://") for link in links)


def test_files_lead_to_where_they_are():
    where = "https://cairn.example.com/handoffs/12/evidence/4/file/"
    assert where in " ".join(pages(pdf.render(sample(), files={"8fa1c04e" * 8: where}, **FIXED)))


def test_the_same_record_gives_the_same_bytes():
    assert pdf.render(sample(), **FIXED) == pdf.render(copy.deepcopy(sample()), **FIXED)
    later = FIXED | {"printed_at": datetime(2026, 7, 5, tzinfo=UTC)}
    assert pdf.render(sample(), **FIXED) != pdf.render(sample(), **later)


def test_undecided():
    words = " ".join(pages(pdf.render(sample(decided=None, decisions=[]), **(FIXED | {"sha256": "", "applied": ""}))))
    assert "Not decided so far" in words
    assert "no checksum" in words
    assert "SHA-256 9b" not in words


def test_an_empty_record_still_prints():
    assert pages(pdf.render({}, **FIXED))[0].count("Handoff of A model, version ?") == 1


def test_texts_are_text():
    words = pages(
        pdf.render(sample(decided=None, handoff={"id": 1, "summary": "<b>a</b> & <para> &lt; {{ x }}"}), **FIXED)
    )
    assert "<b>a</b> & <para> &lt; {{ x }}" in " ".join(words)


def test_signs_that_no_font_has_are_boxes_and_said():
    words = " ".join(pages(pdf.render(sample(handoff={"id": 1, "summary": "\u4e2d\u6587 ok"}), **FIXED)))
    assert "□□ ok" in words
    assert "A box stands for a sign" in words


def test_right_to_left_words_read_from_the_right():
    assert Writer().clean("a שלום עולם b", 99) == "a םלוע םולש b"


@pytest.mark.parametrize(
    "text",
    [
        "W" * 5000,
        "https://example.com/" + "a" * 1000,
        "\n" * 5000,
        "line\n" * 1000,
        "a b " * 1250,
        "\u0301" * 5000,
        "中" * 5000,
        "\x00\x07\x1b[31m\u202e\ufeff\ud800",
        "&" * 5000,
        "\u00a0" * 5000,
        "ﷺ﷽" * 500,
    ],
    ids=[
        "word",
        "url",
        "empty lines",
        "lines",
        "words",
        "marks",
        "boxes",
        "controls",
        "ampersands",
        "spaces",
        "ligatures",
    ],
)
def test_nothing_that_people_write_breaks_it(text):
    odd = item(
        text[:200], note=text, evidence=[evidence("text", text[:200], text=text, url=text[:1000])], by=text[:100]
    )
    record = sample(
        handoff={"id": text[:9], "summary": text, "opened_by": text[:120], "opened_at": text[:40]},
        project={"name": text[:120], "unit": text[:120], "owner": text[:120]},
        groups=[{"name": text[:60], "items": [odd]}],
        score={"groups": [{"name": text[:60], "points": 1.0, "applying": 0, "of": 7}], "score": 1.0},
        decided={"kind": "returned", "actor": text[:120], "at": text[:30], "reason": text[:2000]},
    )
    assert 2 <= len(pages(pdf.render(record, **FIXED))) < 30


def test_no_record_becomes_a_book():
    long = item("Long", note="word " * 1000, evidence=[evidence("text", "t", text="word " * 1600)] * 30)
    metrics = [{"key": f"m{n}", "value": n, "dataset_name": None, "dataset_digest": None} for n in range(3000)]
    record = sample(
        groups=[{"name": "G", "items": [long] * 400}], version={"model": "m", "version": 1, "metrics": metrics}
    )
    said = pages(pdf.render(record, **FIXED))
    assert len(said) < 150
    assert "shortened here" in said[-1]


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=60)
    | st.just("2026-07-03T12:00:00+00:00"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def paths(value: object, at: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at] * bool(at) + [found for key, one in inside for found in paths(one, (*at, key))]


PATHS = paths(sample())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(PATHS), values), min_size=1, max_size=6))
def test_whatever_stands_where_in_the_record(changes):
    record = sample()
    for path, value in changes:
        place: object = record
        for key in path[:-1]:
            place = place[key] if isinstance(place, dict) and key in place else None  # type: ignore[index]
            if place is None:
                break
        if isinstance(place, dict):
            place[path[-1]] = value
    made = pdf.render(record, **FIXED)
    assert made == pdf.render(record, **FIXED)
    assert pages(made)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.9134567, "0.913457"),
        (41200, "41\u00a0200"),
        (-0.5, "−0.5"),
        (0, "0"),
        (1.5e-9, "1.5e-09"),
        (10**400, "1" + "0" * 400),
        (float("nan"), "nan"),
        ("NaN", "NaN"),
        (True, "True"),
        (None, ""),
    ],
)
def test_numbers(value, said):
    assert record_sheet.number(value) == said


def test_times_are_those_of_the_company(settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    assert record_sheet.moment("2026-07-03T20:00:00+00:00") == "4 July 2026, 05:00"
    assert record_sheet.moment("no time") == "no time"
    assert record_sheet.moment("0001-01-01T00:00:00+14:00") == "0001-01-01T00:00:00+14:00"
