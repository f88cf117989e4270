"""How the built-in paths are written down: values without a database, in the order in which a newcomer meets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from inspect import cleandoc
from typing import Any

from coe.paths.models import Audience, Experience, Step

Keys = tuple[str, ...]
TEAM = Step.Scope.TEAM
NEW, SOME, EXPERIENCED = Experience.NEW, Experience.SOME, Experience.EXPERIENCED


@dataclass(frozen=True)
class Question:
    """One question of a quiz; `right` are the places of the right options, from 0."""

    text: str
    options: tuple[str, ...]
    right: tuple[int, ...]
    why: str


@dataclass(frozen=True)
class StepText:
    """One step, with the fields of `Step`; its place is its place in the path."""

    key: str
    title: str
    kind: str
    text: str = ""
    scope: str = Step.Scope.PERSON
    needs: Keys = ()
    needs_rule: str = Step.Rule.ALL
    due_days: int | None = None
    minutes: int | None = None
    is_optional: bool = False
    roles: Keys = ()
    experience: Keys = ()
    check_key: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    pass_mark: int = 80
    tries_a_day: int = 3
    covers: Keys = ()
    topic: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class PathText:
    """One path as it comes with Cairn."""

    slug: str
    title: str
    summary: str
    audience: Audience
    steps: tuple[StepText, ...]
    level: int = 0


def read(key: str, title: str, text: str, **parts: Any) -> StepText:
    """Something to read; the text stands in the step itself."""
    return StepText(key, title, Step.Kind.READ, cleandoc(text), **parts)


def task(key: str, title: str, text: str, **parts: Any) -> StepText:
    """Something to do, shown by words or a link where `evidence` says so."""
    return StepText(key, title, Step.Kind.TASK, cleandoc(text), **parts)


def quiz(key: str, title: str, text: str, *questions: Question, **parts: Any) -> StepText:
    """Questions; who passes has done the steps in `covers` too."""
    return StepText(key, title, Step.Kind.QUIZ, cleandoc(text), questions=questions, **parts)


def meet(key: str, title: str, text: str, *, topic: str, **parts: Any) -> StepText:
    """A talk with a mentor about a topic."""
    return StepText(key, title, Step.Kind.MEET, cleandoc(text), topic=topic, **parts)


def seen(key: str, title: str, text: str, *, check: str, **parts: Any) -> StepText:
    """Something that Cairn sees by itself."""
    return StepText(key, title, Step.Kind.VERIFIED, cleandoc(text), check_key=check, **parts)
