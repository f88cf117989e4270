"""Experiments and models, as they are found. Syncs bring them without a word in the event stream, so that after each
sync those are indexed that differ from what the index has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import MD5, Cast, Coalesce, Concat

from coe.accounts.models import Person
from coe.core.models import Event
from coe.search import index
from coe.search.sources import Source, Text, of_subject
from projects.tracking.facts import PROJECT_TAG
from projects.tracking.models import Experiment, RegisteredModel

# Tags that MLflow and Cairn write for themselves.
_INNER = ("mlflow.", PROJECT_TAG)


def _experiments() -> QuerySet[Experiment]:
    return Experiment.objects.filter(missing_since=None, lifecycle_stage="active")


def _models() -> QuerySet[RegisteredModel]:
    return RegisteredModel.objects.filter(missing_since=None)


def _visible_experiments(person: Person) -> QuerySet[Experiment]:
    return Experiment.objects.visible_to(person) & _experiments()


def _visible_models(person: Person) -> QuerySet[RegisteredModel]:
    return RegisteredModel.objects.visible_to(person) & _models()


def words_of_tags(tags: Any) -> list[str]:
    """What people wrote into the tags: names with their values."""
    if not isinstance(tags, dict):
        return []
    return [f"{name} {value}"[:200] for name, value in sorted(tags.items()) if not name.startswith(_INNER)][:30]


def _text(thing: Experiment | RegisteredModel, summary: str, *described: str) -> Text:
    return Text(
        ref=thing.pk,
        title=thing.name,
        url=thing.get_absolute_url(),
        keywords=words_of_tags(thing.tags),
        summary=summary,
        body=" ".join(described),
        unit_id=thing.project.unit_id if thing.project else None,
    )


def _note(thing: Experiment | RegisteredModel) -> str:
    note = thing.tags.get("mlflow.note.content", "") if isinstance(thing.tags, dict) else ""
    return note if isinstance(note, str) else ""


def _texts_of_experiments(ids: Sequence[int]) -> Iterator[Text]:
    for experiment in _experiments().filter(pk__in=ids).select_related("source", "project"):
        yield _text(experiment, _note(experiment))


def _texts_of_models(ids: Sequence[int]) -> Iterator[Text]:
    for model in _models().filter(pk__in=ids).select_related("source", "project"):
        yield _text(model, model.description or _note(model))


def _stamp(*fields: str) -> MD5:
    """Of all that `_text` reads; a source's name and address never change."""
    texts = [
        Coalesce(Cast(field, TextField()), Value("", TextField())) for field in (*fields, "tags", "project__unit_id")
    ]
    parted = [part for text in texts for part in (text, Value("\x01", TextField()))]
    return MD5(Concat(*parted, output_field=TextField()))


def _verbs(kind: type[Experiment] | type[RegisteredModel]) -> dict[str, Callable[[Event], Iterable[int]]]:
    word = kind.subject_kind
    rows: Any = kind._default_manager

    def of_project(event: Event) -> Iterable[int]:
        return list(rows.filter(project=event.subject_id).values_list("pk", flat=True))

    def of_name(event: Event) -> Iterable[int]:
        # These events are about the project, and name what was linked or unlinked.
        return list(rows.filter(name=event.facts.get("name", "")).values_list("pk", flat=True))

    return {
        "project.edited": of_project,
        **dict.fromkeys((f"{word}.linked", f"{word}.unlinked"), of_name),
        **dict.fromkeys((f"{word}.dismissed", f"{word}.recalled"), of_subject),
    }


EXPERIMENTS = Source(
    name="experiment",
    label="Experiments",
    noun="Experiment",
    order=50,
    rows=_experiments,
    visible=_visible_experiments,
    texts=_texts_of_experiments,
    verbs=_verbs(Experiment),
    stamp=_stamp("name"),
)
MODELS = Source(
    name="model",
    label="Models",
    noun="Model",
    order=20,
    rows=_models,
    visible=_visible_models,
    texts=_texts_of_models,
    verbs=_verbs(RegisteredModel),
    stamp=_stamp("name", "description"),
)


def after_sync(source_id: int) -> None:
    """The followup: index what this source's sync changed."""
    for name, kind in (("experiment", Experiment), ("model", RegisteredModel)):
        things: Any = kind._default_manager
        index.refresh(name, index.differing(name, things.filter(source=source_id)))
