"""The verbs of requests: each in the module of its theme, all of them to be called from here."""

from __future__ import annotations

from coe.mentoring.answering import accept_request, decline_request, hand_over
from coe.mentoring.answers import note_served
from coe.mentoring.asking import ask_for_help, change_request, withdraw_request
from coe.mentoring.guide_making import make_guide
from coe.mentoring.meetings import cancel_meeting, change_meeting, propose_meeting
from coe.mentoring.resolving import rate_help, reopen_request, resolve_request
from coe.mentoring.thread import write_message

__all__ = [
    "accept_request",
    "ask_for_help",
    "cancel_meeting",
    "change_meeting",
    "change_request",
    "decline_request",
    "hand_over",
    "make_guide",
    "note_served",
    "propose_meeting",
    "rate_help",
    "reopen_request",
    "resolve_request",
    "withdraw_request",
    "write_message",
]
