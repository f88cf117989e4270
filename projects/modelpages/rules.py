"""Who may write the guide of a model: the team of its project."""

from __future__ import annotations

from coe.accounts.models import Person
from coe.core import access, events
from projects.tracking.models import RegisteredModel


@access.rule("modelpage.write")
def _write(person: Person, model: object) -> bool:
    """Write, publish and verify the guide: who may edit the project that the model belongs to."""
    return (
        isinstance(model, RegisteredModel)
        and model.project is not None
        and access.may(person, "project.edit", model.project)
    )


events.sentence("model.used", lambda facts: "uses it" + (f": {facts['purpose']}" if facts.get("purpose") else ""))
events.sentence("model.unused", "no longer uses it")
