"""Text for the printed record: fonts, and what people wrote made safe to set.

What neither font can write is shown as a box; the caller can ask afterwards whether that, or a shortening, happened.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD, MONO = "Inter", "Inter-SemiBold", "DejaVuSansMono"
_FILES = {
    PLAIN: "Inter_400Regular.ttf",
    BOLD: "Inter_600SemiBold.ttf",
    "DejaVuSans": "DejaVuSans.ttf",
    "DejaVuSans-Bold": "DejaVuSans-Bold.ttf",
    MONO: "DejaVuSansMono.ttf",
}
# Who writes what the first one cannot.
_SECOND = {PLAIN: "DejaVuSans", BOLD: "DejaVuSans-Bold", MONO: "DejaVuSans"}
_BOX = "\N{WHITE SQUARE}"
_WEB = re.compile(r"https?://[^\s]+", re.I)
_CROWDED = re.compile(r"(?:[^\s&<>]{0,20}[&<>]){40}\S*")
# Hebrew, Arabic and their neighbours, with the spaces between them.
_BACKWARDS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+(?: +[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*")


def wrapped(word: str) -> list[str]:
    return [word[at : at + 40] for at in range(0, len(word), 40)]


@cache
def use_fonts() -> dict[str, frozenset[int]]:
    """Register the fonts once in this process; which signs each of them has.

    Raises `FileNotFoundError` when the front end was not built.
    """
    folder = settings.BASE_DIR / "frontend" / "dist" / "fonts"
    signs = {}
    for name, file in _FILES.items():
        if not (folder / file).is_file():
            raise FileNotFoundError(f"{file} is missing: `make frontend` brings it")
        font = TTFont(name, str(folder / file))
        pdfmetrics.registerFont(font)
        signs[name] = frozenset(font.face.charToGlyph)
    # All of a family, so that markup finds no other font by itself.
    for name in _FILES:
        pdfmetrics.registerFontFamily(name, normal=name, bold=name, italic=name, boldItalic=name)
    return signs


class Writer:
    """Turns texts into the markup of paragraphs, within a budget of characters for the whole file.

    `is_boxed`: some sign could not be written. `is_short`: some text was shortened, or rows were left out.
    """

    # About fifty pages; when they are used up, each text is cut to its beginning.
    BUDGET = 150_000
    BEGINNING = 120
    MOST_LINES = 150

    def __init__(self) -> None:
        self.signs = use_fonts()
        self.left = self.BUDGET
        self.is_boxed = False
        self.is_short = False

    def clean(self, text: str, most: int) -> str:
        """At most `most` characters without anything that controls; line ends stay, but never two empty lines."""
        if self.left <= 0:
            most = min(most, self.BEGINNING)
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
        text = unicodedata.normalize("NFC", text[: 2 * most + 100])
        text = "".join(" " if one == "\t" else one for one in text if one in "\n\t" or not self._hides(one))
        text = re.sub(r"\n[ \n]*\n", "\n\n", text).strip()
        lines = text.split("\n")
        if len(text) > most or len(lines) > self.MOST_LINES:
            text = "\n".join(lines[: self.MOST_LINES])[:most].rstrip() + " …"
            self.is_short = True
        self.left -= len(text)
        # A word of hundreds of markup's own signs would be set in a time that grows with its square.
        text = _CROWDED.sub(lambda found: " ".join(wrapped(found[0])), text)
        return _BACKWARDS.sub(lambda found: found[0][::-1], text)

    @staticmethod
    def _hides(sign: str) -> bool:
        return unicodedata.category(sign) in ("Cc", "Cf", "Cs")

    def set(self, text: str, most: int = 300, *, font: str = PLAIN, is_linked: bool = False) -> str:
        """`text` as markup for a paragraph in `font`; addresses in it are links where asked."""
        text = self.clean(text, most)
        if not is_linked:
            return self._in_fonts(text, font)
        made, at = [], 0
        for found in _WEB.finditer(text):
            address = found[0].rstrip(".,;:!?)]}'\"…")
            made += [self._in_fonts(text[at : found.start()], font), self.link(address, self._in_fonts(address, font))]
            at = found.start() + len(address)
        return "".join([*made, self._in_fonts(text[at:], font)])

    def bold(self, text: str, most: int = 300) -> str:
        """`text` in semibold within a plain paragraph."""
        return f'<font name="{BOLD}">{self.set(text, most, font=BOLD)}</font>'

    def link(self, address: str, markup: str) -> str:
        """`markup` as a link to a web address; as it is when the address is none."""
        if not _WEB.fullmatch(address) or not address.isprintable():
            return markup
        return f'<a href={quoteattr(address)} color="#12436d">{markup}</a>'

    def _in_fonts(self, text: str, font: str) -> str:
        def whose(sign: str) -> str:
            return font if sign == "\n" or ord(sign) in self.signs[font] else _SECOND[font]

        return "".join(self._run(name, "".join(run), font) for name, run in groupby(text, whose))

    def _run(self, name: str, run: str, font: str) -> str:
        if name == font:
            return escape(run).replace("\n", "<br/>")
        known = self.signs[name]
        if any(ord(one) not in known for one in run):
            self.is_boxed = True
            run = "".join(one if ord(one) in known else _BOX for one in run)
        return f'<font name="{name}">{escape(run)}</font>'
