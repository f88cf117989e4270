"""How steps read: what they need, for whom they are, when they are due. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from coe.accounts.models import Role
from coe.paths.models import Experience, Step

_HOUR = 60
# What begins with a star would read as right: a backslash stands before it, and one more before what begins with both.
_STAR = re.compile(r"\\*\*")


def duration(minutes: int | None) -> str:
    """ "40 min", "1 h", "3 h 20 min"; "" for none."""
    if not minutes:
        return ""
    hours, left = divmod(minutes, _HOUR)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{left} min" if left else "") if part)


def listed(names: Sequence[str], joint: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {joint} {names[-1]}"


def needs(step: Step, titles: Mapping[str, str]) -> str:
    """ "After “A” and “B”", with "or" where any one of them does; "" for none."""
    names = [f"“{titles.get(key, key)}”" for key in step.needs]
    return f"After {listed(names, 'or' if step.needs_rule == Step.Rule.ANY else 'and')}" if names else ""


def due(step: Step) -> str:
    """ "Within 5 working days"; "" where it has no date."""
    if step.due_days is None:
        return ""
    if step.due_days == 0:
        return "On the first day"
    return f"Within {step.due_days} working day{'' if step.due_days == 1 else 's'}"


def for_whom(step: Step) -> str:
    """ "Only for contributors or unit leads who are new to it"; "" for everybody."""
    roles = listed([str(_label(Role, one)).lower() for one in step.roles], "or")
    experience = listed([f"“{_label(Experience, one)}”" for one in step.experience], "or")
    parts = [f"who is {roles}" if roles else "", f"who says {experience}" if experience else ""]
    said = " and ".join(part for part in parts if part)
    return f"Only for somebody {said}" if said else ""


def evidence(step: Step) -> str:
    """What a task wants to be shown."""
    return {"": "Tick it when it is done", "words": "Say in words what you did", "link": "Show it with a link"}[
        step.evidence
    ]


def quiz(step: Step) -> str:
    """ "5 questions, 80 % must be right, 3 tries a day"."""
    many, tries = len(step.questions), step.tries_a_day
    asked = f"{many} question{'' if many == 1 else 's'}"
    return f"{asked}, {step.pass_mark} % must be right, {tries} {'try' if tries == 1 else 'tries'} a day"


def total(steps: Iterable[Step]) -> int:
    """Minutes of all of them."""
    return sum(step.minutes or 0 for step in steps)


def question(one: Mapping[str, object]) -> str:
    """A question as it is compared: its text, its options with * before right ones, and why."""
    return "\n".join([str(one.get("text", "")), options(one), str(one.get("why", ""))]).strip()


def options(one: Mapping[str, object]) -> str:
    """The options, one a line, with * before those that are right; \\* begins one that begins with a star itself."""
    given, right = one.get("options"), one.get("right")
    places = set(right) if isinstance(right, list) else set()
    lines = []
    for place, option in enumerate(given if isinstance(given, list) else []):
        text = f"\\{option}" if _STAR.match(str(option)) else str(option)
        lines.append(f"* {text}" if place in places else text)
    return "\n".join(lines)


def options_of(text: str) -> tuple[list[str], list[int]]:
    """The options and the places of the right ones, out of such lines; empty ones left out."""
    found: list[str] = []
    right: list[int] = []
    for line in (one.strip() for one in text.splitlines()):
        is_right = line.startswith("*")
        option = line[1:].strip() if is_right else line
        if option.startswith("\\") and _STAR.match(option):
            option = option[1:]
        if option:
            if is_right:
                right.append(len(found))
            found.append(option)
    return found, right


def _label(choices: type[Role] | type[Experience], value: str) -> str:
    return str(choices(value).label) if value in choices.values else value
