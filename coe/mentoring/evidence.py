"""What stands beside a mentor's claims, and what tags requests bring: from resolved requests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from coe.accounts.models import Person
from coe.mentoring.models import Request, State
from coe.mentors import evidence, tags


def _resolved(viewer: Person, person_ids: Collection[int]) -> Iterator[evidence.Proof]:
    """The requests that these people resolved as mentors, of those that the viewer may read."""
    rows = Request.objects.visible_to(viewer).filter(state=State.RESOLVED, mentor__person__in=person_ids)
    for row in rows.select_related("mentor").order_by("-resolved_at", "-pk"):
        if row.mentor is not None:
            yield evidence.Proof(
                person_id=row.mentor.person_id,
                tags=frozenset(row.tags),
                kind="request",
                label=row.goal,
                url=row.get_absolute_url(),
            )


def _tags() -> Iterable[str]:
    """Topics and skills of all requests: single words, which tell nothing of whose they are."""
    for topic, skills in Request.objects.order_by().values_list("topic", "skills").distinct():
        yield topic
        yield from skills


def register() -> None:
    """Tell the room of mentors. Raises `AlreadyRegistered` when called twice."""
    evidence.register("requests", _resolved)
    tags.register("requests", _tags)
