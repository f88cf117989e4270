"""Panels of handoffs on the pages of projects, models and people."""

from __future__ import annotations

from typing import Any

from django import template

from coe.core import access
from projects.catalog.models import Project
from projects.handoffs import listing as lists
from projects.handoffs.models import OPEN, Handoff
from projects.tracking.models import RegisteredModel

register = template.Library()
SHOWN = 6


@register.inclusion_tag("handoffs/_project_handoffs.html", takes_context=True)
def project_handoffs(context: dict[str, Any], project: Project) -> dict[str, Any]:
    """The project's handoffs: open ones first, then the newest decided ones. One query."""
    known = Handoff.objects.visible_to(context["user"]).filter(project=project)
    rows = list(known.with_all().with_newest().order_by("-id")[: SHOWN * 4])
    rows.sort(key=lambda one: one.state not in OPEN)
    return {"project": project, "handoffs": rows[:SHOWN], "has_more": len(rows) > SHOWN}


@register.inclusion_tag("handoffs/_model_handoffs.html", takes_context=True)
def model_handoffs(context: dict[str, Any], model: RegisteredModel) -> dict[str, Any]:
    """The handoffs of the model's versions, and the way to open one."""
    person = context["user"]
    known = Handoff.objects.visible_to(person).filter(model_version__model=model)
    may_open = model.project is not None and access.may(person, "handoff.open", model.project)
    return {
        "model": model,
        "handoffs": list(known.with_all().order_by("-model_version__version", "-id")[: SHOWN * 2]),
        "may_open": may_open and model.missing_since is None,
    }


@register.inclusion_tag("handoffs/_home_handoffs.html", takes_context=True)
def home_handoffs(context: dict[str, Any]) -> dict[str, Any]:
    """What waits for the person, in numbers; nothing at all when nothing waits. One query."""
    waiting = [turn for turn in lists.turns(context["user"]) if turn.count]
    return {"waiting": waiting}
