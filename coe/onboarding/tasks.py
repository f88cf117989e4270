from __future__ import annotations

from coe.celery import app
from coe.onboarding import nudging, verifying
from coe.onboarding.models import Enrolment


@app.task(name="onboarding.nudge")
def nudge() -> int:
    return nudging.nudge_all()


@app.task(name="onboarding.look_again")
def look_again() -> int:
    return verifying.verify(Enrolment.objects.active().only("pk"))
