"""The forms of requests. Fields are named as the verbs name them: what a verb refuses stands beside its field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse

from coe.accounts.forms import UnitField, offer_units
from coe.accounts.models import Person
from coe.core import files
from coe.core.forms import PlainSelect
from coe.guides.document_forms import SubjectField, Tags, pair_of
from coe.mentoring import request_parts as p
from coe.mentoring.asking import MOST_VERSION
from coe.mentoring.mentor_choice import Choice, languages_of
from coe.mentoring.models import Request, State, Urgency

# Of meetings, in minutes.
LENGTHS = (15, 30, 45, 60, 90, 120)
COMMAS = "Commas between, like: calibration, time series"


def area(rows: int) -> forms.Textarea:
    """A box for Markdown."""
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "true"})


class PlainSelectMany(PlainSelect, forms.SelectMultiple):
    """Several of many people, written at once."""


class TeamField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """People whom a request is for too, as their ids."""

    def __init__(self) -> None:
        super().__init__(
            Person.objects.filter(is_active=True),
            label="Who it is for too",
            required=False,
            help_text="They read and write in the thread as you do.",
        )
        self.widget = PlainSelectMany(attrs={"multiple": True, "size": 6}, choices=getattr(self, "choices", ()))

    def clean(self, value: Any) -> list[int]:  # type: ignore[override]  # ids are what the verbs take
        return [person.pk for person in super().clean(value)]


class MentorField(forms.TypedChoiceField):
    """One of those who mentor now, as the id of the profile."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, widget=PlainSelect, **kwargs)

    def offer(self, found: Sequence[Choice], empty: str) -> None:
        self.choices = [("", empty), *((str(one.mentor.pk), one.label) for one in found)]


class WordsForm(forms.Form):
    """What a request says: the three fields first, the rest folded away."""

    goal = forms.CharField(
        label="What are you trying to do?",
        max_length=p.GOAL,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="One sentence, as you would say it to a colleague.",
    )
    topic = forms.CharField(
        label="Topic",
        max_length=40,
        widget=forms.TextInput(attrs={"list": "known-tags", "autocomplete": "off"}),
        help_text="What somebody must know to help: one tag.",
    )
    urgency = forms.ChoiceField(
        label="How urgent is it?", choices=Urgency.choices, initial=Urgency.WEEK, widget=forms.RadioSelect
    )
    details = forms.CharField(
        label="More about it", required=False, max_length=p.DETAILS, widget=area(7), help_text="Markdown."
    )
    skills = Tags(label="Further skills that would help", required=False, help_text=COMMAS)
    team = TeamField()
    is_shared = forms.BooleanField(
        label="Others may read it once it is resolved",
        required=False,
        initial=True,
        help_text="Those who may know of what it is about. So the next team finds the answer.",
    )


class AskForm(WordsForm):
    unit = UnitField(required=False, empty="That of what it is about, else my own", help_text="Whose work it is for.")
    language = forms.ChoiceField(required=False, help_text="Only somebody who speaks it is asked.")
    mentor = MentorField(label="Somebody by name", required=False)
    subject = SubjectField(label="What it is about", required=False)
    version = forms.IntegerField(
        label="Version of the model",
        required=False,
        min_value=1,
        max_value=MOST_VERSION,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    folded = ("details", "skills", "team", "mentor", "subject", "version", "unit", "language", "is_shared")

    def __init__(self, data: Any = None, *, viewer: Person, mentors: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.mentors = {str(one.mentor.pk): one for one in mentors}
        offer_units(self, "unit", viewer)
        mentor, language, subject, team = (self.fields[name] for name in ("mentor", "language", "subject", "team"))
        if isinstance(mentor, MentorField):
            mentor.offer(mentors, "Whoever fits best")
        if isinstance(language, forms.ChoiceField):
            language.choices = [("", "Any"), *languages_of(mentors)]
        if isinstance(subject, SubjectField):
            subject.offer(viewer, now=pair_of(str(self["subject"].value() or "")))
        if isinstance(team, TeamField):
            team.queryset = Person.objects.filter(is_active=True).exclude(pk=viewer.pk)
        looked = {
            "hx-get": reverse("mentoring:answers"),
            "hx-trigger": "input changed delay:500ms",
            "hx-target": "#answers",
            "hx-include": "#id_goal, #id_topic",
            "hx-sync": "#answers:replace",
        }
        for name in ("goal", "topic"):
            self.fields[name].widget.attrs |= looked
        if self["goal"].value():
            # What was filled in is looked for at once.
            self.fields["goal"].widget.attrs["hx-trigger"] += ", load"
        mentor.widget.attrs |= {"hx-get": reverse("mentoring:ask") + "?part=mentor", "hx-target": "#of-mentor"}

    @property
    def chosen(self) -> Choice | None:
        """The mentor who is chosen by name now."""
        return self.mentors.get(str(self["mentor"].value() or ""))


class ChangeForm(WordsForm):
    folded = ("details", "skills", "team", "is_shared")

    def __init__(self, data: Any = None, *, asked: Request, **kwargs: Any) -> None:
        names = ("goal", "topic", "urgency", "details", "skills", "is_shared")
        there = {name: getattr(asked, name) for name in names} | {"team": [one.pk for one in asked.team.all()]}
        super().__init__(data, initial=there, **kwargs)
        team = self.fields["team"]
        if isinstance(team, TeamField):
            # Somebody whose account was closed stays in it.
            known = Person.objects.filter(is_active=True) | Person.objects.filter(pk__in=there["team"])
            team.queryset = known.exclude(pk=asked.requester_id)


class ReasonForm(forms.Form):
    """Why, where it need not be said."""

    reason = forms.CharField(label="Why", required=False, max_length=p.REASON)


class ReopenForm(forms.Form):
    reason = forms.CharField(label="What is still open", max_length=p.REASON)


class HandOverForm(forms.Form):
    mentor = MentorField(label="To whom")
    reason = forms.CharField(label="Why", max_length=p.REASON, help_text="For those who read on.")

    def __init__(self, data: Any = None, *, mentors: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        mentor = self.fields["mentor"]
        if isinstance(mentor, MentorField):
            mentor.offer(mentors, "Choose one")


class PlaceForm(forms.Form):
    mentor = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class ResolveForm(forms.Form):
    resolution = forms.CharField(
        label="What the answer was",
        required=False,
        max_length=p.RESOLUTION,
        widget=area(4),
        help_text="Markdown. One or two sentences help the next team that is stuck.",
    )


class RateForm(forms.Form):
    rating = forms.IntegerField(min_value=1, max_value=5)


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, as (name, upload)."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, Any]]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        found = [super(FilesField, self).clean(one, initial) for one in given]
        return [(one.name, one) for one in found]


class MessageForm(forms.Form):
    text = forms.CharField(label="Your message", required=False, max_length=p.TEXT, widget=area(4))
    files = FilesField(  # type: ignore[assignment]  # a field of that name; a form keeps fields apart
        label="Files",
        required=False,
        allow_empty_file=True,
        widget=ManyFiles(attrs={"accept": files.ACCEPT}),
        help_text="Up to five of at most 5 MB each: pictures, PDF, text, CSV, notebooks, Office documents.",
    )


class MeetingForm(forms.Form):
    starts_at = forms.DateTimeField(
        label="When",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    minutes = forms.TypedChoiceField(
        label="For how long",
        choices=[(str(n), f"{n} minutes") for n in LENGTHS],
        initial="30",
        coerce=int,
    )
    place = forms.CharField(label="Where", required=False, max_length=p.PLACE, help_text="A room, or a link.")
    text = forms.CharField(label="What about", required=False, max_length=p.TEXT, widget=area(3))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        minutes, now = self.fields["minutes"], self.initial.get("minutes")
        # Another length, which the API allows, stays.
        if isinstance(minutes, forms.ChoiceField) and isinstance(now, int) and now not in LENGTHS:
            minutes.choices = [(str(n), f"{n} minutes") for n in sorted({*LENGTHS, now})]


class RequestFilter(forms.Form):
    tab = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label="Search", required=False, max_length=200)
    state = forms.ChoiceField(required=False, choices=[("", "All"), *State.choices])
    urgency = forms.ChoiceField(required=False, choices=[("", "Any"), *Urgency.choices])
    topic = forms.CharField(label="Topic or skill", required=False, max_length=40)
    unit = UnitField(required=False, empty="All units")

    def __init__(self, data: Any, *, viewer: Person, tab: str) -> None:
        super().__init__(data)
        if tab == "answered":
            del self.fields["state"], self.fields["urgency"]
        if tab in ("asked", "answering"):
            del self.fields["unit"]
        else:
            offer_units(self, "unit", viewer)


class PeriodForm(forms.Form):
    days = forms.ChoiceField(
        label="Asked in the last", required=False, choices=[("30", "30 days"), ("90", "90 days"), ("365", "365 days")]
    )
