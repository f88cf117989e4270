"""Whether the steps of a draft can be published as they are."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from coe.paths import step_fields
from coe.paths.models import Step


def judged(steps: Sequence[Step]) -> dict[str, str]:
    """What is wrong with steps or lacking, by their keys; empty when the edition can be published.

    Once more what adding and editing checked: a room may have taken its check away since, a guide may be out of use.
    Keys are unique by a constraint of the database.
    """
    return {step.key: sentence for step in steps if (sentence := _wrong(step, steps))}


def _wrong(step: Step, steps: Sequence[Step]) -> str:
    if lacking := step_fields.lacking(step):
        return lacking
    try:
        if step.kind == Step.Kind.VERIFIED:
            step_fields.checked_params(step.check_key, step.params)
        if step.kind == Step.Kind.QUIZ:
            step_fields.checked_questions(step.questions)
        step_fields.check_links(step, steps)
    except ValidationError as error:
        return str(error.messages[0])
    return ""
