from __future__ import annotations

from typing import Any

from django import forms

from coe.accounts.forms import UnitField
from coe.accounts.models import BusinessUnit, Person, Role
from coe.accounts.queries import in_tree_order
from coe.accounts.rules import in_scope, standing
from coe.core.forms import PlainSelect
from coe.paths.models import Experience


class StartForm(forms.Form):
    """Four fields; the rest can follow."""

    name = forms.CharField(label="What is the project called?", max_length=120)
    summary = forms.CharField(label="What will it do, in one sentence?", max_length=240)
    unit = UnitField(label="For which business unit?", empty="Choose a unit")
    experience = forms.ChoiceField(
        label="How much have you done with machine learning?",
        choices=Experience.choices,
        widget=forms.RadioSelect,
        initial="new",
    )
    sponsor = forms.ModelChoiceField(
        Person.objects.none(),
        required=False,
        label="Who in the business wants it?",
        empty_label="Nobody yet",
        widget=PlainSelect,
    )
    members = forms.ModelMultipleChoiceField(
        Person.objects.none(),
        required=False,
        label="Who works on it with you?",
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text="Hold Ctrl (or ⌘) to choose several.",
    )
    folded = ("sponsor", "members")

    def __init__(self, *args: Any, viewer: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = standing(viewer).scope(Role.CONTRIBUTOR, Role.UNIT_LEAD, Role.ADMINISTRATOR)
        unit = self.fields["unit"]
        if isinstance(unit, UnitField):
            unit.offer(in_tree_order(BusinessUnit.objects.visible_to(viewer).filter(in_scope(scope, "lineage"))))
        people = Person.objects.visible_to(viewer).filter(is_active=True).exclude(pk=viewer.pk)
        for name in ("sponsor", "members"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = people
