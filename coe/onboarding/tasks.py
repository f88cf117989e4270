from __future__ import annotations

from coe.celery import app
from coe.onboarding import nudging


@app.task(name="onboarding.nudge")
def nudge() -> int:
    return nudging.nudge_all()
