from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from coe.accounts.forms import UnitField, offer_units, unit_choices
from coe.accounts.models import BusinessUnit, Person
from coe.accounts.queries import in_tree_order
from coe.core.forms import PlainSelect
from coe.mentors import checks, holidays, languages
from coe.mentors.models import MOST_CAPACITY, Mentor

_DATE = forms.DateInput(attrs={"type": "date"})


class Tags(forms.CharField):
    """Words with commas between, as a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]  # a list is what this field is for
        return [word.strip() for word in (super().to_python(value) or "").split(",") if word.strip()]


class MentorFilter(forms.Form):
    q = forms.CharField(label="Name or words", required=False, max_length=200)
    skill = forms.CharField(
        label="Skill", required=False, max_length=40, widget=forms.TextInput(attrs={"list": "known-tags"})
    )
    unit = UnitField(label="Serves", required=False, empty="Any unit")
    language = forms.ChoiceField(label="Speaks", required=False, widget=PlainSelect)
    free = forms.BooleanField(label="Free now", required=False, widget=forms.CheckboxInput(attrs={"value": "yes"}))
    stopped = forms.BooleanField(
        label="Those who stopped", required=False, widget=forms.CheckboxInput(attrs={"value": "yes"})
    )

    def __init__(self, data: Any, *, viewer: Person, spoken: list[str], is_centre: bool) -> None:
        super().__init__(data)
        offer_units(self, "unit", viewer)
        language = self.fields["language"]
        if isinstance(language, forms.ChoiceField):
            named = sorted((languages.name_of(code), code) for code in spoken)
            language.choices = [("", "Any language"), *((code, name) for name, code in named)]
        if not is_centre:
            del self.fields["stopped"]


def _zone_choices(mentor: Mentor) -> list[tuple[str, str]]:
    names = sorted(name for name in checks.zones() if "/" in name and not name.startswith("Etc/"))
    own = mentor.person.timezone
    default = f"Your own: {own}" if own else f"The company’s: {settings.TIME_ZONE}"
    return [("", default), ("UTC", "UTC"), *((name, name) for name in names)]


class ProfileForm(forms.Form):
    """What a mentor says of himself or herself, apart from skills and hours."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    capacity = forms.IntegerField(
        label="Requests at a time",
        min_value=1,
        max_value=MOST_CAPACITY,
        help_text="No more than that come to you by themselves.",
    )
    languages = forms.MultipleChoiceField(label="Languages", widget=forms.CheckboxSelectMultiple)
    another = forms.ChoiceField(label="One more language", required=False, widget=PlainSelect)
    about = forms.CharField(
        label="About you",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Markdown. What you like to help with, and how you like to work.",
    )
    units = forms.MultipleChoiceField(
        label="Units you serve", required=False, help_text="None chosen: whatever unit asks.", widget=PlainSelect
    )
    wanted = Tags(label="Topics you want", required=False, help_text="Commas between. They come to you first.")
    unwanted = Tags(label="Topics you do not want", required=False, help_text="They never come to you by themselves.")
    zone = forms.ChoiceField(label="Time zone", required=False, widget=PlainSelect)
    country = forms.ChoiceField(
        label="Country", required=False, widget=PlainSelect, help_text="Its holidays are free for you."
    )
    region = forms.ChoiceField(label="Part of the country", required=False, widget=PlainSelect)

    def __init__(self, *args: Any, viewer: Person, mentor: Mentor, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": parts_of(mentor)})
        # Whoever speaks none of the common ones chooses from the long list alone.
        self.fields["languages"].required = not self.data.get("another")
        country = self.data.get("country", mentor.country) if self.is_bound else mentor.country
        chosen = list(dict.fromkeys([*languages.COMMON, *mentor.languages]))
        units = in_tree_order(BusinessUnit.objects.visible_to(viewer))
        self.by_slug = {unit.slug: unit for _, unit in units}
        self.fields["units"].widget = forms.SelectMultiple(attrs={"size": min(max(len(units), 2), 8)})
        offered = {
            "languages": [(code, languages.name_of(code)) for code in chosen],
            "another": [("", "None"), *(pair for pair in languages.choices() if pair[0] not in chosen)],
            "units": unit_choices(units),
            "zone": _zone_choices(mentor),
            "country": [("", "None"), *holidays.countries().items()],
            "region": [("", "The whole country"), *_region_choices(country, mentor.region)],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        if len(offered["region"]) == 1:
            del self.fields["region"]

    def parts(self) -> dict[str, Any]:
        """What `change_profile` takes."""
        found = {name: value for name, value in self.cleaned_data.items() if name not in ("another", "units")}
        another = self.cleaned_data["another"]
        found["languages"] = [*found["languages"], *([another] if another else [])]
        found["units"] = [self.by_slug[slug] for slug in self.cleaned_data["units"]]
        return {"region": "", **found}


def _region_choices(country: str, kept: str) -> list[tuple[str, str]]:
    names = holidays.region_names(country)
    # What was chosen for another country stays in sight, so that the form can say that it does not fit.
    return [*names.items(), *([(kept, kept)] if kept and kept not in names else [])]


def parts_of(mentor: Mentor) -> dict[str, Any]:
    """The profile as its form shows it."""
    plain = ("version", "capacity", "languages", "about", "wanted", "unwanted", "zone", "country", "region")
    return {**{name: getattr(mentor, name) for name in plain}, "units": [unit.slug for unit in mentor.units.all()]}


class AwayForm(forms.Form):
    first = forms.DateField(label="First day", widget=_DATE)
    last = forms.DateField(label="Last day", widget=_DATE, required=False, help_text="The first day, when empty.")
    note = forms.CharField(max_length=120, required=False, help_text="Only you and the centre see it.")

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["last"] = self.cleaned_data.get("last") or self.cleaned_data.get("first")
        return self.cleaned_data


class PauseForm(forms.Form):
    until = forms.DateField(
        label="Requests come again from",
        widget=_DATE,
        required=False,
        help_text="Empty: until you say so.",
    )


class StopForm(forms.Form):
    reason = forms.CharField(
        label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="Stays in the history."
    )


class BeginForm(forms.Form):
    """Nothing to fill in for oneself; the centre says whose profile it is to be."""

    def __init__(self, data: Any = None, *, is_centre: bool) -> None:
        super().__init__(data)
        if is_centre:
            self.fields["person"] = forms.ModelChoiceField(
                Person.objects.filter(is_active=True, grants__role="mentor", mentor=None).distinct(),
                help_text="Those with the role of a mentor who have no profile yet.",
            )
