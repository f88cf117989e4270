"""Who hears what is expected of a project's figures: who owns it."""

from __future__ import annotations

from collections.abc import Iterable

from coe.core import events, telling
from coe.core.models import Event
from coe.core.telling import News
from coe.core.wording import because, who
from projects.catalog.models import Project
from projects.catalog.telling import news


@telling.tell("baseline.set", "target.set")
def _expected(event: Event) -> Iterable[News]:
    """Where the unit's lead or the centre set it. The owner who did it is the actor, and is not told."""
    project = Project.objects.filter(pk=event.subject_id).first()
    if project is not None:
        text = because(f"{project}: {who(event)} {events.say(event)}", "")
        yield from news(event, project, text, {project.owner_id})
