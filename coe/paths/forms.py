"""Forms of paths and their editions; those of steps: `step_forms`. What they do not know the verbs check."""

from __future__ import annotations

from typing import Any

from django import forms

from coe.accounts.models import Person, Role
from coe.core.forms import SHORT_NAME_WANTED, PlainSelect
from coe.paths.models import Audience, Experience, Path


class PathFilter(forms.Form):
    q = forms.CharField(label="Title or summary", required=False, max_length=100)
    audience = forms.ChoiceField(label="For whom", required=False, choices=[("", "Anybody"), *Audience.choices])
    archived = forms.ChoiceField(label="Show", required=False, choices=[("", "In use"), ("yes", "Put away")])


class PathForm(forms.Form):
    """What holds for all editions."""

    title = forms.CharField(max_length=120)
    summary = forms.CharField(required=False, max_length=300, help_text="Where it leads, in one sentence.")
    audience = forms.ChoiceField(label="For whom", choices=Audience.choices)
    level = forms.IntegerField(
        label="Rung of a ladder",
        min_value=0,
        max_value=9,
        initial=0,
        help_text="1 is the first; paths for the same people follow each other by it. 0: a path of its own.",
    )
    owner = forms.ModelChoiceField(
        Person.objects.filter(is_active=True), help_text="Writes it, and hears where people are stuck."
    )

    def __init__(self, *args: Any, path: Path | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        if path and isinstance(owner, forms.ModelChoiceField):
            # Somebody whose account was closed stays until another is chosen; a path that came with Cairn has nobody.
            owner.queryset = Person.objects.filter(is_active=True) | Person.objects.filter(pk=path.owner_id)
            owner.required = path.owner_id is not None
        owner.widget = PlainSelect(choices=getattr(owner, "choices", ()))

    def parts(self) -> dict[str, Any]:
        """What the verbs take, out of a valid form."""
        found = dict(self.cleaned_data)
        if found.get("owner") is None:
            found.pop("owner", None)
        return found


class NewPathForm(PathForm):
    slug = forms.SlugField(
        label="Short name in addresses",
        required=False,
        max_length=60,
        help_text="Made from the title when empty. It never changes.",
        error_messages={"invalid": SHORT_NAME_WANTED},
    )
    folded = ("level", "owner", "slug")


def initial_of(path: Path) -> dict[str, Any]:
    """A path as its form shows it."""
    return {**{name: getattr(path, name) for name in ("title", "summary", "audience", "level")}, "owner": path.owner_id}


class PreviewForm(forms.Form):
    """As whom the draft is looked at."""

    role = forms.ChoiceField(required=False, choices=[("", "No role"), *Role.choices])
    experience = forms.ChoiceField(required=False, choices=Experience.choices, initial=Experience.NEW)
