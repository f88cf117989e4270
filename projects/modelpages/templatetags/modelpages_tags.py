"""The parts of a model's page, and what the home page says of the models that touch the reader."""

from __future__ import annotations

from typing import Any

from django import template

from coe.guides.library import note_reader
from projects.modelpages import mine
from projects.modelpages.page import compose
from projects.tracking.models import RegisteredModel

register = template.Library()


@register.simple_tag(takes_context=True)
def model_title(context: dict[str, Any], model: RegisteredModel) -> str:
    """What readers know the model by."""
    return compose(model, context["request"].user).title


@register.inclusion_tag("modelpages/_lede.html", takes_context=True)
def model_lede(context: dict[str, Any], model: RegisteredModel) -> dict[str, Any]:
    """In production since when, which version, who verified the text, how fresh it all is."""
    return {"page": compose(model, context["request"].user), "model": model}


@register.inclusion_tag("modelpages/_page.html", takes_context=True)
def model_page(context: dict[str, Any], model: RegisteredModel) -> dict[str, Any]:
    """The guide and the live facts beside it. Notes the reader of a published guide: one statement."""
    request = context["request"]
    page = compose(model, request.user)
    if page.guide and page.text and request.method == "GET":
        note_reader(page.guide, request.user)
    return {
        "page": page,
        "model": model,
        "request": request,
        "user": request.user,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("modelpages/_tabs.html")
def model_tabs(model: RegisteredModel, on: str) -> dict[str, Any]:
    """The tabs of a model's pages. No query."""
    return {"model": model, "on": on}


@register.inclusion_tag("modelpages/_home_models.html", takes_context=True)
def home_models(context: dict[str, Any]) -> dict[str, Any]:
    """The models that the reader uses or answers for, and what changed in them. At most three queries."""
    return {"cards": mine.for_home(context["request"].user)}
