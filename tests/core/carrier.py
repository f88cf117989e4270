"""A worker of its own: `python -m tests.core.carrier FILE` carries out what is due, and hangs in the middle.

It writes a line to FILE when it has begun, then waits for its standard input; the test kills it there.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coe.settings")
django.setup()

from coe.core import outbox  # noqa: E402  Django must be set up first


def main(path: Path) -> None:
    @outbox.handler("test.hang")
    def hang(payload: dict[str, str]) -> None:
        path.write_text("begun")
        sys.stdin.read()

    outbox.sweep()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
