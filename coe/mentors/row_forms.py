"""Forms of rows: what a mentor knows, and when a mentor works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Any

from django import forms
from django.forms import BoundField

from coe.mentors import tags
from coe.mentors.models import Level

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LIKE_MONDAY = range(1, 5)


class SkillsForm(forms.Form):
    """A row for each skill: its tag and how well the mentor knows it. A row without a tag is left out."""

    def __init__(self, data: Any = None, *, initial: list[tuple[str, int]], blank: int, more: int = 0) -> None:
        super().__init__(data)
        # As many rows as were sent, whatever was saved meanwhile.
        sent = sum(1 for name in data if name.startswith("tag_")) if data is not None else 0
        self.rows = min(max(sent, len(initial) + blank) + more, tags.MOST_TAGS + 5)
        for n in range(self.rows):
            tag, level = initial[n] if n < len(initial) else ("", Level.PRACTISES)
            self.fields[f"tag_{n}"] = forms.CharField(
                label=f"Skill {n + 1}",
                required=False,
                initial=tag,
                max_length=200,
                widget=forms.TextInput(attrs={"list": "known-tags", "autocomplete": "off"}),
            )
            self.fields[f"level_{n}"] = forms.TypedChoiceField(
                label=f"How well you know skill {n + 1}",
                choices=Level.choices,
                coerce=int,
                initial=level,
                required=False,
                empty_value=str(Level.PRACTISES),
            )

    def lines(self) -> Iterator[tuple[BoundField, BoundField]]:
        """The fields of each row."""
        for n in range(self.rows):
            yield self[f"tag_{n}"], self[f"level_{n}"]

    def clean(self) -> dict[str, Any]:
        seen: set[str] = set()
        for n in range(self.rows):
            tag = tags.tidy(self.cleaned_data.get(f"tag_{n}", ""))
            if tag and tag in seen:
                self.add_error(f"tag_{n}", "Is in another row already.")
            seen.add(tag)
        return self.cleaned_data

    def skills(self) -> dict[str, int]:
        """What `set_skills` takes."""
        rows = [(self.cleaned_data[f"tag_{n}"], self.cleaned_data[f"level_{n}"]) for n in range(self.rows)]
        return {tag: int(level) for tag, level in rows if tag.strip()}


class WeekForm(forms.Form):
    """Two spans a day (or as many as there are), each from and to; midnight at the end is 00:00."""

    like_monday = forms.BooleanField(label="Tuesday to Friday like Monday", required=False)

    def __init__(self, data: Any = None, *, week: list[list[list[int]]]) -> None:
        super().__init__(data)
        self.spans = max(2, *(len(day) for day in week))
        for day, spans in enumerate(week):
            for n in range(self.spans):
                for edge, words in enumerate(("from", "to")):
                    at = _clock(spans[n][edge]) if n < len(spans) else None
                    self.fields[f"d{day}_{n}_{words}"] = forms.TimeField(
                        label=f"{DAYS[day]}, {'from' if n == 0 else 'again from'}" if edge == 0 else f"{DAYS[day]}, to",
                        required=False,
                        initial=at,
                        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
                        error_messages={"invalid": "Enter a time like 09:30."},
                    )

    def days(self) -> Iterator[tuple[str, list[tuple[BoundField, BoundField]]]]:
        """The fields of each day, span by span."""
        for day, name in enumerate(DAYS):
            yield name, [(self[f"d{day}_{n}_from"], self[f"d{day}_{n}_to"]) for n in range(self.spans)]

    def clean(self) -> dict[str, Any]:
        for day in range(7):
            if self.cleaned_data.get("like_monday") and day in _LIKE_MONDAY:
                continue
            ended = 0
            for n in range(self.spans):
                ended = self._check(f"d{day}_{n}", ended)
        return self.cleaned_data

    def _check(self, span: str, ended: int) -> int:
        """Says beside the field what is wrong with a span; gives the minute at which it ends."""
        names = (f"{span}_from", f"{span}_to")
        if any(name in self.errors for name in names):
            return ended
        start, end = (self.cleaned_data.get(name) for name in names)
        if (start is None) != (end is None):
            self.add_error(names[0] if start is None else names[1], "Enter both times, or none.")
        elif start is not None and end is not None:
            first, last = _minutes(start), _minutes(end) or 24 * 60
            if first >= last:
                self.add_error(names[1], "Must be after it begins. Work over midnight goes into two days.")
            elif first < ended:
                self.add_error(names[0], "Must be after the first part ends.")
            return last
        return ended

    def week(self) -> list[list[list[int]]]:
        """What `set_week` takes."""
        days = [self._day(day) for day in range(7)]
        if self.cleaned_data["like_monday"]:
            for day in _LIKE_MONDAY:
                days[day] = days[0]
        return days

    def _day(self, day: int) -> list[list[int]]:
        edges = [[self.cleaned_data.get(f"d{day}_{n}_{edge}") for edge in ("from", "to")] for n in range(self.spans)]
        return [
            [_minutes(start), _minutes(end) or 24 * 60] for start, end in edges if start is not None and end is not None
        ]


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
