"""How aliases stand, on the pages of models and handoffs."""

from __future__ import annotations

from typing import Any

from django import template

from coe.core import access
from projects.catalog.models import Project
from projects.registry import states
from projects.registry.models import AliasOrder, Drift
from projects.tracking.models import RegisteredModel

register = template.Library()
SHOWN = 6


@register.inclusion_tag("registry/_alias_state.html", takes_context=True)
def alias_state(context: dict[str, Any], model: RegisteredModel) -> dict[str, Any]:
    """Each managed alias of the model: where it stands, what waits or drifted, and what the reader may do about it."""
    aliases = states.aliases_of(model)
    return {
        "model": model,
        "aliases": aliases,
        "may_decide": bool(aliases) and access.may(context["user"], "alias.decide", model),
    }


@register.inclusion_tag("registry/_order_state.html")
def order_state(order: AliasOrder) -> dict[str, Any]:
    """Whether MLflow has carried the order out, in one sentence. Wants `order.managed.model.source` at hand."""
    return {"state": states.state_of([order])[0], "model": order.managed.model}


@register.inclusion_tag("registry/_project_drift.html", takes_context=True)
def project_drift(context: dict[str, Any], project: Project) -> dict[str, Any]:
    """The project's aliases that moved behind our back, or that MLflow does not have where they are wanted yet."""
    mine = {"managed__model__project": project}
    related = ("managed__model__source",)
    person = context["user"]
    drifts = Drift.objects.visible_to(person).filter(**mine, state=Drift.State.OPEN).select_related(*related)
    late = AliasOrder.objects.visible_to(person).filter(**mine, state=AliasOrder.State.WAITING).exclude(error="")
    return {"drifts": drifts[:SHOWN], "late": states.state_of(list(late.select_related(*related)[:SHOWN]))}
