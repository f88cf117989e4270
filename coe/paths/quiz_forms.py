"""The questions of a quiz as rows of a form: text, options one a line with * before the right ones, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from coe.paths import wording
from coe.paths.step_fields import MOST_QUESTIONS, checked_question

_BLANK = 2
COUNT = "questions"


@dataclass
class Row:
    """One question as it is typed; `errors` by field."""

    number: int
    text: str = ""
    options: str = ""
    why: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return not (self.text.strip() or self.options.strip() or self.why.strip())


class QuizRows:
    """The rows of the questions that are there and some empty ones, or of what was sent.

    A row that was emptied takes its question out. `questions` are those of valid rows, as the verbs take them.
    """

    def __init__(self, sent: Mapping[str, Any] | None, kept: Sequence[Mapping[str, Any]]) -> None:
        self.questions: list[dict[str, Any]] = []
        self.rows = self._sent(sent) if sent is not None and COUNT in sent else self._kept(kept)

    def _kept(self, kept: Sequence[Mapping[str, Any]]) -> list[Row]:
        rows = [
            Row(n, str(one["text"]), wording.options(one), str(one.get("why", "")))
            for n, one in enumerate(kept, start=1)
        ]
        return rows + [Row(len(rows) + n) for n in range(1, _BLANK + 1)]

    def _sent(self, sent: Mapping[str, Any]) -> list[Row]:
        raw = str(sent.get(COUNT, ""))
        count = min(int(raw), MOST_QUESTIONS + _BLANK) if raw.isascii() and raw.isdigit() and len(raw) < 5 else 0
        typed = [
            [str(sent.get(f"q{n}_{name}", "")) for name in ("text", "options", "why")] for n in range(1, count + 1)
        ]
        return [Row(n, text, options, why) for n, (text, options, why) in enumerate(typed, start=1)]

    def add_rows(self) -> None:
        """Room for more questions."""
        self.rows += [Row(len(self.rows) + n) for n in range(1, _BLANK + 1)]

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def errors(self) -> list[tuple[str, str]]:
        """What is wrong, with the id of the field."""
        return [
            (f"id_q{row.number}_{name}", f"Question {row.number}: {rule}")
            for row in self.rows
            for name, rule in row.errors.items()
        ]

    def is_valid(self) -> bool:
        """Whether each row that holds something is a whole question; the others say what they lack."""
        self.questions = []
        for row in self.rows:
            row.errors = {}
            if row.is_blank:
                continue
            options, right = wording.options_of(row.options)
            try:
                self.questions.append(
                    checked_question({"text": row.text, "options": options, "right": right, "why": row.why})
                )
            except ValidationError as error:
                for name, messages in error.message_dict.items():
                    row.errors["options" if name == "right" else name] = messages[0]
        return not any(row.errors for row in self.rows)
