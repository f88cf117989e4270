"""Forms of checklists. What they do not know the verbs check."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import slugify

from coe.accounts.models import Role
from coe.core import drafting
from projects.checklists import checks
from projects.checklists.checks import Check, Param
from projects.checklists.models import Checklist, Edition, Item

_PARAM = "param_"


class ChecklistFilter(forms.Form):
    q = forms.CharField(label="Name or purpose", required=False, max_length=100)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "Any"), *Checklist.Kind.choices])
    archived = forms.ChoiceField(label="Show", required=False, choices=[("", "In use"), ("yes", "Put away")])


class EditionForm(forms.Form):
    """The settings of a draft."""

    effect = forms.ChoiceField(
        label="What acceptance does in MLflow", choices=Edition.Effect.choices, initial=Edition.Effect.SET
    )
    alias = forms.CharField(
        required=False, max_length=60, initial="production", help_text="The alias that is set or taken away."
    )
    score = forms.ChoiceField(
        choices=Edition.Score.choices,
        initial=Edition.Score.NONE,
        help_text="The ML Test Score counts the groups Data, Model, Infrastructure and Monitoring.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class NewChecklistForm(EditionForm):
    name = forms.CharField(max_length=120)
    purpose = forms.CharField(required=False, max_length=300, help_text="When to use it, in one sentence.")
    kind = forms.ChoiceField(choices=Checklist.Kind.choices)
    slug = forms.SlugField(
        label="Short name in addresses",
        required=False,
        max_length=60,
        help_text="Made from the name when empty. It never changes.",
    )
    field_order = ("name", "purpose", "kind", "effect", "alias", "score", "slug")
    folded = ("score", "slug")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]


class ChecklistForm(forms.Form):
    name = forms.CharField(max_length=120)
    purpose = forms.CharField(required=False, max_length=300, help_text="When to use it, in one sentence.")
    kind = forms.ChoiceField(choices=Checklist.Kind.choices)
    is_default = forms.BooleanField(
        label="The usual one",
        required=False,
        help_text="Handoffs that a new model version opens by itself are made from it, unless its tag names another.",
    )

    def __init__(self, *args: Any, checklist: Checklist, is_published: bool, **kwargs: Any) -> None:
        initial = {name: getattr(checklist, name) for name in self.base_fields}
        super().__init__(*args, **{**kwargs, "initial": initial})
        if is_published:
            del self.fields["kind"]
        if checklist.is_default or checklist.is_archived or not is_published:
            del self.fields["is_default"]


class PublishForm(drafting.PublishForm):
    is_default = forms.BooleanField(
        label="Make it the usual one",
        required=False,
        help_text="Handoffs that a new model version opens by itself are made from it, unless its tag names another.",
    )
    field_order = ("note", "is_default", "version")

    def __init__(self, *args: Any, draft: Edition, **kwargs: Any) -> None:
        super().__init__(*args, draft=draft, **kwargs)
        if draft.checklist.is_default:
            del self.fields["is_default"]


class KindForm(forms.Form):
    """Which kind of item, and which check: chosen first, because the rest of the form hangs on it."""

    kind = forms.ChoiceField(choices=Item.Kind.choices)
    check = forms.ChoiceField(required=False)
    group = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        check = self.fields["check"]
        if isinstance(check, forms.ChoiceField):
            check.choices = [("", "Choose one"), *((one.key, one.label) for one in checks.all_checks())]


class ItemForm(forms.Form):
    """An item of a kind; of a check the form asks for the check's parameters."""

    title = forms.CharField(max_length=200, help_text="A statement that is true when it is done.")
    group = forms.CharField(max_length=60, help_text="Items of a group stand together.")
    help = forms.CharField(
        label="What counts",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What the team should show, in one to three sentences.",
    )
    role = forms.ChoiceField(
        label="Signed by",
        choices=[choice for choice in Role.choices if choice[0] != Role.VIEWER],
        help_text="Whoever holds this role for the receiving unit or the project’s.",
    )
    is_required = forms.BooleanField(
        label="Required", required=False, initial=True, help_text="Nothing is handed over without it."
    )
    may_not_apply = forms.BooleanField(
        label="May not apply", required=False, help_text="The team may say, with a reason, that it does not apply."
    )
    key = forms.SlugField(
        required=False,
        max_length=60,
        help_text="Stays the same in later editions; the team’s tests name it. Made from the title when empty.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: str, check: Check | None, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.check = kind, check
        if kind != Item.Kind.SIGN_OFF:
            del self.fields["role"]
        else:
            del self.fields["may_not_apply"]
        if not is_new:
            del self.fields["key"]
        self.order_fields(["title", "group", "help", "role", *self._add_params(check.params if check else ())])

    def _add_params(self, params: Iterable[Param]) -> list[str]:
        names = []
        for param in params:
            common: dict[str, Any] = {"label": param.label, "required": param.is_required, "help_text": param.help}
            field: forms.Field
            if param.choices:
                field = forms.ChoiceField(choices=[(one, one.capitalize()) for one in param.choices], **common)
            elif param.kind == "number":
                field = forms.FloatField(**common)
            else:
                field = forms.CharField(max_length=250, **common)
            names.append(_PARAM + param.name)
            self.fields[names[-1]] = field
        return names

    def parts(self) -> dict[str, Any]:
        """What the verbs take, out of a valid form."""
        found = {name: value for name, value in self.cleaned_data.items() if not name.startswith(_PARAM)}
        found["params"] = {
            name.removeprefix(_PARAM): value
            for name, value in self.cleaned_data.items()
            if name.startswith(_PARAM) and value not in (None, "")
        }
        if "key" in found:
            found["key"] = found["key"] or slugify(found["title"])[:60].strip("-")
        return {**found, "kind": self.kind, "check_key": self.check.key if self.check else ""}


def initial_of(item: Item, version: int) -> dict[str, Any]:
    """An item as its form shows it."""
    plain = ("title", "group", "help", "role", "is_required", "may_not_apply")
    params = {_PARAM + name: value for name, value in item.params.items()}
    return {**{name: getattr(item, name) for name in plain}, **params, "version": version}
