"""The checklists that come with Cairn. They are made once; from then on they are edited like any other."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.utils import timezone

from projects.checklists.builtin_asks import HANDOVER, PILOT, RETIREMENT, Ask
from projects.checklists.builtin_rubric import RUBRIC
from projects.checklists.models import Checklist, Edition, Item

# Any number, as long as nobody else takes it: two starts at once make the built-in checklists one after the other.
_LOCK = 7_203_511


@dataclass(frozen=True)
class _BuiltIn:
    slug: str
    name: str
    purpose: str
    kind: str
    effect: str
    alias: str
    score: str
    asks: tuple[Ask, ...]


BUILT_IN = (
    _BuiltIn(
        "production-readiness",
        "Production readiness",
        "Before a version serves the business: the 28 checks of the ML Test Score, and the handover to operations.",
        Checklist.Kind.PRODUCTION,
        Edition.Effect.SET,
        "production",
        Edition.Score.ML_TEST,
        (*RUBRIC, *HANDOVER),
    ),
    _BuiltIn(
        "pilot",
        "Light pilot",
        "Before a few people try a model version for a limited time.",
        Checklist.Kind.PILOT,
        Edition.Effect.SET,
        "pilot",
        Edition.Score.NONE,
        PILOT,
    ),
    _BuiltIn(
        "retirement",
        "Retirement",
        "Before a model is taken out of use: people told, something in its place, data settled.",
        Checklist.Kind.RETIREMENT,
        Edition.Effect.REMOVE,
        "production",
        Edition.Score.NONE,
        RETIREMENT,
    ),
)


def ensure() -> int:
    """Make the built-in checklists that are missing, each with its first edition published; how many were made.

    Idempotent, and safe to run twice at once. One query when nothing is missing. No events: Cairn came with them.
    """
    slugs = [one.slug for one in BUILT_IN]
    if Checklist.objects.filter(slug__in=slugs).count() == len(slugs):
        return 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        there = set(Checklist.objects.filter(slug__in=slugs).values_list("slug", flat=True))
        missing = [one for one in BUILT_IN if one.slug not in there]
        _make(missing)
    return len(missing)


def _make(missing: list[_BuiltIn]) -> None:
    now = timezone.now()
    default_is_free = not Checklist.objects.filter(is_default=True).exists()
    lists = Checklist.objects.bulk_create(
        Checklist(
            slug=one.slug,
            name=one.name,
            purpose=one.purpose,
            kind=one.kind,
            is_default=default_is_free and one is BUILT_IN[0],
        )
        for one in missing
    )
    # Drafts first: PostgreSQL lets nobody put items into a published edition.
    editions = Edition.objects.bulk_create(
        Edition(
            checklist=checklist,
            number=1,
            effect=one.effect,
            alias=one.alias,
            score=one.score,
            note="Comes with Cairn",
        )
        for checklist, one in zip(lists, missing, strict=True)
    )
    Item.objects.bulk_create(
        Item(edition=edition, position=position, **asdict(ask))
        for edition, one in zip(editions, missing, strict=True)
        for position, ask in enumerate(one.asks, start=1)
    )
    Edition.objects.filter(pk__in=[edition.pk for edition in editions]).update(
        state=Edition.State.PUBLISHED, published_at=now
    )


def after_migrate(*, using: str, apps: Any = apps, **_rest: Any) -> None:
    """Django's signal after `migrate` and after `flush`. Does nothing when the tables were just taken away."""
    try:
        apps.get_model("checklists", "Item")
    except LookupError:
        return
    if using == DEFAULT_DB_ALIAS:
        ensure()
