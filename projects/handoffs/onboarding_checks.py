"""What handoffs can see of a newcomer's steps: the first handoff, and the first model in production.

Both last: what was once accepted stays so, whatever becomes of later versions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coe.core.models import Event
from coe.paths.checks import Check, Finding, Newcomer, Touched, register
from projects.catalog.newcomers import WHOSE, find_by_project, of_kind, touched_by, touched_projects
from projects.checklists.models import Checklist, Edition
from projects.handoffs.models import Handoff, State
from projects.tracking.models import RegisteredModel

NOT_YET = {
    State.ACCEPTED: "No handoff of the project was accepted yet.",
    State.SUBMITTED: "No handoff of the project was submitted yet.",
}
NOT_IN_PRODUCTION = "No model of the project stands in production by an accepted handoff yet."


def find_handoff(newcomers: Sequence[Newcomer], params: Mapping[str, Any]) -> list[Finding]:
    """Whether a handoff of the project was submitted or accepted (`state`), by a checklist of one `kind` or of any but
    retirement. At most two queries.
    """
    state = State.SUBMITTED if params.get("state") == "submitted" else State.ACCEPTED
    kind = str(params.get("kind", ""))
    asked = {"checklist__kind": kind} if kind in Checklist.Kind.values else {}

    def of_projects(ids: set[int]) -> dict[int, Finding]:
        rows = Handoff.objects.filter(project__in=ids, **asked).select_related("model_version__model", "checklist")
        rows = rows if asked else rows.exclude(checklist__kind=Checklist.Kind.RETIREMENT)
        if state == State.ACCEPTED:
            rows, time = rows.filter(state=State.ACCEPTED), "decided_at"
        else:
            rows, time = rows.filter(submitted_at__isnull=False), "submitted_at"
        found: dict[int, Finding] = {}
        for one in rows.order_by(time, "pk"):
            seen = Finding(True, at=getattr(one, time), evidence=((str(one), one.get_absolute_url()),))
            found.setdefault(one.project_id, seen)
        return found

    return find_by_project(newcomers, of_projects, not_yet=NOT_YET[state])


def find_in_production(newcomers: Sequence[Newcomer], _params: Mapping[str, Any]) -> list[Finding]:
    """Whether MLflow set the production alias that an accepted handoff asked for. At most two queries."""

    def of_projects(ids: set[int]) -> dict[int, Finding]:
        applied = Handoff.objects.filter(
            project__in=ids,
            state=State.ACCEPTED,
            checklist__kind=Checklist.Kind.PRODUCTION,
            edition__effect=Edition.Effect.SET,
            order__applied_at__isnull=False,
        )
        found: dict[int, Finding] = {}
        for one in applied.select_related("model_version__model__source", "order").order_by("order__applied_at", "pk"):
            version = one.model_version
            link = (f"{version.model.name}, version {version.version}, in production", version.model.get_absolute_url())
            at = one.order.applied_at if one.order else None
            handoff = ("Its handoff", one.get_absolute_url())
            found.setdefault(one.project_id, Finding(True, at=at, evidence=(link, handoff)))
        return found

    return find_by_project(newcomers, of_projects, not_yet=NOT_IN_PRODUCTION)


def touched(events: Sequence[Event]) -> Touched:
    """Whom events about handoffs, and about models whose alias was set, concern: their projects' people."""
    of_handoffs = Handoff.objects.filter(pk__in=of_kind(events, Handoff))
    of_models = Handoff.objects.filter(model_version__model__in=of_kind(events, RegisteredModel))
    ids = of_handoffs.order_by().values_list("project_id").union(of_models.order_by().values_list("project_id"))
    found, direct = touched_projects(one for (one,) in ids), touched_by(events)
    return Touched(people=found.people | direct.people, subjects=found.subjects | direct.subjects)


register(
    Check(
        key="first_handoff",
        label="First handoff accepted",
        not_yet="Cairn waits until the receiving team accepts a handoff of the project.",
        verbs=WHOSE | {"handoff.submitted", "handoff.accepted"},
        find=find_handoff,
        touched=touched,
        lasts=True,
        params={
            "state": "“submitted” takes a handoff as soon as it was submitted; else it must be accepted.",
            "kind": "Only by a checklist of this kind: pilot, production or retirement; else any but retirement.",
        },
    )
)
register(
    Check(
        key="in_production",
        label="First model in production",
        not_yet="Cairn waits until the production alias stands on a version that an accepted handoff put there.",
        verbs=WHOSE | {"handoff.accepted", "alias.applied"},
        find=find_in_production,
        touched=touched,
        lasts=True,
    )
)
