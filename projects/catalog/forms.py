from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from coe.accounts.forms import UnitField, offer_units, unit_choices
from coe.accounts.models import BusinessUnit, Person, Role
from coe.accounts.queries import in_tree_order
from coe.accounts.rules import in_scope, standing
from coe.core import access
from coe.core.forms import NUMBER_WANTED, SHORT_NAME_WANTED, PlainSelect, number_input
from coe.core.http import today
from projects.catalog.models import Delivery, Project, Responsibility, RiskTier, Stage, Status, Visibility
from projects.catalog.parts import GOVERNED
from projects.catalog.services import obstacles

_SCALE = [("", "Not said"), *((str(n), str(n)) for n in range(1, 6))]


def _any(label: str, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", label), *choices]


class ProjectFilter(forms.Form):
    q = forms.CharField(label="Search", required=False, max_length=200)
    unit = forms.ChoiceField(label="Unit", required=False, widget=PlainSelect)
    stage = forms.ChoiceField(label="Stage", required=False, choices=_any("All stages", Stage.choices))
    owner = forms.CharField(label="Owner", required=False, max_length=120)
    tag = forms.CharField(label="Technique or domain", required=False, max_length=40)
    status = forms.ChoiceField(label="Status", required=False, choices=_any("Any", Status.choices))
    risk = forms.ChoiceField(label="Risk", required=False, choices=_any("Any", RiskTier.choices))

    def __init__(self, data: Any, *, viewer: Person) -> None:
        super().__init__(data)
        unit = self.fields["unit"]
        if isinstance(unit, forms.ChoiceField):
            units = in_tree_order(BusinessUnit.objects.visible_to(viewer))
            unit.choices = _any("All units", unit_choices(units))


class Commas(forms.CharField):
    """Words with commas between, as a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]  # a list is what this field is for
        return [word.strip() for word in (super().to_python(value) or "").split(",") if word.strip()]


class Links(forms.CharField):
    """One link a line: its name, then its address."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            # By their names: JSON keeps no order of keys.
            return "\n".join(
                link["url"] if link["label"] == link["url"] else f"{link['label']} {link['url']}" for link in value
            )
        return value

    def to_python(self, value: Any) -> list[dict[str, str]]:  # type: ignore[override]  # as above
        lines = [line.split() for line in (super().to_python(value) or "").splitlines() if line.strip()]
        return [{"label": " ".join(words[:-1]) or words[-1], "url": words[-1]} for words in lines]


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Person.objects.filter(is_active=True), **kwargs)


class ProjectForm(forms.Form):
    """The fewest fields first; the rest is folded away."""

    name = forms.CharField(max_length=120)
    summary = forms.CharField(max_length=240, help_text="What it does, in one sentence.")
    unit = UnitField(empty="Choose one")
    owner = PersonChoice(help_text="Who answers for it.")
    sponsor = PersonChoice(required=False, help_text="Who in the business wants it.")
    stakeholders = forms.ModelMultipleChoiceField(
        Person.objects.filter(is_active=True), required=False, help_text="Who should hear of it."
    )
    problem = forms.CharField(
        label="Business problem", widget=forms.Textarea, required=False, help_text="Markdown. What hurts today?"
    )
    decision = forms.CharField(
        label="Decision it supports", widget=forms.Textarea, required=False, help_text="Who decides what with it?"
    )
    techniques = Commas(required=False, help_text="Commas between, like: gradient boosting, time series")
    domains = Commas(required=False, help_text="Commas between, like: churn, pricing")
    delivery = forms.ChoiceField(
        label="Mode of delivery", choices=_any("Not decided", Delivery.choices), required=False
    )
    effort = forms.TypedChoiceField(
        label="Effort, 1 (small) to 5", choices=_SCALE, coerce=int, empty_value=None, required=False
    )
    value = forms.TypedChoiceField(
        label="Value, 1 (small) to 5", choices=_SCALE, coerce=int, empty_value=None, required=False
    )
    annual_value = forms.DecimalField(
        label="Forecast annual value",
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        widget=number_input(),
        error_messages={"invalid": NUMBER_WANTED},
    )
    currency = forms.RegexField(r"^[A-Z]{3}$", error_messages={"invalid": "Three capitals, like EUR."}, required=False)
    risk_tier = forms.ChoiceField(label="Risk", choices=_any("Not assessed", RiskTier.choices), required=False)
    visibility = forms.ChoiceField(label="Who may see it", choices=Visibility.choices, required=False)
    links = Links(required=False, help_text="One a line: its name, then its address.")

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"] or settings.CURRENCY

    def clean_visibility(self) -> str:
        return self.cleaned_data["visibility"] or Visibility.COMPANY


class NewProjectForm(ProjectForm):
    slug = forms.SlugField(
        label="Short name in addresses",
        max_length=80,
        required=False,
        help_text="Made from the name when empty. It cannot be changed later; experiments name it in their tag.",
        error_messages={"invalid": SHORT_NAME_WANTED},
    )
    stage = forms.ChoiceField(choices=Stage.choices, initial=Stage.IDEA, required=False)
    on = forms.DateField(label="In this stage since", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    folded = [
        *("sponsor", "stakeholders", "problem", "decision", "techniques", "domains", "delivery", "effort", "value"),
        *("annual_value", "currency", "risk_tier", "visibility", "links", "slug", "stage", "on"),
    ]

    def __init__(self, *args: Any, viewer: Person, **kwargs: Any) -> None:
        kwargs["initial"] = {
            **{"owner": viewer.pk, "currency": settings.CURRENCY, "on": today()},
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        scope = standing(viewer).scope(Role.CONTRIBUTOR, Role.UNIT_LEAD, Role.ADMINISTRATOR)
        unit = self.fields["unit"]
        if isinstance(unit, UnitField):
            unit.offer(in_tree_order(BusinessUnit.objects.visible_to(viewer).filter(in_scope(scope, "lineage"))))

    def clean_stage(self) -> str:
        return self.cleaned_data["stage"] or Stage.IDEA


class EditProjectForm(ProjectForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    folded: list[str] = []

    def __init__(self, *args: Any, viewer: Person, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": parts_of(project)})
        offer_units(self, "unit", viewer)
        for name in ("owner", "sponsor"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                # Somebody whose account was closed stays until another is chosen.
                kept = Person.objects.filter(pk=getattr(project, f"{name}_id"))
                field.queryset = Person.objects.filter(is_active=True) | kept
        if not access.may(viewer, "project.govern", project):
            for name in GOVERNED:
                del self.fields[name]


def parts_of(project: Project) -> dict[str, Any]:
    """The project as the edit form shows it."""
    plain = (
        *("name", "summary", "problem", "decision", "techniques", "domains", "delivery", "effort", "value"),
        *("annual_value", "currency", "risk_tier", "visibility", "links", "version"),
    )
    return {
        **{name: getattr(project, name) for name in plain},
        "unit": project.unit.slug,
        "owner": project.owner_id,
        "sponsor": project.sponsor_id,
        "stakeholders": list(project.stakeholders.values_list("pk", flat=True)),
    }


class MoveForm(forms.Form):
    to = forms.ChoiceField(label="Move to")
    on = forms.DateField(label="As of", widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="Stays in the history."
    )

    def __init__(self, *args: Any, viewer: Person, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": {"on": today()}})
        others = [(str(value), str(label)) for value, label in Stage.choices if value != project.stage]
        open_to = [choice for choice in others if not obstacles(project, choice[0])]
        may_override = access.may(viewer, "project.override", project)
        to = self.fields["to"]
        if isinstance(to, forms.ChoiceField):
            to.choices = others if may_override else open_to
        if may_override:
            self.fields["is_override"] = forms.BooleanField(
                required=False,
                label="Override the rules",
                help_text="For the centre: moves it where the rules would not. The reason stays visible.",
            )


class MemberForm(forms.Form):
    person = PersonChoice()
    responsibility = forms.ChoiceField(choices=Responsibility.choices)


class StatusForm(forms.Form):
    status = forms.ChoiceField(choices=Status.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="In a few words",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Markdown. When it is not on track: what is wrong, and what is done about it?",
    )
