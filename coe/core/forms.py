"""Forms on pages: what a verb refuses is shown beside the field, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from coe.core.errors import EditConflict, Refused

NUMBER_WANTED = "Enter a number, with a point before its decimals: 12.5"
SHORT_NAME_WANTED = "Small letters, digits and hyphens only, like card-fraud."


def number_input() -> forms.TextInput:
    """A box that gives back what was typed: a browser empties its own number box of what it cannot read."""
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


class Number(forms.FloatField):
    """A finite number; what is none stays in the box, with a sentence that says how to write it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=number_input(), error_messages={"invalid": NUMBER_WANTED}, **kwargs)


class PlainSelect(forms.Select):
    """A select of many choices without groups, written at once: Django renders a template for each option."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: object = None) -> SafeString:
        """The same elements as Django's own."""
        chosen = self.format_value(value)
        options = format_html_join(
            "\n",
            '  <option value="{}"{}>{}</option>',
            ((key, mark_safe(" selected") if str(key) in chosen else "", label) for key, label in self.choices),
        )
        own = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>\n{}\n</select>", own, options)


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


def saved(form: BaseForm, verb: Callable[[], object]) -> tuple[bool, Any]:
    """As `carried_out`; and when it was not done because somebody else changed the thing: how that stands now.

    Sent again, the form then wins over what it was just shown, and over nothing later.
    """
    conflicts: list[EditConflict] = []

    def watched() -> None:
        try:
            verb()
        except EditConflict as conflict:
            conflicts.append(conflict)
            raise

    if carried_out(form, watched):
        return True, None
    if not conflicts:
        return False, None
    # A copy that can be written, with its lists.
    sent: Any = copy(form.data)
    sent["version"] = str(conflicts[0].current.version)
    form.data = sent
    return False, conflicts[0].current


def status_of(form: BaseForm, conflict: object = None) -> int:
    """The status of a page with a form: 409 after a conflict, 422 with errors, else 200."""
    return 409 if conflict else 422 if form.errors else 200
