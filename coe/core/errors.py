"""Errors that people cause and can mend."""

from __future__ import annotations

from django.core.exceptions import ValidationError


class Refused(Exception):
    """A verb met a state in which it cannot act (409): the entry was changed meanwhile, a stage cannot follow."""

    def __init__(self, message: str) -> None:
        self.message = str(message)
        super().__init__(self.message)


def invalid(field: str, rule: str) -> ValidationError:
    """A `ValidationError` bound to `field`, which pages show beside it and the API under its name."""
    return ValidationError({field: [rule]})
