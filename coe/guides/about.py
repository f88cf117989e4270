"""What documents and feedback can be about: each higher room registers its things here, with who may write on them.

A document about a project or a model is known to whoever may know of that thing, and edited by whoever may edit it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from coe.accounts.models import BusinessUnit, Person
from coe.core.access import AlreadyRegistered
from coe.core.errors import invalid


@dataclass(frozen=True)
class Kind:
    """A kind of thing that documents can be about.

    `model` has a manager with `visible_to(person)`. `editable` gives those on which the person may write and answer
    feedback, `owned` those that the person owns (for None: that nobody owns); `owner` and `unit` say whose one is.
    """

    name: str
    label: str
    model: type[Model]
    editable: Callable[[Person], QuerySet[Any]]
    owned: Callable[[Person | None], QuerySet[Any]]
    owner: Callable[[Any], Person | None]
    unit: Callable[[Any], BusinessUnit | None]
    # Those that people call by this name outside of Cairn; none where the kind has no names of its own.
    named: Callable[[str], QuerySet[Any]] | None = None

    @property
    def type_id(self) -> int:
        return ContentType.objects.get_for_model(self.model).pk

    def visible_to(self, person: Person) -> QuerySet[Any]:
        """Those that the person may know of."""
        manager: Any = self.model._default_manager
        found: QuerySet[Any] = manager.visible_to(person)
        return found


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Let documents be about things of this kind. Raises `AlreadyRegistered` for a name given twice."""
    if kind.name in _kinds:
        raise AlreadyRegistered(kind.name)
    _kinds[kind.name] = kind


def kinds() -> list[Kind]:
    """Every kind, by its name."""
    return [kind for _, kind in sorted(_kinds.items())]


def kind(name: str) -> Kind:
    """The kind of that name. Raises `ValidationError` on `subject` for an unknown one."""
    if name not in _kinds:
        raise invalid("subject", "must be about one of " + ", ".join(sorted(_kinds)))
    return _kinds[name]


def kind_of(type_id: int | None) -> Kind | None:
    """The kind with that content type, or None."""
    return next((one for one in _kinds.values() if one.type_id == type_id), None) if type_id else None


def visible_subjects(person: Person) -> Q:
    """The condition that `subject_type`/`subject_id` name a thing that the person may know of."""
    return _any(lambda one: one.visible_to(person))


def editable_subjects(person: Person) -> Q:
    """The condition that `subject_type`/`subject_id` name a thing on which the person may write."""
    return _any(lambda one: one.editable(person))


def owned_subjects(person: Person | None) -> Q:
    """The condition that `subject_type`/`subject_id` name a thing that the person owns; for None: that nobody owns."""
    return _any(lambda one: one.owned(person))


def _any(of: Callable[[Kind], QuerySet[Any]]) -> Q:
    found = Q(pk__in=[])
    for one in _kinds.values():
        # Not `in`: of one document's subject it need not be asked which of all things these are.
        found |= Q(Exists(of(one).order_by().filter(pk=OuterRef("subject_id"))), subject_type=one.type_id)
    return found


def may_write_on(person: Person, type_id: int | None, object_id: int | None) -> bool:
    """Whether the person may write documents about this thing and answer what readers say of it."""
    one = kind_of(type_id)
    return one is not None and one.editable(person).filter(pk=object_id).exists()


def subject_of(person: Person, type_id: int | None, object_id: int | None) -> Any:
    """The thing itself, or None where there is none or the person may not know of it."""
    one = kind_of(type_id)
    return one.visible_to(person).filter(pk=object_id).first() if one else None
