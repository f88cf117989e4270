from __future__ import annotations

import contextlib
import os
import signal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from coe.core import markdown

_FORBIDDEN = (
    "<script",
    "javascript:",
    "onclick",
    "onerror",
    "<iframe",
    "<form",
    "<input",
    "<style",
    "style=",
    " id=",
    " class=",
    "data:",
)


def test_ordinary_text_becomes_html():
    html = markdown.render(
        "# Title\n\nSome *words*, a [link](https://a.example), ~~gone~~.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    assert "<h2>Title</h2>" in html
    assert "<em>words</em>" in html
    assert '<a href="https://a.example" rel="nofollow noopener noreferrer">link</a>' in html
    assert "<del>gone</del>" in html
    assert "<td>1</td>" in html


def test_no_text_is_no_html():
    assert markdown.render(" \n") == ""


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "![x](data:text/html;base64,PHN2Zz4=)",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<iframe src=//evil.example></iframe>",
        "<form action=/sign-out/><input name=q></form>",
        "<p style='position:fixed' id=content class=btn onclick=alert(1)>x</p>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
        "# Heading {#content .btn onclick=alert(1)}",
        "```html\n<script>alert(1)</script>\n```\n<style>*{display:none}</style>",
    ],
)
def test_hostile_markup_is_taken_out(text):
    html = markdown.render(text).replace("&lt;script", "")
    if "{#" not in text:  # there it stays as words, which do nothing
        assert not [word for word in _FORBIDDEN if word in html.lower()], html


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_text_is_rendered_or_refused_by_name(text):
    try:
        html = markdown.render(text, field="body")
    except ValidationError as error:
        html = " ".join(error.message_dict["body"])
    html.encode()
    assert "<script" not in html.lower()


@pytest.mark.parametrize("text", ["[" * 20_000, "![" * 30_000, "[" * 8_000 + "](" * 8_000], ids=["[", "![", "[]("])
def test_what_takes_too_long_is_refused_and_the_next_text_is_rendered(text):
    with pytest.raises(ValidationError) as refused:
        markdown.render(text, field="problem")
    assert list(refused.value.message_dict) == ["problem"]
    assert "too long" in refused.value.message_dict["problem"][0]
    assert markdown.render("still *here*") == "<p>still <em>here</em></p>"


@pytest.mark.parametrize("text", ["[" * 20_000, "> " * 30_000, "<!--" * 16_000], ids=["[", ">", "<!--"])
def test_a_page_has_the_same_bounds(text):
    with contextlib.suppress(ValidationError):
        markdown.render_page(text)
    with pytest.raises(ValidationError):
        markdown.render_page("a" * (64 * 1024 + 1), field="body")
    assert markdown.render_page("*ok*").html == "<p><em>ok</em></p>"


def test_too_large_a_text_is_refused():
    with pytest.raises(ValidationError) as refused:
        markdown.render("a" * (64 * 1024 + 1))
    assert "64 kB" in refused.value.message_dict["text"][0]
    assert markdown.render("a" * 64 * 1024).startswith("<p>aaa")


@pytest.mark.parametrize("text", ["\ud800", "a\0b"], ids=["surrogate", "nul"])
def test_what_cannot_be_stored_is_refused(text):
    with pytest.raises(ValidationError):
        markdown.render(text)


def test_deep_nesting_does_no_harm():
    for text in (">" * 60_000, "<div>" * 12_000, "- " * 30_000, "[" * 300 + "x" + "]" * 300):
        with contextlib.suppress(ValidationError):
            markdown.render(text)
    assert markdown.render("ok") == "<p>ok</p>"


def test_a_child_that_was_killed_is_started_again():
    markdown.render("one")
    child = markdown._warm
    assert child is not None
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()
    assert markdown.render("two") == "<p>two</p>"


def test_a_child_that_stops_answering_is_ended(monkeypatch):
    markdown.render("one")
    child = markdown._warm
    assert child is not None
    os.kill(child.process.pid, signal.SIGSTOP)
    monkeypatch.setattr(markdown, "WALL_SECONDS", 0.2)
    with pytest.raises(ValidationError):
        markdown.render("two")
    assert child.process.returncode is not None
    monkeypatch.undo()
    assert markdown.render("three") == "<p>three</p>"


def test_a_forked_process_has_a_child_of_its_own():
    markdown.render("one")
    parent_child = markdown._warm
    assert parent_child is not None
    pid = os.fork()
    if pid == 0:
        done = markdown._warm is None and markdown.render("two") == "<p>two</p>"
        markdown._drop()
        os._exit(0 if done else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert parent_child.process.poll() is None
    assert markdown.render("three") == "<p>three</p>"
