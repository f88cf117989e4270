from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from coe.accounts.forms import UnitField, offer_units, unit_choices
from coe.accounts.models import BusinessUnit, Grant, Person, Role
from coe.accounts.queries import in_tree_order
from projects.checklists.models import Checklist
from projects.handoffs.items import Standing
from projects.handoffs.models import Handoff, State
from projects.tracking.models import ModelVersion, RegisteredModel
from projects.tracking.suggestions import editable_projects

AGES = [("", "Any time"), ("7", "More than a week"), ("30", "More than a month"), ("90", "More than three months")]


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


class HandoffFilter(forms.Form):
    turn = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label="Search", required=False, max_length=200)
    unit = forms.ChoiceField(label="Unit", required=False)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All states"), *State.choices])
    checklist = forms.ChoiceField(label="Checklist", required=False)
    age = forms.ChoiceField(label="In this state for", required=False, choices=AGES)
    stale = forms.BooleanField(label="A newer version is there", required=False)

    def __init__(self, data: Any, *, viewer: Person) -> None:
        super().__init__(data)
        unit, checklist = self.fields["unit"], self.fields["checklist"]
        if isinstance(unit, forms.ChoiceField):
            units = in_tree_order(BusinessUnit.objects.visible_to(viewer))
            unit.choices = [("", "All units"), *unit_choices(units)]
        if isinstance(checklist, forms.ChoiceField):
            lists = Checklist.objects.visible_to(viewer).values_list("slug", "name")
            checklist.choices = [("", "All"), *lists]


def approvers() -> QuerySet[Person]:
    """People who hold the role approver somewhere; the verb says whether one of them may decide a handoff."""
    found: QuerySet[Person] = Person.objects.filter(
        is_active=True, pk__in=Grant.objects.filter(role=Role.APPROVER).values("person")
    )
    return found


class Reviewers(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=approvers(), required=False, **kwargs)


class ModelForm(forms.Form):
    """Which model is to be handed over: those of projects of whose team the person is."""

    model = forms.ModelChoiceField(
        RegisteredModel.objects.none(), empty_label="Choose one", help_text="Models of the projects that you work on."
    )

    def __init__(self, *args: Any, models: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["model"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = models


class NewHandoffForm(forms.Form):
    model_version = forms.ModelChoiceField(ModelVersion.objects.none(), label="Version", empty_label=None)
    checklist = forms.ModelChoiceField(Checklist.objects.none(), empty_label=None)
    summary = forms.CharField(
        label="What changes for those who run it",
        required=False,
        max_length=4000,
        widget=_area(4),
        help_text="Markdown. A few sentences are enough.",
    )
    receiving_unit = UnitField(label="Handed to the approvers of", empty="Choose one")
    reviewer = Reviewers(help_text="Leave it open, and whoever of them is free takes it up.")
    due_on = forms.DateField(label="Wanted by", required=False, widget=_day())
    folded = ["receiving_unit", "reviewer", "due_on"]

    def __init__(self, *args: Any, viewer: Person, model: RegisteredModel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions, lists = self.fields["model_version"], self.fields["checklist"]
        if isinstance(versions, forms.ModelChoiceField):
            versions.queryset = model.versions.filter(missing_since=None).select_related("model").order_by("-version")
        if isinstance(lists, forms.ModelChoiceField):
            lists.queryset = Checklist.objects.visible_to(viewer).in_use().order_by("-is_default", "name")
        offer_units(self, "receiving_unit", viewer)


class SummaryForm(forms.Form):
    summary = forms.CharField(
        label="What changes for those who run it",
        required=False,
        max_length=4000,
        widget=_area(8),
        help_text="Markdown.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class EvidenceForm(forms.Form):
    """One piece of evidence: its kind is what is filled in."""

    url = forms.URLField(label="A link", required=False, max_length=1000, assume_scheme="https")
    text = forms.CharField(label="or a text", required=False, max_length=8000, widget=_area(5), help_text="Markdown.")
    file = forms.FileField(
        label="or a file",
        required=False,
        help_text="A picture, PDF, text, CSV, JSON, notebook or office document of at most 5 MB.",
    )
    title = forms.CharField(label="What it is", required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.errors:
            return found
        given = [kind for kind, name in (("link", "url"), ("text", "text"), ("file", "file")) if found.get(name)]
        if len(given) != 1:
            raise forms.ValidationError("Give a link, a text or a file: one at a time.")
        return {**found, "kind": given[0]}


class NotApplicableForm(forms.Form):
    note = forms.CharField(label="Why it does not apply", max_length=1000, widget=_area(3))


class SignForm(forms.Form):
    note = forms.CharField(label="Remark", required=False, max_length=1000, widget=_area(2))


class CommentForm(forms.Form):
    text = forms.CharField(label="Say something", max_length=4000, widget=_area(3), help_text="Markdown.")


class WithdrawForm(forms.Form):
    reason = forms.CharField(max_length=2000, widget=_area(3), help_text="Stays in the record.")


class ReassignForm(forms.Form):
    receiving_unit = UnitField(label="Handed to the approvers of", empty="Choose one")
    reviewer = Reviewers(help_text="Leave it open, and whoever of them is free takes it up.")
    due_on = forms.DateField(label="Wanted by", required=False, widget=_day())

    def __init__(self, *args: Any, viewer: Person, handoff: Handoff, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "receiving_unit": handoff.receiving_unit.slug,
            "reviewer": handoff.reviewer_id,
            "due_on": handoff.due_on,
        }
        super().__init__(*args, **kwargs)
        offer_units(self, "receiving_unit", viewer)


class AcceptForm(forms.Form):
    reason = forms.CharField(
        label="Remark", required=False, max_length=2000, widget=_area(3), help_text="Stays in the record."
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, handoff: Handoff, newest: int, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": {"version": handoff.version}})
        own = handoff.model_version.version
        if newest != own:
            self.fields["newest_seen"] = forms.TypedChoiceField(
                label=f"Version {newest} is there",
                coerce=int,
                choices=[(newest, f"I mean version {own}, although version {newest} has arrived")],
                widget=forms.RadioSelect,
            )


class ReturnForm(forms.Form):
    """What is wanting, of the whole and item by item: a field `item-<key>` for each."""

    reason = forms.CharField(label="Of the whole", required=False, max_length=2000, widget=_area(3))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, handoff: Handoff, rows: list[Standing], **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": {"version": handoff.version}})
        for row in rows:
            self.fields[f"item-{row.item.key}"] = forms.CharField(
                label=row.item.title, required=False, max_length=1000, widget=_area(2)
            )

    def reasons(self) -> dict[str, str]:
        """What was said, by item key."""
        given = {name: why for name, why in self.cleaned_data.items() if name.startswith("item-") and why}
        return {name.removeprefix("item-"): why for name, why in given.items()}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors and not found.get("reason") and not self.reasons():
            raise forms.ValidationError("Say what is missing, of the whole or beside an item.")
        return found


def may_open_for(person: Person) -> Any:
    """The models that the person may hand over: of visible projects that the person may edit."""
    models = RegisteredModel.objects.visible_to(person).filter(missing_since=None)
    return models.filter(project__in=editable_projects(person)).order_by("name")
