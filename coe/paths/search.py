"""Paths, as they are found: those that somebody can be put on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coe.accounts.models import Person
from coe.paths.models import Edition, Path, Step
from coe.paths.queries import PathQuerySet
from coe.search.sources import Source, Text, of_subject

# Each verb after which readers may see another path, or none.
VERBS = ("path.changed", "path.edition_published", "path.archived", "path.restored")


def _rows() -> PathQuerySet:
    return Path.objects.in_use()


def _visible(person: Person) -> PathQuerySet:
    return Path.objects.in_use().visible_to(person)


def _texts(ids: Sequence[int]) -> Iterator[Text]:
    paths = list(_rows().filter(pk__in=ids))
    published = Edition.objects.filter(path__in=paths, state=Edition.State.PUBLISHED)
    # The newest comes last, and stays.
    editions = dict(published.order_by("number").values_list("path_id", "pk"))
    steps: dict[int, list[str]] = {}
    rows = Step.objects.filter(edition__in=editions.values()).order_by("edition", "position")
    for edition_id, title, text in rows.values_list("edition_id", "title", "text"):
        steps.setdefault(edition_id, []).append(f"{title}\n{text}".strip())
    for path in paths:
        yield Text(
            ref=path.pk,
            title=path.title,
            url=path.get_absolute_url(),
            keywords=[path.get_audience_display()],
            summary=path.summary,
            body="\n\n".join(steps.get(editions[path.pk], [])),
        )


PATHS = Source(
    name="path",
    label="Paths",
    noun="Path",
    order=33,
    rows=_rows,
    visible=_visible,
    texts=_texts,
    verbs=dict.fromkeys(VERBS, of_subject),
)
