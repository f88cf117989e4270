"""Whom news of sources reach: the centre, and who owns projects whose figures come from there."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from coe.accounts.queries import administrators
from coe.core import telling
from coe.core.models import Event
from coe.core.telling import News
from coe.core.wording import because
from projects.catalog.models import Project, Stage
from projects.tracking.models import Source

TOPIC = "sources"
telling.topic(
    TOPIC,
    "Sources and syncs",
    about="An MLflow server that can no longer be read, or can be again.",
    order=60,
    email="at_once",
)


def _owners(source: Source) -> set[int]:
    """Who owns a project that experiments or models of the source belong to, retired ones aside."""
    linked = Q(pk__in=source.experiments.filter(missing_since=None).order_by().values("project"))
    linked |= Q(pk__in=source.models.filter(missing_since=None).order_by().values("project"))
    found = Project.objects.filter(linked).exclude(stage=Stage.RETIRED)
    return set(found.order_by().values_list("owner_id", flat=True))


@telling.tell("source.failing", "source.recovered")
def _health(event: Event) -> Iterable[News]:
    """The centre at once, as it can do something; owners with the news of their projects."""
    source = Source.objects.filter(pk=event.subject_id).first()
    if source is None:
        return
    label = event.facts["label"]
    if event.verb == "source.failing":
        text = because(f"{label} has not been read for so long that its figures are out of date", event.facts["error"])
        theirs = f"{label} cannot be read, so figures of projects of yours that come from there are out of date."
    else:
        text = f"{label} is read again."
        theirs = f"{label} is read again, and with it figures of projects of yours."
    subject, url = (event.subject_type_id, event.subject_id), source.get_absolute_url()
    centre = administrators()
    yield News(TOPIC, text, centre, subject, url, f"source:{source.pk}")
    if owners := _owners(source) - centre:
        yield News("projects", theirs, owners, subject, url, f"source:{source.pk}")
