"""Whom news of a model reach: who said "I use this"."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType

from coe.core import telling
from coe.core.models import Event
from coe.core.telling import News
from coe.core.wording import because, pair, who
from coe.guides.models import Document, Kind
from projects.catalog.telling import TOPIC
from projects.modelpages.facts import PRODUCTION
from projects.modelpages.models import Use
from projects.tracking.models import RegisteredModel


def _model(pk: int) -> RegisteredModel | None:
    return RegisteredModel.objects.select_related("source", "project").filter(pk=pk).first()


def _thread(model: RegisteredModel) -> str:
    return f"model:{model.pk}"


def users(model: RegisteredModel) -> set[int]:
    return set(Use.objects.filter(model=model).values_list("person_id", flat=True))


@telling.tell("model.alias_moved", "alias.applied")
def _in_production(event: Event) -> Iterable[News]:
    """Another version decides now, whether a handoff or somebody on the server put it there."""
    model = _model(event.subject_id)
    if model is None or event.facts["alias"] != PRODUCTION:
        return
    version = event.facts["version"]
    if version in (None, "none"):
        text = f"No version of {model.name}, which you use, is in production any more."
    else:
        text = f"Version {version} of {model.name}, which you use, is in production now."
    yield News(TOPIC, text, users(model), pair(model), model.get_absolute_url(), _thread(model))


@telling.tell("document.published")
def _explained(event: Event) -> Iterable[News]:
    """Readers see another text on it. The subject is the guide, which may be closed where the model is not."""
    guide = Document.objects.filter(pk=event.subject_id, kind=Kind.MODEL_GUIDE).first()
    if guide is None or guide.subject_type_id != ContentType.objects.get_for_model(RegisteredModel).pk:
        return
    model = _model(guide.subject_id or 0)
    if model is not None:
        text = because(f"{who(event)} published a new text on {model.name}, which you use", event.facts.get("note", ""))
        yield News(TOPIC, text, users(model), pair(guide), model.get_absolute_url(), _thread(model))


@telling.tell("model.used")
def _used(event: Event) -> Iterable[News]:
    """Who owns it learns who relies on it."""
    model = _model(event.subject_id)
    if model is not None and model.project is not None:
        text = because(f"{who(event)} uses {model.name}", event.facts.get("purpose", ""))
        yield News(TOPIC, text, {model.project.owner_id}, pair(model), model.get_absolute_url(), _thread(model))
