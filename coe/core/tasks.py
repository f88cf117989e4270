from __future__ import annotations

from coe.celery import app
from coe.core import outbox, stream


@app.task(name="core.sweep_outbox")
def sweep_outbox() -> int:
    return outbox.sweep()


@app.task(name="core.carry_out")
def carry_out(entry_id: int) -> None:
    entry = outbox.claim(entry_id)
    if entry:
        outbox.carry_out(entry)


@app.task(name="core.read_stream")
def read_stream() -> int:
    return stream.read_all()
