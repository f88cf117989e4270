"""How aliases stand, on the pages of models and handoffs."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import F, Value

from coe.core import access
from projects.catalog.models import Project
from projects.registry import states
from projects.registry.models import AliasOrder, Drift, ManagedAlias
from projects.tracking.models import RegisteredModel, Source

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
    """The project's aliases that moved behind our back, or that MLflow does not have where they are wanted yet.

    One query where no order is late: the page has many other panels.
    """
    mine, person = {"managed__model__project": project}, context["user"]
    named = ("managed__alias", "managed__model__name", "managed__model__source__name")
    opened = Drift.objects.visible_to(person).filter(**mine, state=Drift.State.OPEN).order_by("-pk")
    waiting = AliasOrder.objects.visible_to(person).filter(**mine, state=AliasOrder.State.WAITING).exclude(error="")
    drifts = opened.annotate(is_drift=Value(True)).values_list(
        "is_drift", "pk", *named, "expected_version", "found_version"
    )
    orders = waiting.order_by("-pk").annotate(is_drift=Value(False), wanted=F("version"))
    late_ones = orders.values_list("is_drift", "pk", *named, "wanted", "version")
    rows = list(drifts[:SHOWN].union(late_ones[:SHOWN], all=True))
    late = [row[1] for row in rows if not row[0]]
    found = AliasOrder.objects.filter(pk__in=late).select_related("managed__model__source") if late else []
    return {"drifts": [_drift(*row[1:]) for row in rows if row[0]], "late": states.state_of(list(found))}


def _drift(pk: int, alias: str, model: str, source: str, expected: int | None, found: int | None) -> Drift:
    """The drift as its notice shows it, out of one row."""
    managed = ManagedAlias(alias=alias, model=RegisteredModel(name=model, source=Source(name=source)))
    return Drift(pk=pk, managed=managed, expected_version=expected, found_version=found)
