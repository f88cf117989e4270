"""What the verbs of paths share: locks, checks of what was typed, the order of steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.utils.text import slugify

from coe.accounts.models import Person
from coe.core import access
from coe.core.errors import Refused, invalid
from coe.guides.models import Document
from coe.paths import step_fields
from coe.paths.models import Edition, Path, Step

# These stand where a path's short name would stand in addresses.
_TAKEN = frozenset({"new"})
STEP_PARTS = (
    *("title", "text", "kind", "scope", "needs", "needs_rule", "due_days", "minutes", "is_optional", "roles"),
    *("experience", "document", "check_key", "params", "questions", "pass_mark", "tries_a_day", "covers", "topic"),
    "evidence",
)
PATH_PARTS = ("title", "summary", "audience", "level", "owner")


class EditConflict(Refused):
    """Somebody else changed the draft meanwhile; `current` is how it stands now."""

    def __init__(self, current: Edition) -> None:
        self.current = current
        super().__init__("Somebody else changed this draft while you were editing it.")


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


def draft_of(path: Path, version: int | None = None) -> Edition:
    """The draft. Raises `Refused` where there is none, `EditConflict` where it is no longer at `version`."""
    draft = path.editions.filter(state=Edition.State.DRAFT).first()
    if draft is None:
        raise Refused("There is no draft of this path. Begin one first.")
    if version is not None and version != draft.version:
        raise EditConflict(draft)
    return draft


def check_fields(thing: Model, *names: str) -> None:
    """Raises `ValidationError` by field for those of `names` that hold what they may not."""
    thing.clean_fields(exclude=[field.name for field in thing._meta.fields if field.name not in names])


def only_known(parts: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raises `ValidationError` on the first part that is not known."""
    if unknown := sorted(set(parts) - set(known)):
        raise invalid(unknown[0], "is no part of it")


def checked_slug(slug: str, title: str) -> str:
    """A free short name, made from the title unless one is given. Raises `ValidationError` on `slug`."""
    found = slug or slugify(title)[:60].strip("-")
    if not found or found in _TAKEN or found.isdigit():
        raise invalid("slug", "must be a short name with letters, and not “new”")
    if Path.objects.filter(slug=found).exists():
        raise invalid("slug", "is taken by another path")
    return found


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


def renumber(steps: Sequence[Step]) -> None:
    """Write the places of steps that stand elsewhere now. Uniqueness is judged when the transaction ends."""
    moved = []
    for place, step in enumerate(steps, start=1):
        if step.position != place:
            step.position = place
            moved.append(step)
    Step.objects.bulk_update(moved, ["position"])
