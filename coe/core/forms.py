"""Forms on pages: what a verb refuses is shown beside the field, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm

from coe.core.errors import Refused


def carried_out(form: BaseForm, verb: Callable[[], object]) -> bool:
    """Call `verb` if the form is valid. True when it was done; else the form holds the errors, by field."""
    if not form.is_valid():
        return False
    try:
        verb()
    except ValidationError as error:
        rules = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        for field, messages in rules.items():
            known = field in form.fields
            named = known or field == NON_FIELD_ERRORS
            for message in messages:
                form.add_error(field if known else None, message if named else f"{field.replace('_', ' ')}: {message}")
        return False
    except Refused as error:
        form.add_error(None, error.message)
        return False
    return True
