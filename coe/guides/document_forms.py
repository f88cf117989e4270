"""The forms of documents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from coe.accounts.forms import UnitField, offer_units
from coe.accounts.models import Person
from coe.core import files
from coe.core.forms import SHORT_NAME_WANTED, PlainSelect
from coe.guides import about
from coe.guides import document_parts as p
from coe.guides.models import Audience, Document, Kind, Outcome, Visibility

# Of each kind of thing, how many are offered as what a document is about.
MOST_SUBJECTS = 200
WRITTEN = [(value, label) for value, label in Kind.choices if value != Kind.MODEL_GUIDE]


def pair_of(raw: str) -> tuple[int, int] | None:
    """`type:id` as numbers; None for what is none."""
    words = raw.split(":")
    if len(words) == 2 and all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
        return int(words[0]), int(words[1])
    return None


class Tags(forms.CharField):
    """Words with commas between, as a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]  # a list it is
        return [tag for tag in (one.strip() for one in (super().to_python(value) or "").split(",")) if tag]


class SubjectField(forms.ChoiceField):
    """What a document is about: a thing that the person may write on, the one that it is about now, or nothing."""

    def offer(self, person: Person, *, now: tuple[int, int] | None = None) -> None:
        groups: list[tuple[str, Any]] = [("", "Nothing in particular")]
        for kind in about.kinds():
            wanted = Q(pk__in=kind.editable(person).order_by().values("pk"))
            if now and now[0] == kind.type_id:
                wanted |= Q(pk=now[1])
            rows = [
                (f"{kind.type_id}:{one.pk}", str(one)) for one in kind.visible_to(person).filter(wanted)[:MOST_SUBJECTS]
            ]
            if now and now[0] == kind.type_id and all(key != f"{now[0]}:{now[1]}" for key, _ in rows):
                rows.append((f"{now[0]}:{now[1]}", "As it is now"))
            if rows:
                groups.append((f"{kind.label}s", rows))
        self.choices = groups

    def clean(self, value: Any) -> tuple[int, int] | None:
        return pair_of(super().clean(value))


class SettingsForm(forms.Form):
    """What a document is, for whom, and whose."""

    kind = forms.ChoiceField(choices=WRITTEN)
    outcome = forms.ChoiceField(
        label="How it went", choices=[("", "Not a lesson"), *Outcome.choices], required=False, help_text="For lessons."
    )
    subject = SubjectField(label="What it is about", required=False, help_text="Things that you may write on.")
    audience = forms.ChoiceField(label="For whom", choices=Audience.choices)
    tags = Tags(required=False, help_text="Commas between, like: churn, pricing")
    owner = forms.ModelChoiceField(
        Person.objects.filter(is_active=True), help_text="Who answers readers, and sees to it that it stays true."
    )
    unit = UnitField(required=False, empty="No unit", help_text="Whose knowledge it is.")
    visibility = forms.ChoiceField(label="Who may read it once it is published", choices=Visibility.choices)
    verify_every_days = forms.IntegerField(
        label="Days until it must be verified again", min_value=7, max_value=1100, initial=180
    )

    def __init__(self, *args: Any, viewer: Person, document: Document | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_units(self, "unit", viewer)
        self.fields["owner"].widget = PlainSelect(choices=getattr(self.fields["owner"], "choices", ()))
        if document and document.kind == Kind.MODEL_GUIDE:
            for name in ("kind", "outcome", "subject"):
                del self.fields[name]
        elif isinstance(subject := self.fields["subject"], SubjectField):
            subject.offer(viewer, now=kept_pair(document))
        if document:
            owner = self.fields["owner"]
            if isinstance(owner, forms.ModelChoiceField):
                # Somebody whose account was closed stays until another is chosen.
                owner.queryset = Person.objects.filter(is_active=True) | Person.objects.filter(pk=document.owner_id)


def kept_pair(document: Document | None) -> tuple[int, int] | None:
    """What the document is about, as two numbers."""
    if document is None or document.subject_type_id is None or document.subject_id is None:
        return None
    return document.subject_type_id, document.subject_id


def initial_of(document: Document) -> dict[str, Any]:
    """The settings as the form shows them."""
    plain = ("kind", "outcome", "audience", "tags", "visibility", "verify_every_days")
    pair = kept_pair(document)
    return {
        **{name: getattr(document, name) for name in plain},
        "owner": document.owner_id,
        "unit": document.unit.slug if document.unit else "",
        "subject": f"{pair[0]}:{pair[1]}" if pair else "",
    }


class NewForm(SettingsForm):
    title = forms.CharField(max_length=p.TITLE)
    slug = forms.SlugField(
        label="Short name in addresses",
        max_length=90,
        required=False,
        help_text="Made from the title when empty. It cannot be changed later.",
        error_messages={"invalid": SHORT_NAME_WANTED},
    )
    field_order = ("title", "kind", "outcome", "subject", "audience")
    folded = ["tags", "owner", "unit", "visibility", "verify_every_days", "slug"]


class TextForm(forms.Form):
    """The editor. What it was written on goes with it, so that nobody's text is written over."""

    title = forms.CharField(max_length=p.TITLE)
    summary = forms.CharField(
        required=False, max_length=p.SUMMARY, help_text="One or two sentences: what a reader finds here."
    )
    text = forms.CharField(required=False, strip=False, widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true"}))
    note = forms.CharField(
        label="What you changed", required=False, max_length=p.NOTE, help_text="For the history, in a few words."
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class NoteForm(forms.Form):
    note = forms.CharField(
        label="What is new for readers", required=False, max_length=p.NOTE, help_text="A few words, for the history."
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=p.REASON)


class SeenForm(forms.Form):
    """The revision that the person has read."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class FileForm(forms.Form):
    file = forms.FileField(
        label="A picture or another file",
        help_text="A picture, PDF, text, CSV, JSON, notebook or office document of at most 5 MB.",
        widget=forms.FileInput(attrs={"accept": files.ACCEPT}),
    )
