from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings

from coe.accounts.models import BusinessUnit, Person, Role
from coe.accounts.queries import in_tree_order, units_to_grant_in
from coe.accounts.rules import is_administrator, standing
from coe.accounts.services import LEADS_GIVE


def unit_choices(units: list[tuple[int, BusinessUnit]]) -> list[tuple[str, str]]:
    """Slug and name of each unit, sub-units set in under the unit they belong to."""
    return [(unit.slug, "\u2003" * depth + unit.name) for depth, unit in units]


class UnitField(forms.ChoiceField):
    """One of the units that `viewer` may know of, as the unit itself; None when nothing is chosen."""

    def __init__(self, *, empty: str = "", **kwargs: Any) -> None:
        self.empty = empty
        self.units: dict[str, BusinessUnit] = {}
        super().__init__(**kwargs)

    def offer(self, units: list[tuple[int, BusinessUnit]]) -> None:
        self.units = {unit.slug: unit for _, unit in units}
        self.choices = [("", self.empty), *unit_choices(units)]

    def clean(self, value: Any) -> BusinessUnit | None:
        slug = super().clean(value)
        return self.units[slug] if slug else None


class PeopleFilter(forms.Form):
    q = forms.CharField(label="Name, address or title", required=False, max_length=200)
    unit = UnitField(label="Unit", required=False, empty="All units")
    is_active = forms.ChoiceField(
        label="Accounts", required=False, choices=[("", "Open"), ("no", "Closed"), ("all", "All")]
    )

    def __init__(self, data: Any, *, viewer: Person) -> None:
        super().__init__(data)
        offer_units(self, "unit", viewer)


def offer_units(form: forms.Form, name: str, viewer: Person) -> None:
    """Fill the unit field `name` with the units that `viewer` may know of."""
    field = form.fields[name]
    if not isinstance(field, UnitField):
        raise TypeError(f"{name} is not a UnitField")
    field.offer(in_tree_order(BusinessUnit.objects.visible_to(viewer)))


class PersonForm(forms.Form):
    name = forms.CharField(max_length=120)
    email = forms.EmailField(label="E-mail address", max_length=254, help_text="They sign in with it.")
    title = forms.CharField(max_length=120, required=False, help_text="What they do, as on a business card.")
    unit = UnitField(required=False, empty="None")

    def __init__(self, *args: Any, viewer: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_units(self, "unit", viewer)


class GrantForm(forms.Form):
    role = forms.ChoiceField()
    unit = UnitField(label="For", required=False, empty="The whole company")

    def __init__(self, *args: Any, giver: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        centre = is_administrator(giver)
        role = self.fields["role"]
        unit = self.fields["unit"]
        if isinstance(role, forms.ChoiceField) and isinstance(unit, UnitField):
            role.choices = [choice for choice in Role.choices if centre or choice[0] in LEADS_GIVE]
            unit.offer(units_to_grant_in(giver))
            if not standing(giver).everywhere & {Role.ADMINISTRATOR, Role.UNIT_LEAD}:
                unit.choices = unit_choices(units_to_grant_in(giver))
                unit.required = True


class UnitForm(forms.Form):
    name = forms.CharField(max_length=120)
    parent = UnitField(label="Part of", required=False, empty="Nothing: it is a vertical")

    def __init__(self, *args: Any, viewer: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_units(self, "parent", viewer)


class TokenForm(forms.Form):
    name = forms.CharField(max_length=80, label="What is it for?", help_text="Like “weekly report script”.")
    days = forms.IntegerField(label="Days it lasts", min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].initial = settings.TOKEN_DAYS
        self.fields["days"].widget.attrs["max"] = settings.TOKEN_DAYS


def _timezones() -> list[tuple[str, str]]:
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("", f"The company’s: {settings.TIME_ZONE}"), ("UTC", "UTC"), *((name, name) for name in names)]


class TimezoneForm(forms.Form):
    timezone = forms.ChoiceField(label="Time zone", choices=_timezones, required=False)
