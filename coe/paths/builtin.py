"""The paths that come with Cairn: made once and brought up to date with it, until somebody edits them here.

From then on a path is the centre's own, and a newer Cairn leaves it alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.utils import timezone

from coe.core import events, markdown
from coe.core.models import Event
from coe.paths.content import PATHS
from coe.paths.content.shape import PathText, StepText
from coe.paths.models import Edition, Path, Step

# Any number, as long as nobody else takes it: two starts at once make the built-in paths one after the other.
_LOCK = 7_203_512
_NOTE = "Comes with Cairn"
_NEWER = "Brought up to date with Cairn"
_PATH_FIELDS = ("title", "summary", "audience", "level")
_STEP_FIELDS = tuple(each.name for each in fields(StepText))


def ensure(texts: Iterable[PathText] = PATHS) -> list[int]:
    """Make the built-in paths that are missing, each with its first edition published, and a further edition of those
    whose text is newer than what is there. Returns the ids of the paths that it made or changed.

    Idempotent, and safe to run twice at once. What somebody edited in Cairn (or put away) stays as it is. Four queries
    when there is nothing to do. New paths have no events: Cairn came with them; of further editions there is one each,
    so that whoever is on the path goes on with it.
    """
    texts = list(texts)
    if not _due(texts):
        return []
    # Before the transaction: rendering takes its time.
    for text in texts:
        for step in text.steps:
            _html(step.text)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        return [_bring(text, path) for text, path in _due(texts)]


def step_values(step: StepText) -> dict[str, Any]:
    """The values of `Step`'s fields, as the database gives them back."""
    lists = {name: list(getattr(step, name)) for name in ("needs", "roles", "experience", "covers")}
    questions = [{**asdict(one), "options": list(one.options), "right": list(one.right)} for one in step.questions]
    plain = {name: getattr(step, name) for name in _STEP_FIELDS}
    return {**plain, **lists, "questions": questions, "params": dict(step.params)}


def _due(texts: list[PathText]) -> list[tuple[PathText, Path | None]]:
    """Those that are missing (None), and those that are there as Cairn left them, with another text."""
    paths = {one.slug: one for one in Path.objects.filter(slug__in=[text.slug for text in texts])}
    newest = _as_left(paths.values())
    steps: dict[int, list[Step]] = {}
    for step in Step.objects.filter(edition__in=newest.values()).order_by("edition", "position"):
        steps.setdefault(step.edition_id, []).append(step)
    found: list[tuple[PathText, Path | None]] = []
    for text in texts:
        path = paths.get(text.slug)
        if path is None:
            found.append((text, None))
        elif path.pk in newest and not _is_same(text, path, steps.get(newest[path.pk].pk, [])):
            found.append((text, path))
    return found


def _as_left(paths: Iterable[Path]) -> dict[int, Edition]:
    """The newest edition of each path that nobody edited, took over or put away, by the path's id. One query."""
    left = {one.pk: one for one in paths if one.owner_id is None and not one.is_archived}
    if not left:
        return {}
    changed = Event.objects.filter(
        subject_type=ContentType.objects.get_for_model(Path), verb="path.changed", actor__isnull=False
    )
    edited = set(changed.filter(subject_id__in=left).values_list("subject_id", flat=True))
    newest: dict[int, Edition] = {}
    for edition in Edition.objects.filter(path__in=left).order_by("number"):
        newest[edition.path_id] = edition
        if edition.created_by_id or edition.published_by_id or edition.state != Edition.State.PUBLISHED:
            edited.add(edition.path_id)
    return {pk: edition for pk, edition in newest.items() if pk not in edited}


def _is_same(text: PathText, path: Path, steps: list[Step]) -> bool:
    there = [{name: getattr(one, name) for name in _STEP_FIELDS} for one in steps]
    return _same_path(text, path) and there == [step_values(one) for one in text.steps]


def _same_path(text: PathText, path: Path) -> bool:
    return all(getattr(path, name) == getattr(text, name) for name in _PATH_FIELDS)


def _bring(text: PathText, path: Path | None) -> int:
    """Make the path or change it, and publish an edition with these steps; returns the path's id."""
    values = {name: getattr(text, name) for name in _PATH_FIELDS}
    is_new = path is None
    if path is None:
        path = Path.objects.create(slug=text.slug, **values)
    elif not _same_path(text, path):
        for name, value in values.items():
            setattr(path, name, value)
        path.save(update_fields=list(values))
    last = path.editions.order_by("-number").first()
    number = last.number + 1 if last else 1
    # A draft first: PostgreSQL lets nobody put steps into a published edition.
    edition = Edition.objects.create(path=path, number=number, note=_NOTE if is_new else _NEWER)
    Step.objects.bulk_create(
        Step(edition=edition, position=position, html=_html(one.text), **step_values(one))
        for position, one in enumerate(text.steps, start=1)
    )
    edition.state, edition.published_at = Edition.State.PUBLISHED, timezone.now()
    edition.save(update_fields=["state", "published_at"])
    if not is_new:
        facts = {"number": number, "note": edition.note, "title": path.title}
        events.record(actor=None, verb="path.edition_published", subject=path, facts=facts)
    return path.pk


@cache
def _html(text: str) -> str:
    return markdown.render(text, field="text")


def after_migrate(*, using: str, apps: Any = apps, **_rest: Any) -> None:
    """Django's signal after `migrate` and after `flush`. Does nothing when the tables were just taken away."""
    try:
        apps.get_model("paths", "Step")
    except LookupError:
        return
    if using == DEFAULT_DB_ALIAS:
        ensure()
