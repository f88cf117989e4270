from __future__ import annotations

from coe.celery import app
from coe.search import index


@app.task(name="search.rebuild")
def rebuild() -> dict[str, int]:
    return index.rebuild()
