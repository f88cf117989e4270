from __future__ import annotations

from typing import Any

from django import forms

from coe.guides.feedback_services import MOST
from coe.guides.models import Feedback

NO_NAMES = "Leave out names, customer numbers and anything else that points to a person."


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class GiveForm(forms.Form):
    """What a reader says: a comment, the reason of a vote, or the report of a wrong output."""

    section = forms.ChoiceField(label="About which part", required=False)
    got = forms.CharField(label="What came out", max_length=1000, widget=_area(3), help_text=NO_NAMES)
    expected = forms.CharField(label="What was right", required=False, max_length=1000, widget=_area(3))
    happened_on = forms.DateField(label="When", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    text = forms.CharField(label="What you want to say", max_length=4000, widget=_area(5))
    version = forms.IntegerField(required=False, min_value=1, max_value=MOST, widget=forms.HiddenInput)
    revision = forms.IntegerField(required=False, min_value=1, max_value=MOST, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, kind: str, sections: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if kind == Feedback.Kind.WRONG_OUTPUT:
            self.fields["text"].label, self.fields["text"].required = "Anything else", False
        else:
            for name in ("got", "expected", "happened_on"):
                del self.fields[name]
        if kind in (Feedback.Kind.HELPFUL, Feedback.Kind.NOT_HELPFUL):
            self.fields["text"].label, self.fields["text"].required = "What did you miss?", False
        chooser = self.fields["section"]
        if isinstance(chooser, forms.ChoiceField):
            chooser.choices = [("", "The whole page"), *sections]
        if not sections:
            del self.fields["section"]


class VoteForm(forms.Form):
    """One click, and perhaps words after it."""

    text = forms.CharField(required=False, max_length=4000)
    section = forms.CharField(required=False, max_length=80)
    version = forms.IntegerField(required=False, min_value=1, max_value=MOST)
    revision = forms.IntegerField(required=False, min_value=1, max_value=MOST)


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(label="What comes of it", choices=[("", "Choose one"), *Feedback.Outcome.choices])
    answer = forms.CharField(label="Your answer", max_length=4000, widget=_area(5), help_text="Markdown.")


class ReopenForm(forms.Form):
    reason = forms.CharField(label="What the answer leaves open", max_length=1000, widget=_area(3))


class FeedbackFilter(forms.Form):
    tab = forms.CharField(required=False, widget=forms.HiddenInput)
    about = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    q = forms.CharField(label="Search", required=False, max_length=200)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All kinds"), *Feedback.Kind.choices])
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *Feedback.State.choices])
    section = forms.CharField(label="Section", required=False, max_length=80)
    version = forms.IntegerField(
        label="Version",
        required=False,
        min_value=1,
        max_value=MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    to_answer = forms.BooleanField(label="I may answer", required=False)
