"""What other rooms' pages show of onboarding."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import OuterRef, Subquery

from coe.onboarding.models import Enrolment
from coe.paths.models import Step

register = template.Library()
MOST = 3


@register.inclusion_tag("onboarding/_home_onboarding.html", takes_context=True)
def home_onboarding(context: dict[str, Any]) -> dict[str, Any]:
    """Where the reader stands on paths and what comes next; nothing for who is on none. One query."""
    person = context["user"]
    title = Step.objects.filter(edition=OuterRef("edition"), key=OuterRef("next_key")).values("title")[:1]
    rows = Enrolment.objects.active().filter(person=person).select_related("path", "team", "mentor__person")
    return {"rows": list(rows.annotate(next_title=Subquery(title)).order_by("next_due", "pk")[:MOST])}
