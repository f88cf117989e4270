"""What the demo does once, in order.

A step that was done is not done again until one of the files that it stands on changes.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo.environment import HOME, ROOT, Place


@dataclass(frozen=True)
class Step:
    """`words` are run by our Python; `stands_on` are globs under the checkout whose contents decide whether it is done
    again.
    """

    name: str
    words: Sequence[str]
    stands_on: Sequence[str]
    show: bool = False
    always: bool = False
    tries: int = 1

    @property
    def slug(self) -> str:
        return self.name.replace(" ", "-").lower()

    @property
    def there(self) -> bool:
        """Whether the module or the command that does it is in this checkout."""
        if self.words[0] == "-m":
            path = ROOT / self.words[1].replace(".", "/")
            return path.with_suffix(".py").exists() or (path / "__main__.py").exists()
        return any(ROOT.glob(f"*/*/management/commands/{self.words[1]}.py"))

    def mark(self, told: str) -> str:
        """A digest of what the step stands on and of what it is `told` (the addresses of the parts)."""
        digest = hashlib.sha256(f"{self.words} {told}".encode())
        for path in self._files():
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def is_done(self, told: str) -> bool:
        return not self.always and self._marker.exists() and self._marker.read_text() == self.mark(told)

    def done(self, told: str) -> None:
        self._marker.parent.mkdir(parents=True, exist_ok=True)
        self._marker.write_text(self.mark(told))

    def command(self) -> list[str]:
        return [sys.executable, *self.words]

    @property
    def _marker(self) -> Path:
        return HOME / "done" / self.slug

    def _files(self) -> Iterator[Path]:
        for pattern in self.stands_on:
            yield from sorted(path for path in ROOT.glob(pattern) if path.is_file() and path.suffix != ".pyc")


# Before the site is up: it needs its tables, and people to sign in as.
FIRST = (
    Step(
        "Tables and static files",
        ("-m", "demo.prepare"),
        ("*/*/migrations/*.py", "frontend/dist/**/*", "requirements/runtime.txt", "demo/prepare.py", "coe/settings.py"),
    ),
    Step("The invented group", ("-m", "demo.world", "people"), ("demo/world/**/*",), always=True),
)


def later(where: Place, store: str) -> tuple[Step, ...]:
    """While the site is up: teams train and log, the ordinary sync brings it in, people bind KPIs to it, hand the
    models over, write guides and ask mentors. `store` is the database of the MLflow server.
    """
    # The plant's server does not answer (it is meant to be so), and would end the step as failed.
    sync = ("manage.py", "sync_tracking", "--source", "group-mlflow")
    year = ("demo/training/**/*", "demo/backdate.py", "demo/world/**/*")
    return (
        Step(
            "Teams train their models",
            ("-m", "demo.training", "--tracking-uri", where.mlflow_url, "--months", "12"),
            ("demo/training/**/*",),
            show=True,
        ),
        Step(
            "Versions dated as their runs",
            ("-m", "demo.backdate", "--store", store),
            ("demo/training/**/*", "demo/backdate.py"),
        ),
        Step("MLflow servers connected", ("-m", "demo.world", "connect"), ("demo/world/**/*",), show=True),
        # The worker may be reading it at this moment; afterwards there is little left to read.
        Step("Sync from MLflow", sync, year, show=True, tries=60),
        Step("KPIs bound to what was logged", ("-m", "demo.world", "bind"), year),
        Step("Models handed over", ("-m", "demo.world", "handoffs"), (*year, "demo/new_version.py"), show=True),
        # It finds the alias that was moved on the server itself.
        Step("Sync after the handoffs", sync, (*year, "demo/new_version.py"), tries=60),
        Step("Guides written and read", ("-m", "demo.world", "guides"), (*year, "demo/new_version.py"), show=True),
        Step("Teams on their paths", ("-m", "demo.world", "onboarding"), (*year, "demo/new_version.py"), show=True),
        Step(
            "Mentors asked and answered", ("-m", "demo.world", "mentoring"), (*year, "demo/new_version.py"), show=True
        ),
        # Everything of before is in it at once; what happens from now on the worker adds within seconds.
        Step("Search index", ("manage.py", "rebuild_search"), (*year, "demo/new_version.py")),
        # Not before: the year's aliases were moved by our own orders, of which nobody has to be told.
        Step("MLflow calls back", ("manage.py", "connect_webhook", "group-mlflow", "--url", where.url), ()),
    )
