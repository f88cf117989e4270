"""The process that turns Markdown into HTML, so that a text that takes too long can be ended with it.

Run as a script by `coe.core.markdown`, without Django. It speaks in frames on its standard input and output: four bytes
of length, then UTF-8. An answer begins with "+" and the HTML, or with "-" when the text cannot be rendered.
"""

from __future__ import annotations

import signal
import struct
import sys
from typing import BinaryIO

import markdown
import nh3

# Seconds of processor time for one text. Python-Markdown is quadratic on "[": 64 kB of them would take minutes.
CPU_SECONDS = 1.0

_EXTENSIONS = [
    "tables",
    "sane_lists",
    "toc",
    "pymdownx.betterem",
    "pymdownx.highlight",
    "pymdownx.superfences",
    "pymdownx.tilde",
    "pymdownx.magiclink",
]
# The page has its own h1, so a text's headings begin at h2. The ids that `toc` makes are taken out again below.
_CONFIG: dict[str, dict[str, object]] = {"toc": {"baselevel": 2}, "pymdownx.highlight": {"use_pygments": False}}
_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "kbd", "samp"),
    *("em", "strong", "del", "sub", "sup", "abbr", "ul", "ol", "li", "dl", "dt", "dd", "a", "img"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "abbr": {"title"},
    "th": {"scope"},
}


def to_html(text: str) -> str:
    """Markdown as HTML that holds no script, style, id, class, form or foreign scheme."""
    made = markdown.markdown(text, extensions=_EXTENSIONS, extension_configs=_CONFIG, output_format="html")
    return nh3.clean(
        made,
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )


def _read(stream: BinaryIO) -> str | None:
    head = stream.read(4)
    if len(head) < 4:
        return None
    return stream.read(struct.unpack(">I", head)[0]).decode()


def _write(stream: BinaryIO, text: str) -> None:
    body = text.encode("utf-8", "replace")
    stream.write(struct.pack(">I", len(body)) + body)
    stream.flush()


def serve(texts: BinaryIO, answers: BinaryIO) -> None:
    """Answer one text after the other until the asking process closes the pipe or ends."""
    _write(answers, "+")
    while (text := _read(texts)) is not None:
        # The signal's default action ends the process even inside of a C function.
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        try:
            answer = "+" + to_html(text)
        except Exception:  # a text nested too deep, or an extension's own mistake: this text cannot be rendered
            answer = "-"
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        _write(answers, answer)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the asking process, whose end closes the pipe
    serve(sys.stdin.buffer, sys.stdout.buffer)
