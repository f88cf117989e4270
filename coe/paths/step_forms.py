"""The form of a step: only what its kind has. What it does not know the verbs check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify

from coe.accounts.models import Person, Role
from coe.core.forms import SHORT_NAME_WANTED
from coe.guides.models import Document
from coe.paths import step_fields as rules
from coe.paths.checks import Check
from coe.paths.models import Experience, Step
from coe.paths.quiz_forms import QuizRows

_PARAM = "param_"
# So many guides are offered while one is typed; the others are found by their words.
MOST_GUIDES = 400
_MOST_NAMED = 5


class GuideInput(forms.TextInput):
    """A box that offers guides while one types, with the browser's own list."""

    guides: Sequence[tuple[str, str]] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The box, and the list beside it."""
        options = format_html_join("\n", '<option value="{}">{}</option>', self.guides)
        box = super().render(name, value, {**(attrs or {}), "list": f"{name}-offered", "autocomplete": "off"}, renderer)
        return format_html('{}\n<datalist id="{}-offered">{}</datalist>', box, name, options)


class GuideField(forms.CharField):
    """A published guide that the person may read, by its short name, its address, or words of its title."""

    widget = GuideInput

    def offer(self, person: Person, kept: Document | None) -> None:
        """Offer what `person` may read, and what is chosen already; one query."""
        self.kept = kept
        self.readable = Document.objects.published_only().visible_to(person).select_related("published")
        shown = self.readable.order_by("title", "pk").values_list("slug", "published__title")[:MOST_GUIDES]
        if isinstance(self.widget, GuideInput):
            self.widget.guides = list(shown)

    def clean(self, value: Any) -> Document | None:
        """The guide; None for an empty box. Raises `ValidationError` that names some where words fit several."""
        words = super().clean(value).strip()
        if not words:
            return None
        slug = words.rstrip("/").rpartition("/")[2]
        if self.kept is not None and slug == self.kept.slug:
            return self.kept
        if exact := self.readable.filter(slug=slug).first():
            return exact
        found = list(self.readable.filter(published__title__icontains=words).order_by("title", "pk")[:_MOST_NAMED])
        same = [one for one in found if _title(one).lower() == words.lower()]
        if len(found) == 1 or len(same) == 1:
            return (same or found)[0]
        if not found:
            raise ValidationError("No published guide that you may read is called so.")
        names = ", ".join(f"{_title(one)} ({one.slug})" for one in found)
        raise ValidationError(f"Several are called so. Type the short name of one of them: {names}")


def _title(document: Document) -> str:
    """As readers see it."""
    return document.published.title if document.published else document.title


class StepForm(forms.Form):
    """A step of a kind. `others` are the other steps of the draft, in their order; those before it can be needed."""

    title = forms.CharField(max_length=160, help_text="What to do, in a few words: “Log your first run”.")
    guide = GuideField(
        label="Guide", required=False, max_length=200, help_text="Type a part of its title and choose it from the list."
    )
    text = forms.CharField(
        label="In words",
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="How it is done, and why. Markdown.",
    )
    evidence = forms.ChoiceField(label="What must be shown", required=False, choices=Step.Evidence.choices)
    topic = forms.CharField(
        required=False, max_length=40, help_text="What the mentor is asked about, in one or two words: “baselines”."
    )
    minutes = forms.IntegerField(label="Minutes it takes", required=False, min_value=1, max_value=rules.MOST_MINUTES)
    due_days = forms.IntegerField(
        label="Working days until it is due",
        required=False,
        min_value=0,
        max_value=rules.MOST_DUE,
        help_text="Counted from the start. Empty: no date.",
    )
    needs = forms.MultipleChoiceField(
        label="First come", required=False, widget=forms.CheckboxSelectMultiple, help_text="Only steps before this one."
    )
    needs_rule = forms.ChoiceField(
        label="Of these", choices=Step.Rule.choices, initial=Step.Rule.ALL, widget=forms.RadioSelect
    )
    pass_mark = forms.IntegerField(label="Percent that must be right", min_value=1, max_value=100, initial=80)
    tries_a_day = forms.IntegerField(min_value=1, max_value=100, initial=3)
    covers = forms.MultipleChoiceField(
        label="Passing it finishes also",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="So that somebody who knows it already can test out of these.",
    )
    scope = forms.ChoiceField(
        label="Done by", choices=Step.Scope.choices, initial=Step.Scope.PERSON, widget=forms.RadioSelect
    )
    is_optional = forms.BooleanField(label="Optional", required=False, help_text="The path is done without it, too.")
    roles = forms.MultipleChoiceField(
        label="Only for people with one of these roles",
        required=False,
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="None: for everybody.",
    )
    experience = forms.MultipleChoiceField(
        label="Only for people with this experience",
        required=False,
        choices=Experience.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="None: for everybody.",
    )
    key = forms.SlugField(
        label="Short name",
        required=False,
        max_length=60,
        help_text="By it what was done counts in later editions. Made from the title when empty; it never changes.",
        error_messages={"invalid": SHORT_NAME_WANTED},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    of_kind = {
        "guide": Step.Kind.READ,
        "evidence": Step.Kind.TASK,
        "topic": Step.Kind.MEET,
        "pass_mark": Step.Kind.QUIZ,
        "tries_a_day": Step.Kind.QUIZ,
        "covers": Step.Kind.QUIZ,
    }
    folded = ("scope", "is_optional", "roles", "experience", "key")

    def __init__(
        self,
        *args: Any,
        kind: str,
        check: Check | None,
        person: Person,
        others: Sequence[Step],
        step: Step | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.check, self.step = kind, check, step
        for name, wanted in self.of_kind.items():
            if kind != wanted:
                del self.fields[name]
        if step is not None:
            del self.fields["key"]
        self._offer(person, others, step)
        self.quiz = (
            QuizRows(self.data if self.is_bound else None, step.questions if step else []) if self._asks else None
        )
        params = self._add_params(check)
        self.order_fields(
            ["title", "guide", *params, "text", "evidence", "topic", "pass_mark", "tries_a_day", "covers"]
        )

    @property
    def _asks(self) -> bool:
        return self.kind == Step.Kind.QUIZ

    def _offer(self, person: Person, others: Sequence[Step], step: Step | None) -> None:
        guide, needs, covers = (self.fields.get(name) for name in ("guide", "needs", "covers"))
        if isinstance(guide, GuideField):
            guide.offer(person, step.document if step else None)
        earlier = [one for one in others if step is None or one.position < step.position]
        if isinstance(needs, forms.MultipleChoiceField):
            needs.choices = [(one.key, one.title) for one in earlier]
        if not earlier:
            del self.fields["needs"], self.fields["needs_rule"]
        if isinstance(covers, forms.MultipleChoiceField):
            covers.choices = [(one.key, one.title) for one in others]
            if not others:
                del self.fields["covers"]

    def _add_params(self, check: Check | None) -> list[str]:
        names = []
        for name, meaning in (check.params if check else {}).items():
            names.append(_PARAM + name)
            self.fields[names[-1]] = forms.CharField(
                label=name.replace("_", " ").capitalize(), help_text=meaning, max_length=250, required=False
            )
        return names

    def is_valid(self) -> bool:
        """Whether the fields and, of a quiz, its questions are in order: both are looked at."""
        fields, rows = super().is_valid(), self.quiz is None or self.quiz.is_valid()
        return fields and rows

    @property
    def folded_is_open(self) -> bool:
        """Whether what is folded away holds something that one should see: an error, or what is not as usual."""
        if any(name in self.errors for name in self.folded):
            return True
        step = self.step
        return step is not None and bool(step.roles or step.experience or step.is_optional or step.scope == "team")

    def ask_more(self) -> None:
        """Room for more questions: what was typed stays, and nothing is judged yet."""
        if self.quiz is not None:
            self.quiz.add_rows()
        self.initial = {
            name: field.widget.value_from_datadict(self.data, self.files, name) for name, field in self.fields.items()
        }
        self.is_bound = False

    def parts(self) -> dict[str, Any]:
        """What the verbs take, out of a valid form."""
        given = self.cleaned_data
        found = {name: value for name, value in given.items() if not name.startswith(_PARAM) and name != "guide"}
        if self.kind == Step.Kind.READ:
            found["document"] = given.get("guide")
        if self.quiz is not None:
            found["questions"] = self.quiz.questions
        if "key" in found:
            found["key"] = found["key"] or slugify(found["title"])[:60].strip("-")
        found["params"] = {
            name.removeprefix(_PARAM): value for name, value in given.items() if name.startswith(_PARAM) and value
        }
        return {**found, "kind": self.kind, "check_key": self.check.key if self.check else ""}


def initial_of(step: Step, version: int) -> dict[str, Any]:
    """A step as its form shows it."""
    plain = (
        *("title", "text", "evidence", "topic", "minutes", "due_days", "needs", "needs_rule", "pass_mark"),
        *("tries_a_day", "covers", "scope", "is_optional", "roles", "experience"),
    )
    params = {_PARAM + name: value for name, value in step.params.items()}
    guide = step.document.slug if step.document else ""
    return {**{name: getattr(step, name) for name in plain}, **params, "guide": guide, "version": version}
