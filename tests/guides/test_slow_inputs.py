"""Texts made to be slow: the child that renders them is ended, and nobody else waits."""

from __future__ import annotations

import os
import signal
import threading
import urllib.error
import urllib.parse
import urllib.request

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client

from coe.core import markdown

SLOW = {
    "brackets": "[" * 20_000,
    "images": "![" * 20_000,
    "links in links": "[" * 20_000 + "](x)" * 5_000,
    "pairs": "[a](" * 15_000,
    "references": "[a]" * 20_000 + "\n\n[a]: b",
    "many references": "\n".join(f"[{n}]: /{n}" for n in range(3_000)) + "[1]" * 3_000,
    "quotes": "> " * 20_000,
    "quotes of lists": "> - " * 15_000,
    "stairs of quotes": "\n".join(">" * (n % 200) + " a" for n in range(400)),
    "lists": "- " * 20_000,
    "stairs of lists": "\n".join("    " * n + "- a" for n in range(170)),
    "stars": "*" * 60_000,
    "stars and words": "*a **b " * 9_000,
    "underlines": "_a__" * 15_000,
    "tildes": "~a~~" * 15_000,
    "backticks": "`" * 60_000,
    "backticks of all lengths": " ".join("`" * n for n in range(340)),
    "fences": "```\n" * 15_000,
    "fences of all lengths": "\n".join("`" * n for n in range(3, 340)),
    "comments": "<!--" * 16_000,
    "declarations": "<!" * 30_000,
    "instructions": "<?" * 30_000,
    "openers": "<" * 60_000,
    "tags": "<a " * 20_000,
    "divs": "<div>" * 12_000,
    "attributes": "<a " + "x='" * 20_000,
    "details": "<details>\n" * 6_000,
    "divs of Markdown": "<div markdown=1>\n" * 3_500,
    "entities": "&amp;" * 13_000,
    "ampersands": "&#" * 30_000,
    "pipes": "|" * 30_000 + "\n" + "|-" * 15_000 + "\n",
    "rows": "|a|b|\n|-|-|\n" + "|" * 50_000,
    "one line": "a" * 64_000,
    "spaces": " " * 30_000 + "a",
    "spaces in a heading": "# a" + " " * 60_000 + "b {#",
    "headings": "# a\n" * 15_000,
    "braces": "# a " + "{#a" * 20_000,
    "footnotes": "".join(f"[^{n}]" for n in range(2_000)) + "\n\n" + "".join(f"[^{n}]: a\n" for n in range(2_000)),
    "notes of notes": "[^1]: " * 10_000,
    "terms": "a\n: b\n" * 10_000,
    "short forms": "\n".join(f"*[a{n}]: b" for n in range(3_000)) + "\n\n" + "a1 " * 5_000,
    "callouts": "> [!NOTE]\n\n" * 5_000,
    "notices": "!!! note\n    " * 5_000,
    "escapes": "\\" * 60_000,
    "addresses": "http://" * 9_000,
    "mail": "a@" * 30_000,
    "bare hosts": "www." * 16_000,
    "new lines": "\n" * 64_000 + "a",
}


@pytest.mark.parametrize("name", SLOW)
@pytest.mark.parametrize("render", [markdown.render, markdown.render_page], ids=["text", "page"])
def test_is_rendered_or_ended_by_the_processor_time_that_it_took(name, render):
    markdown.render("warm")
    child = markdown._warm
    assert child is not None
    try:
        render(SLOW[name], field="body")
    except ValidationError as error:
        refusal = error.message_dict["body"][0]
    else:
        refusal = ""
    if "too long" in refusal:
        # Not by the clock, which a busy machine would have run out.
        assert child.process.returncode == -signal.SIGPROF
    else:
        assert child.process.poll() is None
        assert refusal == "" or "nested too deep" in refusal
    assert markdown.render("ok") == "<p>ok</p>"


@pytest.mark.django_db(transaction=True)
def test_another_reader_is_answered_while_a_text_is_rendered(make, live_server, monkeypatch):
    writer = make.person(roles=[("contributor", None)])
    asked, answers = threading.Event(), []
    ask = markdown._Child.ask

    def noted(self, question):
        asked.set()
        return ask(self, question)

    markdown.render("warm")
    child = markdown._warm
    assert child is not None
    monkeypatch.setattr(markdown._Child, "ask", noted)
    # As long as it stands still, its text takes for ever.
    os.kill(child.process.pid, signal.SIGSTOP)
    headers = _headers(writer)
    slow = threading.Thread(target=lambda: answers.append(_send(live_server.url, headers, {"text": "slow"})))
    slow.start()
    assert asked.wait(30)
    try:
        assert _send(live_server.url, headers)[0] == 200
        assert answers == []
    finally:
        os.kill(child.process.pid, signal.SIGKILL)
        slow.join(60)
    status, said = answers[0]
    assert status == 422
    assert "takes too long" in said
    assert markdown.render("ok") == "<p>ok</p>"


def _headers(person):
    """Those of a browser in which the person is signed in."""
    client = Client()
    client.force_login(person)
    token = "t" * 32
    cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    cookies[settings.CSRF_COOKIE_NAME] = token
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "X-CSRFToken": token}


def _send(address, headers, data=None):
    """Status and text of the front page, or of the preview of what is given."""
    body = urllib.parse.urlencode(data).encode() if data else None
    request = urllib.request.Request(address + ("/guides/preview/" if data else "/guides/"), body, headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
