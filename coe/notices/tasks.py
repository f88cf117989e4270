from __future__ import annotations

from coe.celery import app
from coe.notices import forgetting, letters


@app.task(name="notices.post_letters")
def post_letters() -> int:
    return letters.post_letters()


@app.task(name="notices.forget")
def forget() -> int:
    return forgetting.forget()
