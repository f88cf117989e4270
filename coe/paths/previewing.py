"""A path as a newcomer meets it on the first day. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import partial

from coe.paths import dates, order
from coe.paths.models import Step
from coe.paths.shown import Line, Preview, Previewed


def preview_of(lines: Sequence[Line], *, roles: Collection[str], experience: str, start: date) -> Preview:
    """What somebody with these roles and this experience sees who starts on that day; weekends alone are free."""
    steps: list[Step] = [one.step for one in lines]
    meant = partial(order.applies, roles=roles, experience=experience)
    now = order.open_steps(steps, set(), meant)
    first = order.next_step(steps, set(), meant)
    return Preview(
        steps=tuple(
            Previewed(
                line=line,
                is_open=line.step.key in now,
                is_next=line.step is first,
                due_on=None if line.step.due_days is None else dates.due(start, line.step.due_days, dates.is_weekend),
            )
            for line in lines
            if meant(line.step)
        ),
        left_out=tuple(line for line in lines if not meant(line.step)),
    )
