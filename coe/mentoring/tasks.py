from __future__ import annotations

from coe.celery import app
from coe.mentoring import placing


@app.task(name="mentoring.route")
def route() -> None:
    placing.sweep()
