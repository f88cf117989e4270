"""What the verbs of paths share: locks, and checks of what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coe.accounts.models import Person
from coe.core import access
from coe.core.editions import draft_of as draft_of  # verbs take it from here, beside the lock that it is read under
from coe.core.errors import invalid
from coe.core.fields import check_fields
from coe.guides.models import Document
from coe.paths import step_fields
from coe.paths.models import Path, Step

STEP_PARTS = (
    *("title", "text", "kind", "scope", "needs", "needs_rule", "due_days", "minutes", "is_optional", "roles"),
    *("experience", "document", "check_key", "params", "questions", "pass_mark", "tries_a_day", "covers", "topic"),
    "evidence",
)
PATH_PARTS = ("title", "summary", "audience", "level", "owner")


def permitted(slug: str, actor: Person) -> Path:
    """The path, for whoever may write it; without a lock, before what was typed is looked at.

    Raises `Path.DoesNotExist`, `PermissionDenied`.
    """
    path = Path.objects.visible_to(actor).get(slug=slug)
    access.require(actor, "path.edit", path)
    return path


def locked(slug: str, actor: Person) -> Path:
    """The path with its row locked: every verb comes past here, so that its editions need no lock of their own.

    Raises `Path.DoesNotExist`, `PermissionDenied`.
    """
    # Not FOR UPDATE: that would hold up whoever is put on the path at this moment.
    path = Path.objects.visible_to(actor).select_for_update(no_key=True).get(slug=slug)
    access.require(actor, "path.edit", path)
    return path


def checked_owner(owner: Any) -> Person:
    """Somebody who can write the path. Raises `ValidationError` on `owner`."""
    if not isinstance(owner, Person) or not owner.is_active:
        raise invalid("owner", "must be somebody who can sign in")
    return owner


def checked_document(document: Document | None, actor: Person, before: int | None) -> None:
    """Raises `ValidationError` on `document` for one that readers do not find, unless it stood there before."""
    if document is None or document.pk == before:
        return
    if not Document.objects.published_only().visible_to(actor).filter(pk=document.pk).exists():
        raise invalid("document", "must be a published guide that you may read")


def settle(step: Step, steps: Sequence[Step]) -> None:
    """Bring a step in order among `steps`, those of its edition: only what belongs to its kind stays.

    Raises `ValidationError` by field.
    """
    step.title = step.title.strip() if isinstance(step.title, str) else step.title
    step_fields.keep_own(step)
    check_fields(step, "key", *STEP_PARTS)
    if step.kind == Step.Kind.VERIFIED:
        step.params = step_fields.checked_params(step.check_key, step.params)
    if step.kind == Step.Kind.QUIZ:
        step.questions = step_fields.checked_questions(step.questions)
    step_fields.check_links(step, steps)
