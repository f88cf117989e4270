from __future__ import annotations

from coe.celery import app
from kpis.measures import touched


@app.task(name="measures.gather_touched")
def gather_touched() -> int:
    return touched.gather_touched()
