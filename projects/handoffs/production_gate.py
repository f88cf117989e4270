"""A project goes into production with an accepted handoff (the centre can override it; its reason stays visible)."""

from __future__ import annotations

from projects.catalog.gates import gate
from projects.catalog.models import Project, Stage
from projects.checklists.models import Checklist
from projects.handoffs.models import Handoff, State


@gate(Stage.PRODUCTION, "handoff")
def accepted_handoff(project: Project) -> str:
    """Why the project may not go into production yet; empty when a handoff into production was accepted."""
    accepted = Handoff.objects.filter(
        project=project.pk, state=State.ACCEPTED, checklist__kind=Checklist.Kind.PRODUCTION
    )
    if project.pk is not None and accepted.exists():
        return ""
    return "A move into production needs an accepted handoff of a model version."
