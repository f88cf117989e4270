from __future__ import annotations

from coe.celery import app
from coe.guides import verifying


@app.task(name="guides.tell_due")
def tell_due() -> int:
    return verifying.tell_due()
