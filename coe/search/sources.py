"""What can be found: each room registers here where its things come from and who may know of them.

The index keeps a copy of what a thing says, never of who may see it: `visible` is asked whenever somebody searches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models.expressions import Combinable

from coe.accounts.models import Person
from coe.core.access import AlreadyRegistered
from coe.core.models import Event


@dataclass(frozen=True)
class Text:
    """What is found of one thing. `ref` is its id in its own table; what it says counts more the further up it stands
    here: title, keywords (names, tags), summary, body.

    `target` is the id of what is shown, where that is another thing (a model, found by its guide).
    """

    ref: int
    title: str
    url: str
    keywords: Sequence[str] = ()
    summary: str = ""
    body: str = ""
    unit_id: int | None = None
    target: int | None = None


@dataclass(frozen=True)
class Source:
    """One kind of things in the index.

    `rows()` are the things that can be found at all, `visible(person)` those of them that the person may know of:
    querysets of the same model. `texts(ids)` says what those of `rows()` among `ids` say. `verbs` gives for a verb of
    the event stream the ids of the things that it may have changed.

    `stamp`, where it is given, tells in the database whether a thing differs from what was indexed of it (see
    `index.differing`).

    `kind` is the kind under which they are shown; two sources may share one. `label` names many of them, `noun` one,
    `order` is the kind's place in lists.
    """

    name: str
    label: str
    noun: str
    order: int
    rows: Callable[[], Any]
    visible: Callable[[Person], Any]
    texts: Callable[[Sequence[int]], Iterable[Text]]
    verbs: Mapping[str, Callable[[Event], Iterable[int]]] = field(default_factory=dict)
    shown_as: str = ""
    stamp: Combinable | None = None

    @property
    def kind(self) -> str:
        return self.shown_as or self.name


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Let these things be found. Raises `AlreadyRegistered` for a name given twice."""
    if source.name in _sources:
        raise AlreadyRegistered(source.name)
    _sources[source.name] = source


def sources() -> list[Source]:
    """Every source, in the order in which kinds are listed."""
    return sorted(_sources.values(), key=lambda one: (one.order, one.name))


def source(name: str) -> Source:
    """The source of that name. Raises `KeyError`."""
    return _sources[name]


def kinds() -> dict[str, Source]:
    """The source that names each kind, in the order of lists."""
    return {one.name: one for one in sources() if not one.shown_as}


def wants(verb: str) -> bool:
    """Whether events of this verb may change what is found."""
    return any(verb in one.verbs for one in _sources.values())


def of_subject(event: Event) -> Iterable[int]:
    """For `verbs`: the thing that the event is about."""
    return [event.subject_id]
