"""Fields of an entry as they were given: looked at before they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model

from coe.core.errors import invalid
from coe.core.subjects import IsSubject


def only_known(parts: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raises `ValidationError` on the first part that is not known."""
    if unknown := sorted(set(parts) - set(known)):
        raise invalid(unknown[0], "is no part of it")


def differing(thing: Model, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `parts`, texts trimmed, that say something else than what stands there now; by field, in their order."""
    tidy = {field: value.strip() if isinstance(value, str) else value for field, value in parts.items()}
    return {field: value for field, value in tidy.items() if getattr(thing, field) != value}


def check_fields(thing: Model, *names: str) -> None:
    """Raises `ValidationError` by field for those of `names` that hold what they may not."""
    thing.clean_fields(exclude=[field.name for field in thing._meta.fields if field.name not in names])


def save_new(thing: IsSubject) -> None:
    """Insert it. Raises `ValidationError` on `slug` where another one took that since it was looked for."""
    try:
        # A savepoint: the caller's transaction can still be used afterwards.
        with transaction.atomic():
            thing.save(force_insert=True)
    except IntegrityError:
        raise invalid("slug", f"is taken by another {thing.subject_kind}") from None
