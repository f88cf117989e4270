"""Subjects: how a lower room speaks of a thing of a higher room without importing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Subject:
    """What an event, a document or a request is about."""

    type_id: int
    id: int
    label: str
    url: str


class IsSubject(models.Model):
    """Mixin for what events can be about. `subject_kind` names the visibility that decides who may know of it;
    `subject_related` what its name and address are read from beside itself.
    """

    subject_kind: str
    subject_related: tuple[str, ...] = ()

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        raise NotImplementedError(f"{type(self).__name__} must say where its page is")

    def as_subject(self) -> Subject:
        return Subject(ContentType.objects.get_for_model(self).pk, self.pk, str(self), self.get_absolute_url())


def resolve(pairs: Iterable[tuple[int, int]], person: Any) -> dict[tuple[int, int], Subject]:
    """The subjects behind (content type id, id) pairs that `person` may know of: one query a content type."""
    from_type: dict[int, set[int]] = {}
    for type_id, pk in pairs:
        from_type.setdefault(type_id, set()).add(pk)
    found: dict[tuple[int, int], Subject] = {}
    for type_id, ids in from_type.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        if model is None or not issubclass(model, IsSubject):
            continue
        # Each subject's manager has `visible_to`; a mixin cannot say so to the type checker.
        manager: Any = model._default_manager
        known = manager.visible_to(person).filter(pk__in=ids)
        for obj in known.select_related(*model.subject_related) if model.subject_related else known:
            found[type_id, obj.pk] = obj.as_subject()
    return found
