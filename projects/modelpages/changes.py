"""What happened to models, in plain words: aliases, handoffs, guides, answers to readers, baselines and targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Case, F, OuterRef, Q, QuerySet, Subquery, When

from coe.accounts.models import Person
from coe.core.models import Event
from coe.guides.models import Document, Feedback
from projects.catalog.models import Project
from projects.handoffs.models import Handoff
from projects.tracking.models import RegisteredModel

GUIDE_VERBS = ("document.published", "document.verified", "document.withdrawn")
KPI_VERBS = ("baseline.set", "target.set")


def changes_of(
    models: Sequence[RegisteredModel],
    guides: Mapping[int, Document],
    person: Person,
    *,
    since: datetime | None = None,
    most: int = 8,
) -> dict[int, list[Event]]:
    """The newest changes of each model that the person may know of, by the model's id, newest first. One query.

    `guides` are the models' guides as far as the person knows of them.
    """
    if not models:
        return {}
    types = {one: ContentType.objects.get_for_model(one) for one in (RegisteredModel, Handoff, Document, Feedback)}
    ids = [one.pk for one in models]
    branches = _branches(models, ids, guides, person, types)
    found = branches[0].union(*branches[1:], all=True)
    handoffs = Handoff.objects.filter(pk=OuterRef("subject_id")).values("model_version__model_id")[:1]
    documents = Document.objects.filter(pk=OuterRef("subject_id")).values("subject_id")[:1]
    feedback = Feedback.objects.filter(pk=OuterRef("subject_id")).values("subject_id")[:1]
    rows = Event.objects.filter(pk__in=found).select_related("actor").order_by("-at", "-id")
    if since is not None:
        rows = rows.filter(at__gt=since)
    rows = rows.annotate(
        of_model=Case(
            When(subject_type=types[RegisteredModel], then=F("subject_id")),
            When(subject_type=types[Handoff], then=Subquery(handoffs)),
            When(subject_type=types[Document], then=Subquery(documents)),
            When(subject_type=types[Feedback], then=Subquery(feedback)),
            output_field=BigIntegerField(),
        )
    )
    of_project: dict[int, list[int]] = {}
    for one in models:
        of_project.setdefault(one.project_id or 0, []).append(one.pk)
    told: dict[int, list[Event]] = {pk: [] for pk in ids}
    for event in rows[: most * len(ids) * 2]:
        known: int | None = event.__dict__["of_model"]
        for pk in of_project.get(event.subject_id, []) if known is None else [known]:
            if len(told.get(pk, [])) < most:
                told[pk].append(event)
    return told


def _branches(
    models: Sequence[RegisteredModel],
    ids: list[int],
    guides: Mapping[int, Document],
    person: Person,
    types: Mapping[Any, ContentType],
) -> list[QuerySet[Event, Any]]:
    """One condition for each kind of subject: an OR over subjects would read every event."""
    handoffs = Handoff.objects.visible_to(person).filter(model_version__model__in=ids).order_by()
    said = Feedback.objects.filter(subject_type=types[RegisteredModel], subject_id__in=ids).order_by()
    projects = {one.project_id for one in models if one.project_id}
    conditions = [
        Q(subject_type=types[RegisteredModel], subject_id__in=ids, verb="model.alias_moved"),
        Q(subject_type=types[Handoff], subject_id__in=handoffs.values("pk"), verb="handoff.accepted"),
        Q(subject_type=types[Document], subject_id__in=[one.pk for one in guides.values()], verb__in=GUIDE_VERBS),
        Q(subject_type=types[Feedback], subject_id__in=said.values("pk"), verb="feedback.answered"),
        Q(
            subject_type=ContentType.objects.get_for_model(Project),
            subject_id__in=sorted(projects),
            verb__in=KPI_VERBS,
        ),
    ]
    return [Event.objects.filter(one).order_by().values("pk") for one in conditions]


def guide_events(project: Project) -> Q:
    """What happened to the guides of the project's models, for its timeline."""
    guides = Document.objects.filter(
        kind="model_guide",
        subject_type=ContentType.objects.get_for_model(RegisteredModel),
        subject_id__in=project.registeredmodels.values("pk"),
        visibility="company",
    )
    return Q(
        subject_type=ContentType.objects.get_for_model(Document),
        subject_id__in=guides.order_by().values("pk"),
        verb__in=GUIDE_VERBS,
    )
