"""What steps need of each other, and what becomes of it when one moves or goes. Pure functions over steps in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coe.paths.models import Step


@dataclass(frozen=True)
class Relinked:
    """A step that named one which is taken off: what it needs and covers from then on."""

    step: Step
    needs: tuple[str, ...]
    needs_rule: str
    covers: tuple[str, ...]

    @property
    def changes_needs(self) -> bool:
        return list(self.needs) != list(self.step.needs)


def too_early(steps: Sequence[Step]) -> tuple[Step, Step] | None:
    """The first step in this order that stands before one that it needs, and that one; None where there is none."""
    place = {one.key: n for n, one in enumerate(steps)}
    for n, step in enumerate(steps):
        for key in step.needs:
            if place.get(key, -1) >= n:
                return step, steps[place[key]]
    return None


def without(steps: Sequence[Step], gone: Step) -> list[Relinked]:
    """The steps that named `gone`, as they are without it.

    Whoever needed it needs what it needed instead, so that no order is lost. Only where the two rules do not go
    together (all of some, one of which needs any one of others) nothing can take its place.
    """
    found = []
    for one in steps:
        if one.key == gone.key or not (gone.key in one.needs or gone.key in one.covers):
            continue
        alone = one.needs == [gone.key]
        fits = alone or len(gone.needs) < 2 or gone.needs_rule == one.needs_rule
        instead = gone.needs if fits else []
        needs = [key for need in one.needs for key in (instead if need == gone.key else [need])]
        found.append(
            Relinked(
                step=one,
                needs=tuple(dict.fromkeys(needs)),
                needs_rule=gone.needs_rule if alone and gone.needs else one.needs_rule,
                covers=tuple(key for key in one.covers if key != gone.key),
            )
        )
    return found
