"""One request to a page as a benchmark asks it: how long it took on the server, and how many queries it made."""

from __future__ import annotations

import time
from typing import Any


def milliseconds(client: Any, path: str) -> float:
    """How long the page takes. Raises `RuntimeError` when it does not answer with 200."""
    started = time.perf_counter()
    response = client.get(path)
    elapsed = (time.perf_counter() - started) * 1000
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
    return elapsed


def queries(client: Any, path: str) -> int:
    """How many queries the page makes. Django must be set up before this is called."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)
