"""A real mail server and a real little web server on this machine, which say what the test wants them to say."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

from demo.services import free_port

SECONDS = 60


class Gate:
    """Keeps the server from answering at one step, until it is opened, or until so many `parties` wait at it."""

    def __init__(self, parties: int = 0) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()
        self.parties, self.there = parties, 0

    async def wait(self) -> None:
        self.there += 1
        if self.there == self.parties:
            self.opened.set()
        self.reached.set()
        await asyncio.to_thread(self.opened.wait, SECONDS)


class MailServer:
    """An SMTP server: what it took is in `mails`. `answers` and `gates` are by step: "MAIL", "RCPT" (or "RCPT
    somebody@example.com"), "DATA".

    Whoever hangs up before the answer to DATA has sent nothing.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.gates: dict[str, Gate] = {}
        self.controller: Any = None

    def start(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, server_hostname="mail.tests")
        self.controller.start()

    def stop(self) -> None:
        for gate in self.gates.values():
            gate.opened.set()
        if self.controller:
            self.controller.stop()
            self.controller = None

    async def _step(self, name: str, address: str = "") -> str:
        if name in self.gates:
            await self.gates[name].wait()
        return self.answers.get(f"{name} {address}") or self.answers.get(name, "250 OK")

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        return await self._step("MAIL")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return await self._step("RCPT", address)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        said = await self._step("DATA")
        if said.startswith("250"):
            # A long header is folded right after its name, which the parser takes for a space.
            mail = message_from_bytes(envelope.content, policy=policy.default)
            for name, value in list(mail.items()):
                mail.replace_header(name, value.strip())
            self.mails.append(mail)
        return said

    @property
    def ids(self) -> list[str]:
        """The Message-IDs of what it took, in order."""
        return [str(mail["Message-ID"]) for mail in self.mails]


@dataclass
class ChatServer:
    """An incoming webhook: what was posted to it is in `posts`; it answers `status` and `body`."""

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    posts: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def start(self) -> None:
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = self.rfile.read(int(self.headers["Content-Length"]))
                chat.posts.append(json.loads(said))
                chat.paths.append(self.path)
                self.send_response(chat.status)
                for name, value in chat.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(chat.body)))
                self.end_headers()
                self.wfile.write(chat.body)

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/services/T1/B2/x?y=z"
