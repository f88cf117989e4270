"""Answered questions, as they are found: threads that are resolved and shared, by what was asked and answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coe.accounts.models import Person
from coe.mentoring.models import Request, State
from coe.mentoring.queries import RequestQuerySet
from coe.search.sources import Source, Text, of_subject

# Each verb after which a thread may be found, or not any more, or says something else.
VERBS = ("mentoring.resolved", "mentoring.reopened", "mentoring.changed")


def _rows() -> RequestQuerySet:
    found: RequestQuerySet = Request.objects.filter(state=State.RESOLVED, is_shared=True)
    return found


def visible(person: Person) -> RequestQuerySet:
    """Those that the person may know of: whoever may know of what it is about."""
    return _rows().visible_to(person)


def _texts(ids: Sequence[int]) -> Iterator[Text]:
    for request in _rows().filter(pk__in=ids).prefetch_related("messages"):
        said = [message.text for message in request.messages.all() if not message.is_meeting]
        yield Text(
            ref=request.pk,
            title=request.goal,
            url=request.get_absolute_url(),
            keywords=request.tags,
            summary=request.resolution[:300],
            body="\n\n".join([request.resolution, request.details, *said]),
            unit_id=request.unit_id,
        )


THREADS = Source(
    name="thread",
    label="Answered questions",
    noun="Answered question",
    order=35,
    rows=_rows,
    visible=visible,
    texts=_texts,
    verbs=dict.fromkeys(VERBS, of_subject),
)
