from __future__ import annotations

from typing import Any

from django import forms

from projects.registry.models import Hook


class OpeningForm(forms.Form):
    """Which new versions of a source open a handoff by themselves."""

    opens_on = forms.ChoiceField(label="A draft opens for", choices=Hook.OpensOn.choices)
    tag_key = forms.CharField(
        label="Tag", max_length=120, required=False, help_text="The key of the tag, whatever its value."
    )

    def __init__(self, data: Any = None, *, hook: Hook | None) -> None:
        now = hook or Hook()
        super().__init__(data, initial={"opens_on": now.opens_on, "tag_key": now.tag_key})


class ReasonForm(forms.Form):
    """Why a drift is decided so. `seen`: the version that the person saw the alias on ("none": on none)."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def seen_version(self) -> tuple[int | None, bool]:
        """The version and whether one was given; what is no number counts as none."""
        given = str(self.cleaned_data.get("seen") or "")
        return (int(given) if given.isascii() and given.isdigit() else None), bool(given)


class OrderFilter(forms.Form):
    """What the lists of a source's registry page show."""

    SHOWS = (("waiting", "Waiting orders"), ("drift", "Moved aliases"), ("orders", "All orders"))
    show = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label="Model or alias", required=False, max_length=200)

    def chosen(self) -> tuple[str, str]:
        """What to show, and the words."""
        self.is_valid()
        show = str(self.cleaned_data.get("show") or "")
        return (show if show in dict(self.SHOWS) else "waiting"), str(self.cleaned_data.get("q") or "").strip()
