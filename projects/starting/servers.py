"""To which MLflow server a new team logs: the one that suits it best stands first, and it may take another."""

from __future__ import annotations

from django.db.models import Count, Q

from coe.accounts.models import Person
from projects.catalog.models import Project
from projects.tracking.models import Source


def offered(project: Project, viewer: Person) -> list[Source]:
    """The servers in use that the viewer may know of, best first.

    Before all others those that were read without an error when they were read last: what the portal cannot reach,
    a newcomer's terminal rarely can. Then where the project has experiments already, where its vertical has most, and
    where all have most. One query.
    """
    vertical = Q(experiments__project__unit__lineage__contains=[project.unit.lineage[0]])
    rows = Source.objects.visible_to(viewer).filter(is_enabled=True)
    own, near = Count("experiments", filter=Q(experiments__project=project)), Count("experiments", filter=vertical)
    # A stable sort: within those that answer and those that do not, the order of the database stays.
    counted = rows.annotate(own=own, near=near, all=Count("experiments")).order_by("-own", "-near", "-all", "name")
    return sorted(counted, key=lambda one: not answers(one))


def answers(source: Source) -> bool:
    """Whether it was read well the last time, and ever."""
    return source.last_good_sync_at is not None and not source.last_error


def chosen(sources: list[Source], name: str | None) -> Source | None:
    """The one of that name; without one, or with another name, the first."""
    return next((one for one in sources if one.name == name), sources[0] if sources else None)
