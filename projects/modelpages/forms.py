from __future__ import annotations

from typing import Any

from django import forms

from projects.modelpages.mine import WHY
from projects.modelpages.sections import SECTIONS


class MineFilter(forms.Form):
    q = forms.CharField(label="Search", required=False, max_length=200)
    why = forms.ChoiceField(label="Why they are here", required=False, choices=WHY)


def _version(label: str, versions: list[int], now: int | None) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        coerce=int,
        choices=[(one, f"Version {one}{', in production' if one == now else ''}") for one in versions],
    )


class GuideForm(forms.Form):
    """The guide of a model: a box for each of the seven sections, with its question and a hint."""

    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(
        max_length=160, help_text="What people call the model, like “Churn risk score”; not its technical name."
    )
    summary = forms.CharField(
        label="In one sentence",
        required=False,
        max_length=300,
        help_text="Shown wherever the model is listed.",
    )

    def __init__(self, *args: Any, versions: list[int], production: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in SECTIONS:
            self.fields[one.key] = forms.CharField(
                label=one.title,
                required=False,
                max_length=60_000,
                widget=forms.Textarea(
                    attrs={
                        "rows": 6,
                        "hx-post": f"?preview={one.key}",
                        "hx-trigger": "input changed delay:600ms",
                        "hx-target": f"#p-{one.key}",
                        "hx-swap": "innerHTML",
                        "hx-sync": "this:replace",
                    }
                ),
                help_text=f"{one.question} {one.hint}",
            )
        version = _version("Written for", versions, production)
        version.help_text = "Sections whose text you change are true for this version alone."
        self.fields["version"] = version
        self.fields["note"] = forms.CharField(label="What changed", required=False, max_length=300)

    def sections(self) -> dict[str, str]:
        return {one.key: self.cleaned_data[one.key] for one in SECTIONS}


class ConfirmForm(forms.Form):
    """Which sections are still true for a version."""

    based_on = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, written: list[tuple[str, str]], versions: list[int], now: int | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["version"] = _version("True for", versions, now)
        self.fields["keys"] = forms.MultipleChoiceField(
            label="Which sections still hold",
            choices=written,
            widget=forms.CheckboxSelectMultiple,
            help_text="Read each before you say so: people act on it.",
        )
