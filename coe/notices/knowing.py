"""What of many subjects a person may know of now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import IntegerField, Value

from coe.core.subjects import IsSubject

Pair = tuple[int, int]


def known(pairs: Iterable[Pair], person: Any) -> set[Pair]:
    """The (content type id, id) pairs whose subjects `person` may know of. One query, however many kinds there are."""
    parts = []
    for model, type_id, ids in _by_model(pairs):
        # Each subject's manager has `visible_to`; a mixin cannot say so to the type checker.
        manager: Any = model._default_manager
        visible = manager.visible_to(person).filter(pk__in=ids).order_by()
        parts.append(visible.annotate(of_type=Value(type_id, IntegerField())).values_list("pk", "of_type"))
    if not parts:
        return set()
    return {(type_id, pk) for pk, type_id in (parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0])}


def labels(pairs: Iterable[Pair]) -> dict[Pair, str]:
    """What the subjects are called; the caller has shown that whoever reads it may know of them. A query a kind."""
    found: dict[Pair, str] = {}
    for model, type_id, ids in _by_model(pairs):
        there = model._default_manager.filter(pk__in=ids)
        for subject in there.select_related(*model.subject_related) if model.subject_related else there:
            found[type_id, subject.pk] = str(subject)
    return found


def _by_model(pairs: Iterable[Pair]) -> list[tuple[type[IsSubject], int, list[int]]]:
    ids: dict[int, list[int]] = {}
    for type_id, pk in sorted(set(pairs)):
        ids.setdefault(type_id, []).append(pk)
    models = [(ContentType.objects.get_for_id(type_id).model_class(), type_id) for type_id in ids]
    return [(model, type_id, ids[type_id]) for model, type_id in models if model and issubclass(model, IsSubject)]
