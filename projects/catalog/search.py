"""Projects, as they are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coe.accounts.models import Person
from coe.search.sources import Source, Text, of_subject
from projects.catalog.models import Project
from projects.catalog.queries import ProjectQuerySet


def _visible(person: Person) -> ProjectQuerySet:
    return Project.objects.visible_to(person)


def _texts(ids: Sequence[int]) -> Iterator[Text]:
    for project in Project.objects.filter(pk__in=ids):
        yield Text(
            ref=project.pk,
            title=project.name,
            url=project.get_absolute_url(),
            keywords=[project.slug, *project.techniques, *project.domains],
            summary=project.summary,
            body=f"{project.problem} {project.decision}",
            unit_id=project.unit_id,
        )


PROJECTS = Source(
    name="project",
    label="Projects",
    noun="Project",
    order=10,
    rows=Project.objects.all,
    visible=_visible,
    texts=_texts,
    verbs=dict.fromkeys(("project.created", "project.edited"), of_subject),
)
