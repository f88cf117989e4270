"""The forms of onboarding: the fewest fields first."""

from __future__ import annotations

from typing import Any

from django import forms

from coe.accounts.forms import UnitField
from coe.accounts.models import Person
from coe.accounts.queries import units_to_grant_in
from coe.accounts.rules import is_administrator
from coe.core.forms import PlainSelect
from coe.mentors.models import Mentor
from coe.onboarding.models import Team
from coe.paths.models import Experience, Path, Step


class EnrolForm(forms.Form):
    path = forms.ModelChoiceField(Path.objects.none(), to_field_name="slug", label="Path", widget=PlainSelect)
    experience = forms.ChoiceField(
        label="How much of it have you done?", choices=Experience.choices, widget=forms.RadioSelect, initial="new"
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        required=False,
        label="With a team",
        empty_label="Alone",
        widget=PlainSelect,
        help_text="Everybody of the team comes onto the path. Some steps are done once for all.",
    )
    person = forms.ModelChoiceField(
        Person.objects.none(),
        required=False,
        label="For somebody else",
        empty_label="No, for me or the team",
        widget=PlainSelect,
    )
    unit = UnitField(required=False, label="For a whole unit", empty="No")
    folded = ("person", "unit")

    def __init__(self, *args: Any, viewer: Person, paths: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["path"].queryset = paths  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.filter(lead=viewer)  # type: ignore[attr-defined]
        units = units_to_grant_in(viewer)
        if not units:
            del self.fields["person"], self.fields["unit"]
            return
        people = Person.objects.visible_to(viewer).filter(is_active=True)
        if not is_administrator(viewer):
            people = people.filter(unit__in=[unit.pk for _, unit in units])
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        unit = self.fields["unit"]
        if isinstance(unit, UnitField):
            unit.offer(units)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        chosen = [name for name in ("team", "person", "unit") if found.get(name)]
        if len(chosen) > 1:
            self.add_error(chosen[-1], "Choose one: a team, somebody else or a unit.")
        return found


class TeamForm(forms.Form):
    name = forms.CharField(label="What is the team called?", max_length=120)
    members = forms.ModelMultipleChoiceField(
        Person.objects.none(),
        required=False,
        label="Who belongs to it, besides its lead?",
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text="Hold Ctrl (or ⌘) to choose several.",
    )

    def __init__(self, *args: Any, viewer: Person, lead: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.visible_to(viewer).filter(is_active=True).exclude(pk=lead.pk)
        self.fields["members"].queryset = people  # type: ignore[attr-defined]


class DoneForm(forms.Form):
    """What a step asks for when it is said to be done."""

    note = forms.CharField(required=False, label="What came of it", max_length=4000, widget=forms.Textarea({"rows": 3}))
    link = forms.URLField(required=False, label="Link to it", max_length=500, assume_scheme="https")

    def __init__(self, *args: Any, step: Step, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kind in (("note", "words"), ("link", "link")):
            self.fields[name].required = step.evidence == kind
        if step.kind == Step.Kind.READ or step.evidence == "":
            del self.fields["link"], self.fields["note"]


class StuckForm(forms.Form):
    goal = forms.CharField(label="What are you trying to do?", max_length=200)
    error = forms.CharField(
        required=False,
        label="The error, if there is one",
        max_length=8000,
        widget=forms.Textarea({"rows": 5, "class": "code"}),
    )
    urgency = forms.ChoiceField(
        label="How urgent is it?",
        choices=[("today", "Today: we are stuck"), ("week", "This week"), ("later", "No hurry")],
        initial="today",
        widget=forms.RadioSelect,
    )
    details = forms.CharField(required=False, label="More", max_length=4000, widget=forms.Textarea({"rows": 3}))
    folded = ("details",)


class MeetForm(forms.Form):
    details = forms.CharField(
        required=False, label="What would you like to talk about?", max_length=4000, widget=forms.Textarea({"rows": 4})
    )


class WhyForm(forms.Form):
    why = forms.CharField(label="Why", max_length=500)


class ShiftForm(forms.Form):
    first = forms.DateField(label="Away from", widget=forms.DateInput({"type": "date"}))
    last = forms.DateField(label="Until, that day included", widget=forms.DateInput({"type": "date"}))
    why = forms.CharField(label="Why", max_length=500, initial="Holidays")


class MentorForm(forms.Form):
    mentor = forms.ModelChoiceField(
        Mentor.objects.none(), required=False, label="Mentor", empty_label="Nobody yet", widget=PlainSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mentor"].queryset = Mentor.objects.serving().select_related("person")  # type: ignore[attr-defined]
