"""What is told on a project's timeline: what happened to it, and what rooms that stand on this one add of their own."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet

from coe.core.access import AlreadyRegistered
from coe.core.models import Event
from projects.catalog.models import Project

# Given the project: the condition on events about other subjects that belong on its timeline. Whoever may know of the
# project must be allowed to know of them.
Related = Callable[[Project], Q]
_related: dict[str, Related] = {}


def register(name: str, function: Related) -> None:
    """Put a room's events on the timelines of projects. Raises `AlreadyRegistered` for a name given twice."""
    if name in _related:
        raise AlreadyRegistered(name)
    _related[name] = function


def events_of(project: Project) -> QuerySet[Event]:
    """The project's timeline, newest first."""
    conditions = [function(project) for _, function in sorted(_related.items())]
    own = Event.objects.about(project)
    if not conditions:
        return own
    # One branch an index: an OR over subjects would read every event.
    branches = [own.order_by().values("pk"), *(Event.objects.filter(each).values("pk") for each in conditions)]
    return Event.objects.filter(pk__in=branches[0].union(*branches[1:], all=True)).order_by("-id")
