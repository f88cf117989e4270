"""What other rooms' pages show of onboarding."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from coe.onboarding.models import Enrolment
from coe.paths.models import Step

register = template.Library()
MOST = 3
# Whoever signs in for the first time is offered a way in; after so long they know it.
NEW = timedelta(days=30)


@register.inclusion_tag("onboarding/_home_onboarding.html", takes_context=True)
def home_onboarding(context: dict[str, Any]) -> dict[str, Any]:
    """Where the reader stands on paths and what comes next; nothing for who is on none. One query."""
    person = context["user"]
    title = Step.objects.filter(edition=OuterRef("edition"), key=OuterRef("next_key")).values("title")[:1]
    rows = Enrolment.objects.active().filter(person=person).select_related("path", "team", "mentor__person")
    shown = list(rows.annotate(next_title=Subquery(title)).order_by("next_due", "pk")[:MOST])
    return {"rows": shown, "is_new": not shown and person.created_at > timezone.now() - NEW}
