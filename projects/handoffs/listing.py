"""The lists of handoffs: whose turn it is, narrowed, sorted, as a page and as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import CharField, Count, Q, Value
from django.utils import timezone

from coe.accounts.models import BusinessUnit, Person
from projects.handoffs.models import Handoff
from projects.handoffs.queries import HandoffQuerySet

SORTS = {
    "waiting": ["state_since"],
    "model": ["model_version__model__name", "-model_version__version"],
    "project": ["project__name"],
    "unit": ["project__unit__name", "project__name"],
    "state": ["state", "state_since"],
    "due": ["due_on"],
}
CSV = (
    *("id", "model", "version", "project", "unit", "checklist", "edition", "state", "since", "due_on", "opened_at"),
    *("submitted_by", "submitted_at", "receiving_unit", "reviewer", "decided_by", "decided_at", "round"),
    *("alias", "alias_state", "newest_version", "sha256"),
)


@dataclass(frozen=True)
class Turn:
    """A list by whose turn it is."""

    key: str
    label: str
    count: int


def turns(person: Person) -> list[Turn]:
    """The three lists of what waits for the person, with their counts; then all. One query."""
    known = Handoff.objects.visible_to(person)
    found = {
        "submit": known.to_submit(person),
        "review": known.to_review(person),
        "accept": known.to_accept(person),
    }
    labels = {"submit": "To submit", "review": "To review", "accept": "To decide"}
    counts = _counts(found)
    return [*(Turn(key, labels[key], counts[key]) for key in found), Turn("all", "All", 0)]


def _counts(found: Mapping[str, HandoffQuerySet]) -> dict[str, int]:
    parts = [
        rows.order_by()
        .annotate(turn=Value(key, CharField()))
        .values("turn")
        .annotate(n=Count("pk"))
        .values_list("turn", "n")
        for key, rows in found.items()
    ]
    return {**dict.fromkeys(found, 0), **dict(parts[0].union(*parts[1:], all=True))}


def of_turn(person: Person, turn: str) -> HandoffQuerySet:
    """The handoffs of one list that the person may know of."""
    known: HandoffQuerySet = Handoff.objects.visible_to(person)
    if turn == "submit":
        return known.to_submit(person)
    if turn == "review":
        return known.to_review(person)
    if turn == "accept":
        return known.to_accept(person)
    return known


def narrowed(found: HandoffQuerySet, wanted: Mapping[str, Any]) -> HandoffQuerySet:
    """Those that match each of q, unit, state, checklist, age (days in the state) and stale that is given."""
    for word in str(wanted.get("q") or "").replace("\0", "").split()[:8]:
        found = found.filter(Q(model_version__model__name__icontains=word) | Q(project__name__icontains=word))
    if wanted.get("unit"):
        unit = BusinessUnit.objects.filter(slug=wanted["unit"]).first()
        inside = BusinessUnit.objects.within(unit).values_list("pk", flat=True) if unit else []
        found = found.filter(project__unit__in=list(inside))
    if wanted.get("state"):
        found = found.filter(state=wanted["state"])
    if wanted.get("checklist"):
        found = found.filter(checklist__slug=wanted["checklist"])
    if wanted.get("age"):
        found = found.filter(state_since__lt=timezone.now() - timedelta(days=int(wanted["age"])))
    return found.stale() if wanted.get("stale") else found


def csv_rows(rows: Any) -> Iterator[list[Any]]:
    """The rows of the list as `CSV` names them."""
    for one in rows.with_all().with_newest().with_checksum().iterator(chunk_size=500):
        version, order = one.model_version, one.order
        yield [
            *(one.pk, version.model.name, version.version, one.project.slug, one.project.unit.slug),
            *(one.checklist.slug, one.edition.number, one.state, one.state_since, one.due_on, one.opened_at),
            *(one.submitted_by, one.submitted_at, one.receiving_unit.slug, one.reviewer, one.decided_by),
            *(one.decided_at, one.round, one.edition.alias, order.state if order else ""),
            *(one.newest_version, one.checksum),
        ]
