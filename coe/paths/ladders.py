"""Paths that follow each other: those for the same people that have a level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coe.accounts.models import Person
from coe.paths.models import Audience, Path


@dataclass(frozen=True)
class Ladder:
    """The rungs of one kind of newcomers, the first one first."""

    audience: str
    rungs: tuple[Path, ...]

    @property
    def label(self) -> str:
        return str(Audience(self.audience).label) if self.audience in Audience.values else self.audience


def ladders(reader: Person) -> list[Ladder]:
    """Every ladder with more than one rung in use, as far as the reader may know of it. One query."""
    return _ladders(Path.objects.visible_to(reader).in_use().filter(level__gt=0).order_by("audience", "level", "title"))


def ladder_of(reader: Person, path: Path) -> Ladder | None:
    """The ladder that this path is a rung of; None where it would be its only one. One query."""
    rungs = Path.objects.visible_to(reader).in_use().filter(level__gt=0, audience=path.audience)
    return next(iter(_ladders(rungs.order_by("level", "title"))), None)


def _ladders(paths: Iterable[Path]) -> list[Ladder]:
    found: dict[str, list[Path]] = {}
    for path in paths:
        found.setdefault(path.audience, []).append(path)
    return [Ladder(audience, tuple(rungs)) for audience, rungs in found.items() if len(rungs) > 1]
