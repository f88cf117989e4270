"""The verbs of the steps of a draft. Each counts up the draft's version, by which two editors lose nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from coe.accounts.models import Person
from coe.core import events, markdown
from coe.core.editions import count_change, renumber
from coe.core.errors import Refused, invalid
from coe.core.fields import only_known
from coe.paths import parts as p
from coe.paths.models import Edition, Path, Step
from coe.paths.needs import too_early, without
from coe.paths.step_fields import MOST_STEPS


def add_step(*, slug: str, actor: Person, key: str, version: int | None = None, **parts: Any) -> Step:
    """Add a step to the draft, as the last one; `parts` are `STEP_PARTS`. The key stays with it for good.

    Raises `Path.DoesNotExist`, `PermissionDenied`, `ValidationError` by field, `Refused`, `EditConflict`.
    """
    p.permitted(slug, actor)
    html = _rendered(parts)
    with transaction.atomic():
        path = p.locked(slug, actor)
        draft = p.draft_of(path, version)
        steps = _steps(draft)
        if any(one.key == key for one in steps):
            raise invalid("key", "is taken by another step")
        if len(steps) >= MOST_STEPS:
            raise Refused(f"A path has at most {MOST_STEPS} steps. Take one off, or make two paths of it.")
        step = Step(edition=draft, key=key, position=len(steps) + 1, html=html or "", **parts)
        p.checked_document(step.document, actor, None)
        p.settle(step, steps)
        step.save(force_insert=True)
        _changed(path, draft, actor, "path.step_added", step)
    return step


def edit_step(*, slug: str, actor: Person, key: str, version: int | None = None, **parts: Any) -> Step:
    """Change a step of the draft; `parts` are `STEP_PARTS`. What belongs to another kind goes when the kind changes.

    Raises `Path.DoesNotExist`, `Step.DoesNotExist`, `PermissionDenied`, `ValidationError` by field, `Refused`,
    `EditConflict`.
    """
    p.permitted(slug, actor)
    html = _rendered(parts)
    with transaction.atomic():
        path = p.locked(slug, actor)
        draft = p.draft_of(path, version)
        steps = _steps(draft)
        step = _of(steps, key)
        before = {field: getattr(step, field) for field in p.STEP_PARTS}
        document_before = step.document_id
        for field, value in parts.items():
            setattr(step, field, value)
        p.checked_document(step.document, actor, document_before)
        p.settle(step, steps)
        changed = [field for field, value in before.items() if getattr(step, field) != value]
        if not changed:
            return step
        if "text" in changed and html is not None:
            step.html = html
            changed.append("html")
        step.save(update_fields=changed)
        _changed(path, draft, actor, "path.step_changed", step)
    return step


def _rendered(parts: dict[str, Any]) -> str | None:
    """The HTML of the text among the parts, made before any lock is taken; None where it is not among them."""
    only_known(parts, p.STEP_PARTS)
    if "text" not in parts:
        return None
    text = parts["text"]
    if not isinstance(text, str):
        raise invalid("text", "must be words")
    parts["text"] = text.strip()
    return markdown.render(parts["text"], field="text")


@transaction.atomic
def move_step(*, slug: str, actor: Person, key: str, to: int, version: int | None = None) -> Step:
    """Move a step to a place, counted from 1; at its own place it stays, and nothing is told.

    Raises `Path.DoesNotExist`, `Step.DoesNotExist`, `PermissionDenied`, `ValidationError` on `to`, `EditConflict`, and
    `Refused` where a step would stand before one that it needs.
    """
    path = p.locked(slug, actor)
    draft = p.draft_of(path, version)
    steps = _steps(draft)
    step = _of(steps, key)
    if isinstance(to, bool) or not isinstance(to, int) or not 1 <= to <= len(steps):
        raise invalid("to", f"must be a place from 1 to {len(steps)}")
    if steps.index(step) + 1 == to:
        return step
    steps.remove(step)
    steps.insert(to - 1, step)
    if wrong := too_early(steps):
        raise Refused(f"“{wrong[0].title}” needs “{wrong[1].title}” first, so it cannot stand before it.")
    renumber(steps)
    _changed(path, draft, actor, "path.step_moved", step)
    return step


@transaction.atomic
def remove_step(*, slug: str, actor: Person, key: str, version: int | None = None) -> list[Step]:
    """Take a step off the draft. Steps that needed it need what it needed instead; quizzes no longer cover it.

    Returns the steps that this changed. Raises `Path.DoesNotExist`, `Step.DoesNotExist`, `PermissionDenied`, `Refused`,
    `EditConflict`.
    """
    path = p.locked(slug, actor)
    draft = p.draft_of(path, version)
    steps = _steps(draft)
    step = _of(steps, key)
    changed = []
    for one in without(steps, step):
        one.step.needs, one.step.covers, one.step.needs_rule = list(one.needs), list(one.covers), one.needs_rule
        one.step.save(update_fields=["needs", "covers", "needs_rule"])
        changed.append(one.step)
    steps.remove(step)
    step.delete()
    renumber(steps)
    _changed(path, draft, actor, "path.step_removed", step, relinked=[one.title for one in changed])
    return changed


def _steps(draft: Edition) -> list[Step]:
    return list(draft.steps.select_related("document").order_by("position"))


def _of(steps: list[Step], key: str) -> Step:
    found = next((one for one in steps if one.key == key), None)
    if found is None:
        raise Step.DoesNotExist(key)
    return found


def _changed(path: Path, draft: Edition, actor: Person, verb: str, step: Step, **more: Any) -> None:
    count_change(draft)
    facts = {"number": draft.number, "key": step.key, "title": step.title, **more}
    events.record(actor=actor, verb=verb, subject=path, facts=facts)
