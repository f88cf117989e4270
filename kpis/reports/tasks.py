from __future__ import annotations

from coe.celery import app
from kpis.reports import boards


@app.task(name="reports.warm_boards")
def warm_boards() -> int:
    return boards.warm()
