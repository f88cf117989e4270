"""Errors that people cause and can mend."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError


class Refused(Exception):
    """A verb met a state in which it cannot act (409): the entry was changed meanwhile, a stage cannot follow."""

    def __init__(self, message: str) -> None:
        self.message = str(message)
        super().__init__(self.message)


class EditConflict(Refused):
    """Somebody else changed it meanwhile; `current` is how it stands now, `what` the word for it."""

    def __init__(self, current: Any, what: str) -> None:
        self.current = current
        super().__init__(f"Somebody else changed this {what} while you were editing it.")


def invalid(field: str, rule: str) -> ValidationError:
    """A `ValidationError` bound to `field`, which pages show beside it and the API under its name."""
    return ValidationError({field: [rule]})
