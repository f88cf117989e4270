"""The filters of the library."""

from __future__ import annotations

from typing import Any

from django import forms

from coe.accounts.forms import UnitField, offer_units
from coe.accounts.models import Person
from coe.core.forms import PlainSelect
from coe.guides import about, library
from coe.guides.models import Audience, Document, Kind, Outcome

# Of each kind of thing, how many are offered as what documents are about.
MOST_SUBJECTS = 300


class AboutField(forms.ChoiceField):
    """One of the things that documents of the library are about, as (content type id, id); None for any."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=PlainSelect, **kwargs)

    def offer(self, person: Person) -> None:
        """Those that the person may know of, of documents that the person may know of. One query a kind."""
        pairs = Document.objects.visible_to(person).filter(subject_type__isnull=False).order_by()
        choices: list[tuple[str, str]] = [("", "Anything")]
        for kind in about.kinds():
            told = pairs.filter(subject_type=kind.type_id).values("subject_id")
            found = kind.visible_to(person).filter(pk__in=told)[:MOST_SUBJECTS]
            choices += [(f"{kind.type_id}-{one.pk}", f"{kind.label}: {one}") for one in found]
        self.choices = choices

    def clean(self, value: Any) -> tuple[int, int] | None:
        chosen = super().clean(value)
        if not chosen:
            return None
        type_id, _, object_id = chosen.partition("-")
        return int(type_id), int(object_id)


class LibraryFilter(forms.Form):
    q = forms.CharField(label="Title", required=False, max_length=200)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All kinds"), *Kind.choices])
    audience = forms.ChoiceField(label="For", required=False, choices=[("", "All readers"), *Audience.choices])
    unit = UnitField(label="Unit", required=False, empty="All units")
    about = AboutField(label="About", required=False)
    outcome = forms.ChoiceField(label="How it went", required=False, choices=[("", "Any"), *Outcome.choices])
    state = forms.ChoiceField(label="State", required=False, choices=library.STATES)
    tag = forms.CharField(label="Tag", required=False, max_length=40)
    owner = forms.CharField(label="Owner", required=False, max_length=120)

    def __init__(self, data: Any, *, viewer: Person) -> None:
        super().__init__(data)
        offer_units(self, "unit", viewer)
        chooser = self.fields["about"]
        if isinstance(chooser, AboutField):
            chooser.offer(viewer)
