"""What a step of each kind holds, and whether it is right: for the verbs, and once more before an edition is published.

Nothing here reads or writes the database.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from coe.core.errors import invalid
from coe.guides.models import Document
from coe.paths import checks
from coe.paths.models import Step

MOST_QUESTIONS, MOST_OPTIONS = 40, 10
LONGEST_QUESTION, LONGEST_OPTION, LONGEST_WHY = 500, 300, 1000
MOST_STEPS = 100
MOST_DUE, MOST_MINUTES = 500, 5000
_LONGEST_PARAM = 250
# What belongs to one kind alone, and what stands there in the others.
_OWN: dict[str, tuple[str, Any]] = {
    "document": (Step.Kind.READ, None),
    "evidence": (Step.Kind.TASK, ""),
    "questions": (Step.Kind.QUIZ, []),
    "pass_mark": (Step.Kind.QUIZ, 80),
    "tries_a_day": (Step.Kind.QUIZ, 3),
    "covers": (Step.Kind.QUIZ, []),
    "topic": (Step.Kind.MEET, ""),
    "check_key": (Step.Kind.VERIFIED, ""),
    "params": (Step.Kind.VERIFIED, {}),
}
_LISTS = ("needs", "covers", "roles", "experience")


def keep_own(step: Step) -> None:
    """Take from a step what belongs to other kinds, and tidy its lists and its topic.

    Raises `ValidationError` by field for what cannot be one.
    """
    for name, (kind, otherwise) in _OWN.items():
        if step.kind != kind:
            setattr(step, name, type(otherwise)(otherwise) if isinstance(otherwise, list | dict) else otherwise)
    for name in _LISTS:
        given = getattr(step, name)
        if not isinstance(given, list | tuple):
            raise invalid(name, "must be a list")
        setattr(step, name, list(dict.fromkeys(map(str, given))))
    for name, most in (("due_days", MOST_DUE), ("minutes", MOST_MINUTES)):
        if isinstance(value := getattr(step, name), int) and value > most:
            raise invalid(name, f"may be at most {most}")
    if isinstance(step.topic, str):
        step.topic = " ".join(step.topic.lower().split())
        if "," in step.topic:
            raise invalid("topic", "must be one topic, without commas")
    if not isinstance(step.tries_a_day, int) or not 1 <= step.tries_a_day <= 100:
        raise invalid("tries_a_day", "must be between 1 and 100")
    if not isinstance(step.pass_mark, int) or not 1 <= step.pass_mark <= 100:
        raise invalid("pass_mark", "must be between 1 and 100")


def checked_params(key: str, given: Any) -> dict[str, Any]:
    """What the check is asked with: names that it knows, with words, numbers or yes and no; empty ones left out.

    Raises `ValidationError` on `check_key` for a check that no room offers, on `params` by name and rule.
    """
    check = checks.get(key)
    if check is None:
        raise invalid("check_key", "must be one of " + (", ".join(one.key for one in checks.checks()) or "none"))
    if not isinstance(given, Mapping):
        raise invalid("params", "must be names with values")
    if unknown := sorted(set(given) - set(check.params)):
        raise invalid("params", f"{unknown[0]}: is nothing that this check can be told")
    found = {name: _param(name, given[name]) for name in check.params if name in given}
    return {name: value for name, value in found.items() if value not in ("", None)}


def _param(name: str, value: Any) -> Any:
    if isinstance(value, str) and len(value.strip()) <= _LONGEST_PARAM and _can_be_kept(value):
        return value.strip()
    if value is None or isinstance(value, bool) or (isinstance(value, int | float) and math.isfinite(value)):
        return value
    raise invalid("params", f"{name}: must be a text of at most {_LONGEST_PARAM} characters, or a number")


def checked_questions(given: Any) -> list[dict[str, Any]]:
    """The questions of a quiz as they are kept: [{text, options, right, why}].

    Raises `ValidationError` on `questions` that names the question by its number, and the rule.
    """
    if not isinstance(given, list | tuple):
        raise invalid("questions", "must be a list")
    if len(given) > MOST_QUESTIONS:
        raise invalid("questions", f"may be at most {MOST_QUESTIONS}")
    found = []
    for number, one in enumerate(given, start=1):
        try:
            found.append(checked_question(one))
        except ValidationError as error:
            raise invalid("questions", f"question {number}: {error.messages[0]}") from None
    return found


def checked_question(given: Any) -> dict[str, Any]:
    """One question as it is kept. Raises `ValidationError` on `text`, `options`, `right` or `why`."""
    if not isinstance(given, Mapping):
        raise invalid("text", "must be a question with text, options and the right ones")
    text = _words(given.get("text"), "text", LONGEST_QUESTION)
    if not text:
        raise invalid("text", "must be asked in words")
    raw = given.get("options")
    if not isinstance(raw, list | tuple) or len(raw) > MOST_OPTIONS:
        raise invalid("options", f"must be a list of at most {MOST_OPTIONS}")
    options = [_words(one, "options", LONGEST_OPTION) for one in raw]
    if len(options) < 2 or "" in options:
        raise invalid("options", "needs at least two options")
    if len(set(options)) < len(options):
        raise invalid("options", "has the same option twice")
    right = given.get("right")
    if not isinstance(right, list | tuple) or any(isinstance(n, bool) or not isinstance(n, int) for n in right):
        raise invalid("right", "must say by their places which options are right")
    if not right or not all(0 <= n < len(options) for n in right):
        raise invalid("right", "needs at least one right option")
    why = _words(given.get("why") or "", "why", LONGEST_WHY)
    return {"text": text, "options": options, "right": sorted(set(right)), "why": why}


def _words(value: Any, field: str, most: int) -> str:
    if not isinstance(value, str) or len(value.strip()) > most:
        raise invalid(field, f"must be a text of at most {most} characters")
    if not _can_be_kept(value):
        raise invalid(field, "holds a character that cannot be stored")
    return value.strip()


def _can_be_kept(value: str) -> bool:
    """Whether PostgreSQL takes the text: neither NUL nor half of a surrogate pair."""
    return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)


def check_links(step: Step, steps: Sequence[Step]) -> None:
    """Raises `ValidationError` on `needs` and `covers` that name no step of `steps`, the step itself or (needs) a later
    one.
    """
    there = {one.key: one for one in steps if one.key != step.key}
    for key in step.needs:
        if key not in there:
            raise invalid("needs", f"names {key}, which is no other step of this edition")
        if there[key].position >= step.position:
            raise invalid("needs", f"“{there[key].title}” comes later: a step needs earlier ones only")
    for key in step.covers:
        if key not in there:
            raise invalid("covers", f"names {key}, which is no other step of this edition")


def lacking(step: Step) -> str:
    """What a step still lacks before it can be published, as a sentence; "" when it is whole."""
    if step.kind == Step.Kind.READ:
        if step.document is None and not step.text.strip():
            return "Choose a guide, or write what is to be read."
        if step.document is not None and not readable(step.document):
            return "Its guide is not published any more. Choose another one."
    if step.kind == Step.Kind.QUIZ and not step.questions:
        return "It asks nothing yet. Add a question."
    if step.kind == Step.Kind.MEET and not step.topic:
        return "Say what the mentor is asked about: its topic."
    if step.kind == Step.Kind.VERIFIED and checks.get(step.check_key) is None:
        return f"No part of Cairn knows the check {step.check_key} any more. Choose another one."
    return ""


def readable(document: Document) -> bool:
    """Whether readers find the guide."""
    return document.published_id is not None and document.archived_at is None
