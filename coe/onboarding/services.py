"""The verbs of onboarding: each in the module of its theme, all of them to be called from here."""

from __future__ import annotations

from coe.onboarding.enrolling import (
    change_team,
    enrol,
    enrol_team,
    enrol_unit,
    leave_path,
    make_team,
    set_mentor,
    shift_dates,
)
from coe.onboarding.helping import ask_when_stuck, meet_mentor
from coe.onboarding.stepping import answer_quiz, finish_step, undo_step, waive_step

__all__ = [
    "answer_quiz",
    "ask_when_stuck",
    "change_team",
    "enrol",
    "enrol_team",
    "enrol_unit",
    "finish_step",
    "leave_path",
    "make_team",
    "meet_mentor",
    "set_mentor",
    "shift_dates",
    "undo_step",
    "waive_step",
]
