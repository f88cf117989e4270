"""The guide of a model, as it is found: as the model that it explains, so that the two are one find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.contrib.contenttypes.models import ContentType

from coe.core.models import Event
from coe.guides import search
from coe.guides.models import Document, Kind
from coe.guides.queries import DocumentQuerySet
from coe.search import index
from coe.search.sources import Source, Text, of_subject
from projects.tracking.models import RegisteredModel
from projects.tracking.search import words_of_tags


def _rows() -> DocumentQuerySet:
    of_models = ContentType.objects.get_for_model(RegisteredModel)
    return Document.objects.published_only().filter(kind=Kind.MODEL_GUIDE, subject_type=of_models)


def _texts(ids: Sequence[int]) -> Iterator[Text]:
    guides = list(_rows().filter(pk__in=ids).select_related("published"))
    models = RegisteredModel.objects.select_related("source", "project")
    of = {model.pk: model for model in models.filter(pk__in=[guide.subject_id or 0 for guide in guides])}
    for guide in guides:
        model, shown = of.get(guide.subject_id or 0), guide.published
        if model is not None and shown is not None:
            # With the model's own words: a query may name it and ask for something that its guide says.
            yield Text(
                ref=guide.pk,
                target=model.pk,
                title=shown.title if shown.title == model.name else f"{shown.title} · {model.name}",
                url=model.get_absolute_url(),
                keywords=[*guide.tags, *words_of_tags(model.tags)],
                summary=shown.summary or model.description,
                body=f"{shown.plain or shown.text} {model.description}",
                unit_id=model.project.unit_id if model.project else None,
            )


def _guides_of(models: Iterable[int]) -> list[int]:
    return list(_rows().filter(subject_id__in=list(models)).values_list("pk", flat=True))


def _of_project(event: Event) -> list[int]:
    return _guides_of(RegisteredModel.objects.filter(project=event.subject_id).values_list("pk", flat=True))


def _of_name(event: Event) -> list[int]:
    named = RegisteredModel.objects.filter(name=event.facts.get("name", ""))
    return _guides_of(named.values_list("pk", flat=True))


MODEL_GUIDES = Source(
    name="model_guide",
    shown_as="model",
    label="Models",
    noun="Model",
    order=20,
    rows=_rows,
    visible=search.visible,
    texts=_texts,
    verbs={
        **dict.fromkeys(search.VERBS, of_subject),
        **dict.fromkeys(("model.linked", "model.unlinked"), _of_name),
        "project.edited": _of_project,
    },
)


def after_sync(source_id: int) -> None:
    """The followup: what a sync says of a model stands in its guide's entry too."""
    index.refresh(
        "model_guide", _guides_of(RegisteredModel.objects.filter(source=source_id).values_list("pk", flat=True))
    )
