from __future__ import annotations

from django import template

from coe.core import events
from coe.core.models import Event

register = template.Library()


@register.filter
def say(event: Event) -> str:
    """The event as a clause after the actor's name: "moved it to pilot: trial went well"."""
    return events.say(event)
