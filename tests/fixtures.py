"""Shared fixtures: people, browsers, a served site, a real worker, a real MLflow."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from rest_framework.test import APIClient

from coe.accounts.models import ApiToken, Person
from coe.celery import app
from demo.processes import Child, Command
from tests import emptying, parts
from tests.factories import Make

FRONTEND = parts.ROOT / "frontend"
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-dev-shm-usage",
)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The database of this process, which tests that commit leave as `migrate` left it."""
    with django_db_blocker.unblock():
        if ready := emptying.prepare():
            emptying.use(ready)


@pytest.fixture
def make(db: None) -> Make:
    """`make.project("churn", unit=retail)`: see tests/factories.py."""
    return Make()


@pytest.fixture
def sign_in() -> Callable[[Person], Client]:
    """`sign_in(person)`: a test client with that person's session."""

    def signed_in(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def api() -> Callable[..., APIClient]:
    """`api(person)`: a client of the API with a token of that person; `api()`: one without."""

    def client_of(person: Person | None = None) -> APIClient:
        client = APIClient()
        if person:
            _, token = ApiToken.objects.create(user=person)
            client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        return client

    return client_of


# -- browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def playwright_browser() -> Iterator[Browser]:
    """This machine's Chromium, headless. Without one: skipped loudly, but in CI an error."""
    path = next(filter(None, map(shutil.which, _CHROMIUM)), None) or (
        _MAC_CHROME if Path(_MAC_CHROME).exists() else None
    )
    if path is None:
        message = "THERE IS NO CHROMIUM ON THIS MACHINE: the browser tests were not run (`make browser` installs it)"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        yield browser
        browser.close()


@dataclass
class Browsing:
    """Opens pages, each in a context of its own. What a page's script complained of is in `complaints`."""

    browser: Browser
    base_url: str
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __call__(
        self, person: Person | None = None, *, phone: bool = False, dark: bool = False, javascript: bool = True
    ) -> Page:
        """A page of somebody (or of nobody) who is signed in; `goto` takes paths of the live site."""
        context = self.browser.new_context(
            base_url=self.base_url,
            viewport={"width": 375, "height": 740} if phone else {"width": 1440, "height": 900},
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        if person:
            client = Client()
            client.force_login(person)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.base_url}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._note(page, said.type, said.text))
        return page

    def _note(self, page: Page, kind: str, text: str) -> None:
        # A page that answers 4xx on purpose is no fault of its script.
        if kind == "error" and "Failed to load resource" not in text:
            self.complaints.append(f"{page.url}: {text}")


@pytest.fixture
def chromium(playwright_browser: Browser, live_site: str) -> Iterator[Browsing]:
    """`page = chromium(person, phone=True, dark=True)`, then `page.goto("/scoreboard/")`; fails on any script or CSP
    error.
    """
    browsing = Browsing(playwright_browser, base_url=live_site)
    yield browsing
    for context in browsing.contexts:
        context.close()
    assert browsing.complaints == []


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)`: fails with axe-core's findings on the page as it is now."""
    script = (FRONTEND / "node_modules" / "axe-core" / "axe.min.js").read_text()

    def check(page: Page) -> None:
        # Through the debugging protocol, which the page's CSP does not bind.
        page.evaluate(script)
        found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        lines = [
            f"{each['id']} ({each['impact']}): {node['target']} {node['html'][:160]}"
            for each in found
            for node in each["nodes"]
        ]
        assert not lines, f"{page.url}\n" + "\n".join(lines)

    return check


@pytest.fixture
def live_site(live_server: Any) -> str:
    """The address of the site, served from this process with its real style sheet and script."""
    assert (FRONTEND / "dist" / "cairn.css").exists(), "the front end is not built: `make frontend`"
    return str(live_server.url)


# -- processes ----------------------------------------------------------------------------------------------------


@dataclass
class WorkerProcess:
    """A real Celery worker on the real broker and the test database."""

    child: Child | None = None

    @property
    def pid(self) -> int:
        assert self.child is not None
        return self.child.process.pid

    def start(self) -> None:
        """Start it and wait until it answers on the broker."""
        # What earlier tests put into the queue is not this test's.
        app.control.purge()
        words = [sys.executable, "-m", "celery", "-A", "coe.celery", "worker", "-c", "1", "-l", "info"]
        name = f"worker{os.getpid()}@tests"
        words += ["-n", name, "--without-gossip", "--without-mingle"]
        env = {**os.environ, "DATABASE_URL": database_url_of_test(), "REMAP_SIGTERM": "SIGQUIT"}
        log = parts.home() / "worker.log"
        self.child = parts.family.start(Command("Celery worker", words, log, env, cwd=parts.ROOT))
        parts.family.until(
            lambda: bool(app.control.ping(destination=[name], timeout=0.5)),
            "Celery worker",
            seconds=60,
            child=self.child,
        )

    def kill(self) -> None:
        """SIGKILL to the worker and its pool, as the kernel does when memory is short."""
        assert self.child is not None
        os.killpg(self.pid, signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        if self.child:
            parts.family.stop(self.child)
            self.child = None


@pytest.fixture
def celery_worker_process(transactional_db: None) -> Iterator[WorkerProcess]:
    """A running worker: `.kill()`, `.start()`, `.stop()`, `.pid`."""
    worker = WorkerProcess()
    worker.start()
    yield worker
    worker.stop()


def database_url_of_test() -> str:
    """The DATABASE_URL under which another process finds the database of this test."""
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    return f"{base.rpartition('/')[0]}/{connection.settings_dict['NAME']}" + (f"?{query}" if query else "")


@pytest.fixture(scope="session")
def mlflow_server() -> str:
    """The address of a real MLflow server, one for all tests of this process: use experiment names of your own."""
    return parts.start_mlflow()


def run_manage(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """`manage.py words…` as a process of its own, with `env` on top of the tests' environment."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=parts.ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
