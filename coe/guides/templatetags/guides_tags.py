"""Panels of feedback and guides on the pages of documents, models, projects, handoffs and on the home page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from coe.accounts.models import Person
from coe.core import access
from coe.guides import about, feedback_lists, feedback_panel
from coe.guides.feedback_subjects import section_words
from coe.guides.models import Document

register = template.Library()
SHOWN = 8

register.filter("section_words", section_words)


@register.inclusion_tag("guides/_feedback.html", takes_context=True)
def feedback_on(
    context: dict[str, Any], subject: Model, version: int | None = None, revision: int | None = None
) -> dict[str, Any]:
    """Votes, open reports and answers on a document or thing, and the ways to say something. Two queries."""
    request = context["request"]
    return {
        **feedback_panel.of(subject, request.user, version=version, revision=revision),
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "back": request.get_full_path(),
    }


@register.inclusion_tag("guides/_open_reports.html", takes_context=True)
def open_reports(context: dict[str, Any], subject: Model) -> dict[str, Any]:
    """The reports of wrong outputs of a thing that nobody has answered yet. One query."""
    found = feedback_panel.reports_on(subject, context["request"].user)
    return {"reports": found[: feedback_panel.SHOWN], "subject": subject, "pair": feedback_panel.pair_of(subject)}


@register.inclusion_tag("guides/_home_feedback.html", takes_context=True)
def home_feedback(context: dict[str, Any]) -> dict[str, Any]:
    """What readers said that waits for the person's answer, and what was answered of the person's own lately."""
    waiting, answered = feedback_lists.on_home(context["request"].user)
    return {"waiting": waiting, "answered": answered, "shown": SHOWN}


@register.inclusion_tag("guides/_guides_about.html", takes_context=True)
def guides_about(context: dict[str, Any], subject: Model, may_write: bool | None = None) -> dict[str, Any]:
    """The documents about a thing, lessons apart, and for its team the way to write one. One query; two where the page
    does not say whether the person `may_write`.
    """
    person: Person = context["request"].user
    type_id = ContentType.objects.get_for_model(subject).pk
    rows = Document.objects.visible_to(person).published_only().about(subject).select_related("published", "owner")
    found = list(rows.order_by("-first_published_at")[: 4 * SHOWN])
    if may_write is None:
        may_write = access.may(person, "document.create") and about.may_write_on(person, type_id, subject.pk)
    return {
        "guides": [one for one in found if one.kind != "lesson"][:SHOWN],
        "lessons": [one for one in found if one.kind == "lesson"][:SHOWN],
        "has_more": len(found) > SHOWN,
        "may_write": may_write,
        "query": urlencode({"type": type_id, "id": subject.pk}),
        "pair": f"{type_id}-{subject.pk}",
    }
