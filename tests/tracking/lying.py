"""A server between the portal and a real MLflow server that passes everything on, except where a test tells it to
lie.
"""

from __future__ import annotations

import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, bytes, dict[str, str]]
Lie = Callable[["Asked"], Reply | None]


class Asked:
    """A request, and what the real server says to it."""

    def __init__(self, liar: Liar, method: str, path: str, headers: dict[str, str], body: bytes, number: int) -> None:
        self.liar, self.method, self.path, self.headers, self.body, self.number = (
            liar,
            method,
            path,
            headers,
            body,
            number,
        )

    def truth(self) -> Reply:
        headers = {"Content-Type": "application/json"}
        path, body = self.path, self.body
        if "runs/" not in path and "logged-models/" not in path:
            # Lists of the shared server are asked for entire, because they are narrowed to one test's things below.
            path = re.sub(r"max_results=\d+", "max_results=1000", path)
            body = re.sub(rb'"max_results": \d+', b'"max_results": 50000', body)
        request = urllib.request.Request(
            self.liar.behind + path, data=body or None, headers=headers, method=self.method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                kind = answer.headers.get("Content-Type", "")
                content = answer.read()
                # Files are handed on as they are.
                return answer.status, self.liar.narrowed(content) if "json" in kind else content, {"Content-Type": kind}
        except urllib.error.HTTPError as error:
            return error.code, error.read(), {"Content-Type": error.headers.get("Content-Type", "")}

    def told(self, **changes: Any) -> Reply:
        """The truth with some members of its JSON changed."""
        status, body, headers = self.truth()
        return status, json.dumps({**json.loads(body), **changes}).encode(), headers


class Liar:
    """`lies[part of a path]`: called for each such request; None lets the truth through."""

    def __init__(self, behind: str) -> None:
        self.behind = behind
        self.lies: dict[str, Lie] = {}
        self.asked: list[str] = []
        # Set when the test ends, so that a request which is kept waiting comes back.
        self.over = threading.Event()
        self.hidden: set[str] = set()
        # Only these experiments and models of the shared server are shown: those that this test made.
        self.shown: set[str] = set()
        # Runs a page, where a test cannot set it in the process that asks.
        self.page = 0
        liar = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, content, headers = liar.answer(self.command, self.path, dict(self.headers), body)
                promised = int(headers.pop("X-Promised", len(content)))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(promised))
                self.end_headers()
                self.wfile.write(content)
                self.close_connection = promised != len(content)

            do_GET = do_POST = do_DELETE = do_PATCH = _answer

            def log_message(self, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        self.asked.append(path)
        if self.page and "runs/search" in path:
            body = re.sub(rb'"max_results": \d+', b'"max_results": %d' % self.page, body)
        for part, lie in list(self.lies.items()):
            if part in path:
                number = sum(1 for one in self.asked if part in one)
                reply = lie(Asked(self, method, path, headers, body, number))
                if reply is not None:
                    return reply
        return self._without_hidden(Asked(self, method, path, headers, body, 0))

    def narrowed(self, body: bytes) -> bytes:
        told = json.loads(body)
        for name, key in (("experiments", "experiment_id"), ("registered_models", "name"), ("model_versions", "name")):
            if isinstance(told, dict) and name in told:
                told[name] = [one for one in told[name] if one[key] in self.shown]
                told.pop("next_page_token", None)
        return json.dumps(told).encode()

    def _without_hidden(self, asked: Asked) -> Reply:
        """The truth, as if what is in `hidden` had been deleted for good."""
        gone = json.dumps({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "it does not exist"}).encode()
        if any(one in asked.path for one in self.hidden):
            return 404, gone, {"Content-Type": "application/json"}
        status, body, headers = asked.truth()
        if not self.hidden or status != 200:
            return status, body, headers
        told = json.loads(body)
        for name in ("runs", "experiments", "models"):
            if isinstance(told.get(name), list):
                told[name] = [one for one in told[name] if not any(hidden in json.dumps(one) for hidden in self.hidden)]
        return status, json.dumps(told).encode(), headers

    def honest(self) -> None:
        self.lies.clear()
        self.asked.clear()

    def close(self) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


def at(number: int, lie: Lie) -> Lie:
    """Lie only at the request of this number (from 1) and after it for as long as it is asked again."""
    return lambda asked: lie(asked) if asked.number >= number else None


def error_500(asked: Asked) -> Reply:
    return 500, b'{"error_code": "INTERNAL_ERROR", "message": "boom"}', {"Content-Type": "application/json"}


def empty(asked: Asked) -> Reply:
    return 200, b"{}", {"Content-Type": "application/json"}


def empty_page(asked: Asked) -> Reply:
    return 200, b'{"runs": [], "next_page_token": "more"}', {"Content-Type": "application/json"}


def redirect(asked: Asked) -> Reply:
    return 302, b"", {"Location": "http://169.254.169.254/latest/meta-data"}


def page_of_html(asked: Asked) -> Reply:
    return 200, b"<!doctype html><h1>Sign in</h1>", {"Content-Type": "text/html"}


def half(asked: Asked) -> Reply:
    status, body, headers = asked.truth()
    return status, body[: len(body) // 2], {**headers, "X-Promised": str(len(body))}


def silence(asked: Asked) -> Reply:
    asked.liar.over.wait(30)
    return 503, b"", {}


def endless(asked: Asked) -> Reply:
    """The first page, whatever page is asked for, each time with another token."""
    asked.path = re.sub(r"&page_token=[^&]*", "", asked.path)
    asked.body = re.sub(rb', "page_token": "[^"]*"', b"", asked.body)
    return asked.told(next_page_token=f"page-{asked.number}")


def unordered(asked: Asked) -> Reply:
    status, body, headers = asked.truth()
    told = json.loads(body)
    return status, json.dumps({**told, "runs": told.get("runs", [])[::-1], "next_page_token": "x"}).encode(), headers


def list_of_words(asked: Asked) -> Reply:
    return 200, b'{"runs": ["a", "b"]}', {"Content-Type": "application/json"}


def too_many(asked: Asked) -> Reply:
    return 429, b"slow down", {"Retry-After": "7"}
