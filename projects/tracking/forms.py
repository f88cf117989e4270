from __future__ import annotations

from typing import Any

from django import forms

from coe.accounts.models import Person
from coe.core.forms import SHORT_NAME_WANTED
from projects.catalog.models import Project
from projects.tracking import suggestions
from projects.tracking.models import Source


class SourceForm(forms.Form):
    """The fewest fields first; how to sign in and how often to read are folded where they have their usual values."""

    folded = ("public_url", "workspace", "interval_minutes", "is_enabled")

    name = forms.SlugField(
        max_length=60,
        help_text="Short, for addresses and scripts: small letters, digits, hyphens.",
        error_messages={"invalid": SHORT_NAME_WANTED},
    )
    label = forms.CharField(max_length=120, help_text="How people know this server.")
    url = forms.URLField(
        label="Address",
        max_length=300,
        assume_scheme="https",
        help_text="As the portal reaches it, like https://mlflow.example.com.",
    )
    auth = forms.ChoiceField(label="Sign-in", choices=Source.Auth.choices, initial=Source.Auth.NONE)
    username = forms.CharField(label="User name", max_length=120, required=False)
    secret = forms.CharField(
        label="Password or token",
        max_length=2000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Encrypted when saved, and never shown again.",
    )
    workspace = forms.CharField(max_length=120, required=False, help_text="Only where the server has workspaces.")
    public_url = forms.URLField(
        label="Address for people",
        max_length=300,
        required=False,
        assume_scheme="https",
        help_text="Where people open runs, if that is another address.",
    )
    interval_minutes = forms.IntegerField(label="Read every … minutes", min_value=1, max_value=10080, initial=15)
    is_enabled = forms.BooleanField(label="Read it regularly", required=False, initial=True)

    def __init__(self, *args: Any, source: Source | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if source is not None:
            # The name is in addresses and scripts.
            del self.fields["name"]
            self.fields["secret"].help_text = "Leave it empty to keep the one that is saved. It is never shown."


class LinkForm(forms.Form):
    """A project by its slug, among those that the person may edit."""

    project = forms.CharField(
        label="Project", max_length=80, widget=forms.TextInput(attrs={"list": "projects", "autocomplete": "off"})
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_project(self) -> Project:
        slug = self.cleaned_data["project"].strip()
        project = suggestions.editable_projects(self.person).filter(slug=slug).first()
        if project is None:
            raise forms.ValidationError(f"You can edit no project with the slug {slug}.")
        return project


class MirrorFilter(forms.Form):
    """Filters of the lists of experiments, models and triage."""

    q = forms.CharField(label="Search", required=False, max_length=200)
    source = forms.ChoiceField(required=False)
    project = forms.CharField(required=False, max_length=80, help_text="Slug")
    state = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, person: Person, states: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = Source.objects.visible_to(person).values_list("name", "label")
        choices: Any = [("", "All sources"), *((name, label or name) for name, label in names)]
        self.fields["source"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["state"].choices = states  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """The values that hold; a wrong one filters nothing and is told beside its field."""
        self.is_valid()
        return {name: str(self.cleaned_data.get(name) or "") for name in self.fields}


class RunFilter(forms.Form):
    q = forms.CharField(label="Search", required=False, max_length=200)
    status = forms.ChoiceField(
        required=False,
        choices=[
            ("", "All"),
            *((one, one.title()) for one in ("FINISHED", "RUNNING", "SCHEDULED", "FAILED", "KILLED")),
        ],
    )
