"""What mentoring can see of a newcomer's steps: the first request that was resolved, as mentor or as asker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType

from coe.core.models import Event
from coe.mentoring.models import Request, State
from coe.paths.checks import Check, Finding, Newcomer, Touched, register


def find_resolved(newcomers: Sequence[Newcomer], params: Mapping[str, Any]) -> list[Finding]:
    """Whether one of the newcomer's people answered a request that was resolved (with `as` “asker”: asked it). With
    `guide` “yes”, one of which a guide was made. One query.
    """
    path = "requester_id" if params.get("as") == "asker" else "mentor__person_id"
    people = {pk for one in newcomers for pk in one.people}
    rows = Request.objects.filter(state=State.RESOLVED, **{f"{path.removesuffix('_id')}__in": people})
    if params.get("guide") == "yes":
        rows = rows.filter(guide__isnull=False)
    first: dict[int, tuple[Any, ...]] = {}
    for row in rows.order_by("resolved_at", "pk").values_list(path, "resolved_at", "pk", "goal"):
        first.setdefault(row[0], row[1:])
    why = (
        "No guide was made of a resolved request yet."
        if params.get("guide") == "yes"
        else "No request is resolved yet."
    )
    return [_earliest((first[pk] for pk in one.people if pk in first), why) for one in newcomers]


def _earliest(rows: Iterable[tuple[Any, ...]], why: str) -> Finding:
    found = min(rows, default=None)
    if found is None:
        return Finding(False, why=why)
    at, pk, goal = found
    return Finding(True, at=at, evidence=((goal, Request(pk=pk).get_absolute_url()),))


def touched(events: Sequence[Event]) -> Touched:
    """Who asked and who answers."""
    type_id = ContentType.objects.get_for_model(Request).pk
    ids = {event.subject_id for event in events if event.subject_type_id == type_id}
    rows = Request.objects.filter(pk__in=ids).order_by().values_list("requester_id", "mentor__person_id")
    return Touched(people=frozenset(pk for row in (rows if ids else ()) for pk in row if pk))


register(
    Check(
        key="request_resolved",
        label="First request resolved",
        not_yet="Cairn waits for the first mentor request that is resolved.",
        verbs=frozenset({"mentoring.resolved", "mentoring.guide_made"}),
        find=find_resolved,
        touched=touched,
        lasts=True,
        params={
            "as": "“asker” looks at requests that the person asked; else at those answered as a mentor.",
            "guide": "“yes” asks that a guide was made of it.",
        },
    )
)
