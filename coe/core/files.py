"""Files that people give: what they are is told by their bytes, kept once for each content, served as downloads alone.

Nothing here is unpacked or rendered. A file of office documents is looked at by its table of contents only.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from coe.core.errors import invalid
from coe.core.models import StoredFile

MAX_SIZE = 5_000_000
MAX_NAME = 120
# What the table of contents of a zip may weigh, and what all in it may come to when somebody unpacks it.
_MAX_DIRECTORY = 1_000_000
_MAX_UNPACKED = 200_000_000

_TEXT = "text/plain"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_MAIN_PARTS = {
    "word/document.xml": _OFFICE + "wordprocessingml.document",
    "xl/workbook.xml": _OFFICE + "spreadsheetml.sheet",
    "ppt/presentation.xml": _OFFICE + "presentationml.presentation",
}
# What a name may end with, and the type that its bytes must then have.
TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "pptx": _OFFICE + "presentationml.presentation",
    **dict.fromkeys(("txt", "md", "csv", "json", "xml", "log", "ipynb", "yaml", "yml"), _TEXT),
}
_SAID = {
    "image/png": "a PNG image",
    "image/jpeg": "a JPEG image",
    "image/gif": "a GIF image",
    "image/webp": "a WebP image",
    "application/pdf": "a PDF",
    _OFFICE + "wordprocessingml.document": "a Word document",
    _OFFICE + "spreadsheetml.sheet": "an Excel workbook",
    _OFFICE + "presentationml.presentation": "a PowerPoint presentation",
    _TEXT: "plain text",
}
# For `<input type="file" accept="…">`.
ACCEPT = ",".join(f".{ending}" for ending in TYPES)
_ALLOWED = (
    "an image (PNG, JPEG, GIF, WebP), a PDF, plain text (txt, md, csv, json, xml, log, ipynb, yaml)"
    " or an Office document (docx, xlsx, pptx)"
)

# What a browser would take for a page or a drawing, after what may stand before it.
_PROLOG = re.compile(
    r"(?:\s|\ufeff|<\?.{0,2000}?\?>|<!--.{0,20000}?-->|<!doctype(?!\s*html)[^>\[]{0,2000}>)*", re.S | re.I
)
_PAGE = re.compile(
    r"<(?:!doctype\s+html|(?:[\w.-]+:)?(?:html|svg)\b|(?:head|body|script|style|iframe|embed|meta)[\s>/])", re.I
)
# Tab, line ends, form feed, and the escape that logs colour their lines with.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*;]')


def keep(name: str, upload: UploadedFile[bytes] | bytes) -> StoredFile:
    """The file as stored: a new row, or the one there is with the same content (two at once make one).

    `name` must end with what the content is. Raises `ValidationError` on `file` for what is empty, larger than
    `MAX_SIZE` bytes, of another type than allowed, or not what its name says.
    """
    ending = _ending(clean_name(name))
    content = _read(upload)
    media_type = _type_of(content)
    if media_type is None:
        raise invalid("file", f"The content of this file is none that is taken: it must be {_ALLOWED}.")
    if media_type != TYPES[ending]:
        raise invalid("file", f"This file is named .{ending}, but its content is {_SAID[media_type]}.")
    sha256 = hashlib.sha256(content).hexdigest()
    known = StoredFile.objects.defer("content").filter(sha256=sha256).first()
    if known:
        return known
    # Whoever comes second waits for the first one's transaction, writes nothing, and reads the first one's row.
    row = StoredFile(sha256=sha256, media_type=media_type, size=len(content), content=content)
    StoredFile.objects.bulk_create([row], ignore_conflicts=True)
    return StoredFile.objects.defer("content").get(sha256=sha256)


def clean_name(name: str) -> str:
    """The file's own name: no folders, no signs that control or hide, at most `MAX_NAME` characters with its ending.

    Cleaning twice changes nothing more.
    """
    text = re.split(r"[/\\]", name)[-1]
    text = "".join(" " if sign.isspace() else sign for sign in text)
    text = "".join(sign for sign in text if unicodedata.category(sign)[0] != "C" and sign not in "\u2028\u2029")
    text = _NOT_IN_NAMES.sub("-", unicodedata.normalize("NFC", text))
    text = " ".join(text.split()).strip(". ") or "file"
    if len(text) > MAX_NAME:
        stem, dot, ending = text.rpartition(".")
        if not dot or len(ending) > 10:
            stem, dot, ending = text, "", ""
        text = stem[: MAX_NAME - len(dot + ending)].strip(". ") + dot + ending
    return text


def etag(stored: StoredFile) -> str:
    return f'"{stored.sha256}"'


def respond(stored: StoredFile, name: str) -> HttpResponse:
    """The file as a download named `name`; a browser neither shows it in place nor guesses another type.

    Its cache asks again each time: who may see a file can change.
    """
    media_type = f"{stored.media_type}; charset=utf-8" if stored.media_type == _TEXT else stored.media_type
    response = HttpResponse(bytes(stored.content), content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, _fitting(name, stored)) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = etag(stored)
    return response


def _fitting(name: str, stored: StoredFile) -> str:
    """`name` with an ending that says what the file is, whatever people called it since."""
    name = clean_name(name)
    if TYPES.get(name.rpartition(".")[2].lower()) == stored.media_type:
        return name
    return clean_name(name + next((f".{ending}" for ending, kind in TYPES.items() if kind == stored.media_type), ""))


def _ending(name: str) -> str:
    stem, _, ending = name.rpartition(".")
    ending = ending.lower()
    if stem and ending in TYPES:
        return ending
    said = f"not .{ending[:20]}" if stem and ending else "and its name must say which, as in report.pdf"
    raise invalid("file", f"A file must be {_ALLOWED}, {said}.")


def _read(upload: UploadedFile[bytes] | bytes) -> bytes:
    """The content; reading ends as soon as there is too much of it."""
    content = bytearray()
    for piece in _pieces(upload):
        content += piece
        if len(content) > MAX_SIZE:
            raise invalid("file", f"A file may have at most {MAX_SIZE // 1_000_000} MB.")
    if not content:
        raise invalid("file", "This file is empty.")
    return bytes(content)


def _pieces(upload: UploadedFile[bytes] | bytes) -> Iterator[bytes]:
    if isinstance(upload, bytes):
        yield upload
    else:
        yield from upload.chunks()


def _type_of(content: bytes) -> str | None:
    """The type that the bytes show, whole from the first to the last one; None for any that is not allowed.

    Raises `ValidationError` where there is more to say than that.
    """
    if content.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"):
        return "image/png" if content.endswith(b"\x00\x00\x00\x00IEND\xaeB`\x82") else None
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif" if content.endswith(b";") else None
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        # The size is padded to an even number, and some writers leave the padding out.
        return "image/webp" if 0 <= int.from_bytes(content[4:8], "little") + 8 - len(content) <= 1 else None
    if content.startswith(b"%PDF-"):
        return "application/pdf" if b"%%EOF" in content[-1100:] else None
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    return _text_type(content)


def _text_type(content: bytes) -> str | None:
    """UTF-8 without control characters that is neither a page, a drawing nor a script."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if _NOT_TEXT.search(text):
        return None
    body = text[_end_of_prolog(text) :]
    if _PAGE.match(body):
        raise invalid("file", "Web pages and SVG drawings are not taken: print them to a PDF.")
    if body.startswith("#!"):
        raise invalid("file", "Scripts are not taken: link to where they are kept.")
    return _TEXT


def _end_of_prolog(text: str) -> int:
    found = _PROLOG.match(text)
    return found.end() if found else 0


def _office_type(content: bytes) -> str | None:
    """Of a zip, by its table of contents: the Office document that it is. Nothing is unpacked."""
    problem = invalid("file", "This Office document is damaged, or unpacks to more than it may.")
    end = content.rfind(b"PK\x05\x06")
    # The 64-bit form of the table is for archives far larger than this may be.
    if end < 0 or b"PK\x06\x07" in content[max(end - 20, 0) : end]:
        raise problem
    if int.from_bytes(content[end + 12 : end + 16], "little") > _MAX_DIRECTORY:
        raise problem
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise problem from None
    return _by_entries(entries, problem)


def _by_entries(entries: list[zipfile.ZipInfo], problem: ValidationError) -> str | None:
    names = [entry.filename for entry in entries]
    kinds = [kind for part, kind in _MAIN_PARTS.items() if part in names]
    if "[Content_Types].xml" not in names or len(kinds) != 1:
        return None
    if sum(entry.file_size for entry in entries) > _MAX_UNPACKED or len(set(names)) != len(names):
        raise problem
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise problem
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise invalid("file", "Office documents with macros are not taken.")
    return kinds[0]
