"""What handoffs show of what people know: for the mentors' room."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import Q

from coe.accounts.models import Person
from coe.mentors.evidence import Proof
from projects.handoffs.models import Handoff, State


def proofs(viewer: Person, person_ids: Collection[int]) -> Iterator[Proof]:
    """The accepted handoffs that each of the people submitted or accepted, as far as the viewer may know of them."""
    theirs = Q(submitted_by__in=person_ids) | Q(decided_by__in=person_ids)
    known = Handoff.objects.visible_to(viewer).filter(theirs, state=State.ACCEPTED)
    for handoff in known.select_related("project", "model_version__model").order_by("-decided_at", "pk"):
        tags = frozenset([*handoff.project.techniques, *handoff.project.domains])
        label = f"Handoff of {handoff.model_version.model.name} {handoff.model_version.version}"
        for person_id, role in ((handoff.submitted_by_id, "submitted it"), (handoff.decided_by_id, "accepted it")):
            if person_id is not None and person_id in person_ids:
                yield Proof(person_id, tags, "handoff", label, handoff.get_absolute_url(), role)
