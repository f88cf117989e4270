"""What is written in editions: at most one draft, and published ones that never change. Models, and what verbs share.

Who may write, what an edition must hold and what is told of it is each room's own. So is the trigger, in the room's
migrations, by which PostgreSQL refuses changes to a published edition and to its entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.text import slugify

from coe.core.errors import EditConflict, Refused, invalid
from coe.core.fields import check_fields
from coe.core.subjects import IsSubject

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

# These stand where a short name would stand in addresses.
_TAKEN = frozenset({"new"})
_LONGEST_SLUG = 60


class InEditions(IsSubject):
    """What has editions. Its `subject_kind` is also what messages call it."""

    slug = models.SlugField(max_length=_LONGEST_SLUG, unique=True)
    is_archived = models.BooleanField(default=False)

    class Meta:
        abstract = True


class IsEdition(models.Model):
    """One version of it. The room says what it is an edition of, under the related name `editions`."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    note = models.CharField("what changed", max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    # Counts changes of the draft; whoever saves names the one that the change was made on.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class IsEntry(models.Model):
    """One thing in an edition. Its key stays the same from edition to edition."""

    # The room's own foreign key.
    edition: Any
    key = models.SlugField(max_length=60)
    position = models.PositiveIntegerField()

    class Meta:
        abstract = True


E = TypeVar("E", bound=IsEdition)
N = TypeVar("N", bound=IsEntry)


class HasEditions(Protocol[E]):
    """Any `InEditions`, with the type of its editions."""

    subject_kind: str

    @property
    def editions(self) -> RelatedManager[E]: ...


def newest_published(thing: HasEditions[E]) -> E | None:
    """The newest published edition, or None where none is published yet."""
    return thing.editions.filter(state=IsEdition.State.PUBLISHED).order_by("-number").first()


def draft(thing: HasEditions[E]) -> E | None:
    """The draft, or None. It knows what it is an edition of without another query."""
    return thing.editions.filter(state=IsEdition.State.DRAFT).first()


def draft_of(thing: HasEditions[E], version: int | None = None) -> E:
    """The draft. Raises `Refused` where there is none, `EditConflict` where it is no longer at `version`."""
    found = draft(thing)
    if found is None:
        raise Refused(f"There is no draft of this {thing.subject_kind}. Begin one first.")
    if version is not None and version != found.version:
        raise EditConflict(found, "draft")
    return found


def checked_slug(kind: type[InEditions], slug: str, title: str) -> str:
    """A free short name, made from the title unless one is given. Raises `ValidationError` on `slug`."""
    found = slug or slugify(title)[:_LONGEST_SLUG].strip("-")
    if not found or found in _TAKEN or found.isdigit():
        raise invalid("slug", "must be a short name with letters, and not “new”")
    if kind._default_manager.filter(slug=found).exists():
        raise invalid("slug", f"is taken by another {kind.subject_kind}")
    return found


def refuse_archived(thing: InEditions) -> None:
    """Raises `Refused` for what is put away."""
    if thing.is_archived:
        raise Refused(f"This {thing.subject_kind} is put away. Take it up again first.")


def set_archived(thing: InEditions, archived: bool) -> bool:
    """Put it away or take it up again; whether that changed anything. The caller holds its lock."""
    if thing.is_archived == archived:
        return False
    thing.is_archived = archived
    thing.save(update_fields=["is_archived"])
    return True


def copy_entries(entries: Iterable[N], into: IsEdition) -> None:
    """Write the entries once more, into another edition; the objects given are the new ones then."""
    copies = list(entries)
    for one in copies:
        one.pk, one.edition = None, into
    if copies:
        type(copies[0])._default_manager.bulk_create(copies)


def count_change(found: IsEdition, *fields: str) -> None:
    """Save `fields` of the draft, and count the change, by which two editors lose nothing."""
    found.version += 1
    found.save(update_fields=[*fields, "version"])


def publish(found: IsEdition, *, actor: Any, note: str | None, checked: Sequence[str] = ("note",)) -> None:
    """Publish the draft for good. `note` says what changed; None leaves the one that stands there.

    Raises `ValidationError` on `note` where a later edition says nothing, and by field on those of `checked`.
    """
    if note is not None:
        found.note = note.strip()
    if not found.note and found.number > 1:
        raise invalid("note", "must say what changed")
    found.state, found.published_by, found.published_at = IsEdition.State.PUBLISHED, actor, timezone.now()
    check_fields(found, *checked)
    found.save(update_fields=["state", "published_by", "published_at", "note"])


def discard(thing: HasEditions[E], found: E) -> int:
    """Throw the draft away; its number. Raises `Refused` where it is the only edition that there is."""
    if not newest_published(thing):
        raise Refused(f"It is the only edition. Put the {thing.subject_kind} away instead.")
    number = found.number
    found.delete()
    return number


def renumber(entries: Sequence[N]) -> None:
    """Write the places of entries that stand elsewhere now. Uniqueness is judged when the transaction ends."""
    moved = []
    for place, one in enumerate(entries, start=1):
        if one.position != place:
            one.position = place
            moved.append(one)
    if moved:
        type(moved[0])._default_manager.bulk_update(moved, ["position"])
