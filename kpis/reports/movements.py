"""What changed since the day compared with, in single projects' figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kpis.measures.models import Binding
from kpis.reports import boards, facts
from kpis.reports.audiences import Audience
from kpis.reports.packing import Short
from kpis.reports.queries import address
from kpis.reports.words import Move, biggest_moves


def candidates(now: Mapping[int, Short], before: Mapping[int, Short], most: int) -> list[int]:
    """Ids of the bindings whose indexes moved most, and of some whose index was lost or won.

    At most three times `most`.
    """
    moved, lost, won = [], [], []
    for pk, short in now.items():
        then = before.get(pk)
        was = then.index if then else None
        if short.index is not None and was is not None:
            if short.index != was:
                moved.append((-abs(short.index - was), pk))
        elif was is not None:
            lost.append((-abs(was), pk))
        elif short.index is not None:
            won.append((-abs(short.index), pk))
    return [pk for group in (moved, lost, won) for _, pk in sorted(group)[:most]]


def movements(
    audience: Audience, as_of: date, compared: date, definitions: facts.Definitions, most: int = 6
) -> list[Move]:
    """The biggest moves between the two days among what the audience may see: two queries when the boards are kept."""
    on = boards.readings_for(audience, [compared, as_of])
    now, before = on[as_of], on[compared]
    chosen = candidates(now, before, most)
    if not chosen:
        return []
    names = definitions.on(as_of)
    moves = []
    for binding in Binding.objects.filter(pk__in=chosen).select_related("project__unit", "kpi").order_by("pk"):
        then = before.get(binding.pk)
        moves.append(
            Move(
                binding.project.name,
                names[binding.kpi_id].name,
                binding.project.unit.name,
                address("reports:explain_project", binding.project.slug, binding.kpi.key, as_of=as_of),
                now[binding.pk].index,
                then.index if then else None,
                now[binding.pk].reason,
                then.reason if then else None,
            )
        )
    return biggest_moves(moves, most)
