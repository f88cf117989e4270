"""The verbs of this room: each in the module of its theme, all of them to be called from here."""

from __future__ import annotations

from projects.handoffs.answers import add_evidence, answer_item, carry_over, remove_evidence, sign_off
from projects.handoffs.checking import run_checks
from projects.handoffs.opening import comment, edit_handoff, open_drafts, open_handoff
from projects.handoffs.results import end_results_token, issue_results_token, take_results
from projects.handoffs.states import accept, reassign, reassign_many, return_handoff, start_review, submit, withdraw

__all__ = [
    "accept",
    "add_evidence",
    "answer_item",
    "carry_over",
    "comment",
    "edit_handoff",
    "end_results_token",
    "issue_results_token",
    "open_drafts",
    "open_handoff",
    "reassign",
    "reassign_many",
    "remove_evidence",
    "return_handoff",
    "run_checks",
    "sign_off",
    "start_review",
    "submit",
    "take_results",
    "withdraw",
]
