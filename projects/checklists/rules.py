"""Who may read checklists and who may write them."""

from __future__ import annotations

from django.db.models import Q

from coe.accounts.models import Person
from coe.accounts.rules import is_administrator
from coe.core import access, events


@access.visibility("checklist")
def _checklists(_person: Person) -> Q:
    return Q()


@access.rule("checklist.manage")
def _manage(person: Person, _checklist: object) -> bool:
    return is_administrator(person)


events.sentence("checklist.created", "wrote the checklist {name}")
events.sentence("checklist.changed", "changed {what} of the checklist")
events.sentence("checklist.drafted", "began edition {number}")
events.sentence("checklist.edited", "changed the draft of edition {number}: {what}")
events.sentence("checklist.discarded", "threw away the draft of edition {number}")
events.sentence(
    "checklist.published",
    lambda facts: f"published edition {facts['number']}" + (f": {facts['note']}" if facts.get("note") else ""),
)
events.sentence("checklist.archived", "put the checklist {name} away")
events.sentence("checklist.restored", "took the checklist {name} up again")
