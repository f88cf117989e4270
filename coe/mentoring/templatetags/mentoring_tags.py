"""Times of requests in words, the way to the form for asking, and the panel on the home page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from coe.accounts.models import BusinessUnit
from coe.guides import about
from coe.guides.models import Document
from coe.mentoring import listing as lists
from coe.mentoring import words
from coe.mentors.tags import tidy

register = template.Library()
MOST_TAGS = 8


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    """ "14:30 today" in the reader's time zone, with the exact time and the zone on hover."""
    return "" if at is None else _time(at, words.moment(at, timezone.now()))


@register.filter
def left(at: datetime | None) -> SafeString | str:
    """ "in 3 hours", with the exact time on hover."""
    return "" if at is None else _time(at, words.left(at, timezone.now()))


@register.filter
def span(days: float | None) -> str:
    """A number of days as people say it: "3.5 hours"."""
    return words.span(days)


def _time(at: datetime, said: str) -> SafeString:
    there = timezone.localtime(at)
    exact = f"{there.day} {there:%B %Y, %H:%M %Z}"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, said)


@register.simple_tag
def ask_url(
    thing: Model,
    version: int | None = None,
    tags: Iterable[str] = (),
    more: Iterable[str] = (),
    unit: BusinessUnit | None = None,
) -> str:
    """Where somebody asks for a mentor about a thing: with its version, tags and unit filled in. No query."""
    found = list(dict.fromkeys(filter(None, (tidy(tag) for tag in [*(tags or ()), *(more or ())]))))[:MOST_TAGS]
    asked = {
        "about": _named(thing),
        "version": version or "",
        "tags": ",".join(found),
        "unit": unit.slug if unit else "",
    }
    return reverse("mentoring:ask") + "?" + urlencode({name: value for name, value in asked.items() if value})


def _named(thing: Model) -> str:
    """As the form for asking takes it: "project:churn", "model:12", "document:how-to"; empty for other things."""
    if isinstance(thing, Document):
        return f"document:{thing.slug}"
    kind = next((one for one in about.kinds() if isinstance(thing, one.model)), None)
    return f"{kind.name}:{getattr(thing, 'slug', None) or thing.pk}" if kind else ""


@register.inclusion_tag("mentoring/_home_mentoring.html", takes_context=True)
def home_mentoring(context: dict[str, Any]) -> dict[str, Any]:
    """The requests that wait for the person's answer, and those of the person that go on. One query."""
    request = context["request"]
    waiting, asked = lists.on_home(request.user, timezone.now())
    return {"waiting": waiting, "asked": asked, "csrf_token": context.get("csrf_token"), "request": request}
