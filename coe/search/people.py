"""People, as they are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coe.accounts.models import Person, PersonQuerySet
from coe.search.sources import Source, Text, of_subject


def _rows() -> PersonQuerySet:
    rows: PersonQuerySet = Person.objects.filter(is_active=True)
    return rows


def _visible(person: Person) -> PersonQuerySet:
    return _rows().visible_to(person)


def _texts(ids: Sequence[int]) -> Iterator[Text]:
    for person in _rows().filter(pk__in=ids):
        yield Text(
            ref=person.pk,
            title=person.name,
            url=person.get_absolute_url(),
            keywords=[person.email.partition("@")[0]],
            summary=person.title,
            unit_id=person.unit_id,
        )


PEOPLE = Source(
    name="person",
    label="People",
    noun="Person",
    order=60,
    rows=_rows,
    visible=_visible,
    texts=_texts,
    verbs=dict.fromkeys(("person.added", "person.changed", "person.deactivated", "person.reactivated"), of_subject),
)
