"""What all tests share: the parts are started, and Django with them, before `tests.fixtures` and any test is imported.
"""

from __future__ import annotations

import django

from tests import parts

parts.embed()
django.setup()

pytest_plugins = ["tests.fixtures"]


def pytest_unconfigure() -> None:
    parts.end()
