"""Who may know of paths, and who writes them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from coe.accounts.models import Person
from coe.accounts.rules import is_administrator
from coe.core import access, events
from coe.paths.models import Edition, Path


@access.visibility("path")
def _paths(person: Person) -> Q:
    """Published ones; one's own also as drafts; the centre sees all."""
    if is_administrator(person):
        return Q()
    published = Exists(Edition.objects.filter(path=OuterRef("pk"), state=Edition.State.PUBLISHED))
    return Q(published) | Q(owner=person)


@access.rule("path.create")
def _create(person: Person, _path: object) -> bool:
    return is_administrator(person)


@access.rule("path.edit")
def _edit(person: Person, path: object) -> bool:
    """Write, publish, put away: its owner and the centre."""
    return is_administrator(person) or (isinstance(path, Path) and path.owner_id == person.pk)


events.sentence("path.created", "began the path “{title}”")
events.sentence("path.changed", lambda facts: "changed " + ", ".join(facts.get("fields", [])).replace("_", " "))
events.sentence("path.edition_drafted", "began edition {number}")
events.sentence(
    "path.edition_published", lambda f: f"published edition {f['number']}" + (f": {f['note']}" if f.get("note") else "")
)
events.sentence("path.draft_discarded", "threw the draft of edition {number} away")
events.sentence("path.step_added", "added the step “{title}”")
events.sentence("path.step_changed", "changed the step “{title}”")
events.sentence("path.step_moved", "moved the step “{title}”")
events.sentence("path.step_removed", "took the step “{title}” off")
events.sentence("path.archived", "put it away")
events.sentence("path.restored", "took it up again")
