"""Files: told by their bytes, kept once, served as downloads."""

from __future__ import annotations

import threading
import zipfile
from contextlib import suppress
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from coe.core import files
from coe.core.models import StoredFile
from tests.races import together

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + bytes(20) + b"\xff\xd9"
GIF = b"GIF89a" + bytes(20) + b";"
WEBP = b"RIFF" + (24).to_bytes(4, "little") + b"WEBP" + bytes(20)
PDF = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"


def archive(*names: str, content: bytes = b"<x/>") -> bytes:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, content)
    return kept.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
PPTX = archive("[Content_Types].xml", "ppt/presentation.xml")

TAKEN = {
    "plot.png": PNG,
    "photo.jpg": JPEG,
    "PHOTO.JPEG": JPEG,
    "moving.gif": GIF,
    "small.webp": WEBP,
    "report.pdf": PDF,
    "plan.docx": DOCX,
    "figures.xlsx": XLSX,
    "slides.pptx": PPTX,
    "notes.txt": "Żółć, καλημέρα, привет\n".encode(),
    "README.md": b'<h1 align="center">Churn</h1>\n\n<!-- a remark -->',
    "rows.csv": b"\xef\xbb\xbfa;b\r\n1;2\r\n",
    "one.json": b'{"html": "<html>"}',
    "junit.xml": b'<?xml version="1.0"?>\n<testsuites><testsuite name="x"/></testsuites>',
    "train.log": b"\x1b[32mok\x1b[0m\n",
    "train.ipynb": b'{"cells": []}',
    "conda.yaml": b"name: x\n",
}

PLAIN_PAGE = b"<!DOCTYPE html><script>alert(1)</script>"
REFUSED = {
    "page.html": PLAIN_PAGE,
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "run.sh": b"#!/bin/sh\n",
    "run.py": b"print(1)\n",
    "tool.exe": b"MZ" + bytes(100),
    "all.zip": archive("a.txt"),
    "no_ending": b"text",
    ".png": PNG,
    "": b"text",
    "empty.txt": b"",
    "page.png": PLAIN_PAGE,
    "page.txt": PLAIN_PAGE,
    "page.md": b"\xef\xbb\xbf  \n<!-- hello --> <HTML lang=en>",
    "page.xml": b"<?xml version='1.0'?><!-- a --><!DOCTYPE x><html xmlns='http://www.w3.org/1999/xhtml'/>",
    "drawing.xml": b"<?xml version='1.0'?>\n<s:svg xmlns:s='http://www.w3.org/2000/svg'/>",
    "script.txt": b"#!/usr/bin/env python\n",
    "picture.pdf": PNG,
    "report.png": PDF,
    "report.txt": PDF,
    "both.png": PNG + PLAIN_PAGE,
    "both.gif": GIF + archive("a.txt"),
    "both.webp": WEBP + PLAIN_PAGE,
    "both.pdf": PDF + bytes(2000),
    "late.pdf": b"MZ" + PDF,
    "plan.docx": XLSX,
    "other.docx": archive("[Content_Types].xml", "a.txt"),
    "bare.docx": archive("word/document.xml"),
    "double.docx": archive("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"),
    "macro.docx": archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "up.docx": archive("[Content_Types].xml", "word/document.xml", "../../up.xml"),
    "broken.docx": DOCX[:-30],
    "cut.xlsx": b"PK\x03\x04" + bytes(50),
    "late.xlsx": b"x" + XLSX,
    "latin.txt": "Zürich".encode("latin-1"),
    "wide.txt": "text".encode("utf-16"),
    "binary.csv": b"a,b\x00c",
    "program.txt": b"\x7fELF" + bytes(20),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", TAKEN)
def test_taken(name):
    stored = files.keep(name, TAKEN[name])
    again = StoredFile.objects.get(pk=stored.pk)
    assert (bytes(again.content), again.size) == (TAKEN[name], len(TAKEN[name]))
    assert again.media_type == files.TYPES[name.rpartition(".")[2].lower()]


@pytest.mark.django_db
@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_plain_words(name):
    with pytest.raises(ValidationError) as caught:
        files.keep(name, REFUSED[name])
    (rule,) = caught.value.message_dict["file"]
    assert rule.endswith(".")
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_a_wrong_ending_is_said_with_what_it_is():
    with pytest.raises(ValidationError, match=r"named \.pdf, but its content is a PNG image"):
        files.keep("x.pdf", PNG)


@pytest.mark.django_db
def test_at_most_5_mb():
    assert files.keep("full.txt", b"a" * files.MAX_SIZE).size == files.MAX_SIZE
    with pytest.raises(ValidationError, match="at most 5 MB"):
        files.keep("more.txt", b"a" * (files.MAX_SIZE + 1))


@pytest.mark.django_db
def test_reading_ends_when_it_is_too_much():
    read = []

    class Endless(SimpleUploadedFile):
        def chunks(self, chunk_size=None):
            while True:
                read.append(1)
                yield b"a" * 1_000_000

    with pytest.raises(ValidationError, match="at most 5 MB"):
        files.keep("endless.txt", Endless("endless.txt", b""))
    assert len(read) == 6


@pytest.mark.django_db
def test_a_document_that_unpacks_to_too_much(monkeypatch):
    monkeypatch.setattr(files, "_MAX_UNPACKED", 1_000_000)
    bomb = archive("[Content_Types].xml", "word/document.xml", content=bytes(900_000))
    assert len(bomb) < 10_000
    with pytest.raises(ValidationError, match="unpacks to more"):
        files.keep("bomb.docx", bomb)


@pytest.mark.django_db
def test_a_document_with_a_huge_table_of_contents():
    many = archive("[Content_Types].xml", "word/document.xml", *(f"word/{n:060}.xml" for n in range(10_000)))
    with pytest.raises(ValidationError, match="damaged"):
        files.keep("many.docx", many)


@pytest.mark.django_db
def test_the_same_content_is_kept_once():
    first = files.keep("a.txt", b"same")
    assert files.keep("b.csv", SimpleUploadedFile("b.csv", b"same")).pk == first.pk
    assert StoredFile.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_content_twice_at_once():
    def give() -> int:
        with transaction.atomic():
            return files.keep("race.txt", b"race").pk

    first, second = together(give, give)
    assert first == second
    assert StoredFile.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_care_the_race_is_lost():
    """The control: both look, both find nothing, and one of them fails."""
    meet = threading.Barrier(2, timeout=10)

    def give() -> int:
        assert not StoredFile.objects.filter(sha256="0" * 64).exists()
        meet.wait()
        return StoredFile.objects.create(sha256="0" * 64, media_type="text/plain", size=1, content=b"x").pk

    assert sum(isinstance(one, Exception) for one in together(give, give)) == 1


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("C:\\Users\\Ada\\plan.docx", "plan.docx"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("a\r\nSet-Cookie: x.txt", "a Set-Cookie- x.txt"),
        ("photo\u202egnp.exe.png", "photognp.exe.png"),
        ('say "hi".pdf', "say -hi-.pdf"),
        ("  .hidden.txt ", "hidden.txt"),
        ("Żółć καλημέρα.pdf", "Żółć καλημέρα.pdf"),
        ("", "file"),
        ("...", "file"),
        ("a" * 200 + ".pdf", "a" * 116 + ".pdf"),
        ("b" * 200, "b" * 120),
    ],
)
def test_names(given_name, clean):
    assert files.clean_name(given_name) == clean


@given(st.text(max_size=300))
def test_names_of_any_kind(name):
    clean = files.clean_name(name)
    assert 0 < len(clean) <= files.MAX_NAME
    assert clean.isprintable()
    assert not set('/\\<>:"|?*;') & set(clean)
    assert clean not in (".", "..")
    assert files.clean_name(clean) == clean


@given(st.text(max_size=200))
def test_downloads_of_any_name(name):
    stored = StoredFile(sha256="ab" * 32, media_type="text/plain", size=1, content=b"x")
    response = files.respond(stored, name)
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Disposition"].isascii()


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_told_or_refused(content):
    with suppress(ValidationError):
        assert files._type_of(content) in {None, *files.TYPES.values()}


def test_a_download_never_runs():
    response = files.respond(StoredFile(sha256="ab" * 32, media_type="text/plain", size=4, content=b"text"), "żółć.txt")
    assert response.content == b"text"
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%C5%BC%C3%B3%C5%82%C4%87.txt"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["ETag"] == f'"{"ab" * 32}"'
