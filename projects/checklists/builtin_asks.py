"""What the built-in checklists ask for besides the ML Test Score (`builtin_rubric`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coe.accounts.models import Role
from projects.checklists.models import Item


@dataclass(frozen=True)
class Ask:
    """One item of a built-in checklist; its place is its place in the list."""

    group: str
    key: str
    title: str
    help: str
    kind: str = Item.Kind.MANUAL
    check_key: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    role: str = ""
    is_required: bool = False
    may_not_apply: bool = True


def must(group: str, key: str, title: str, help: str) -> Ask:
    """Evidence without which nothing is handed over."""
    return Ask(group, key, title, help, is_required=True, may_not_apply=False)


def check(group: str, key: str, title: str, help: str, check: str, *, is_required: bool = False) -> Ask:
    return Ask(
        group,
        key,
        title,
        help,
        kind=Item.Kind.AUTOMATIC,
        check_key=check,
        is_required=is_required,
        may_not_apply=not is_required,
    )


def sign(group: str, key: str, title: str, help: str, role: str) -> Ask:
    return Ask(group, key, title, help, kind=Item.Kind.SIGN_OFF, role=role, is_required=True, may_not_apply=False)


def _basics(group: str) -> tuple[Ask, ...]:
    """What Cairn finds out by itself of whatever is to be used."""
    return (
        check(
            group,
            "handover-owner-support",
            "Owner and support are named",
            "The project has an owner with an open account, and a member for support or ML operations.",
            "owner_and_support_named",
            is_required=True,
        ),
        check(
            group,
            "handover-source-run",
            "The training run is finished and belongs to the project",
            "Cairn looks at the run behind this version: finished, not deleted, its experiment linked to the project.",
            "source_run_finished_and_linked",
            is_required=True,
        ),
        check(
            group,
            "handover-signature",
            "The model says what goes in and what comes out",
            "Cairn reads the signature that was logged with the model.",
            "has_signature",
            is_required=True,
        ),
        check(
            group,
            "handover-description",
            "The model is described",
            "A few words at the registered model or at this version: what it predicts, for whom, what it cannot do.",
            "has_description",
            is_required=True,
        ),
    )


HANDOVER = (
    *_basics("Handover"),
    check(
        "Handover",
        "handover-training-data",
        "It is on record which data the model was trained on",
        "Cairn looks for a training dataset with name and digest at the run (mlflow.log_input).",
        "training_data_logged",
        is_required=True,
    ),
    # The check is a higher room's: without it, it cannot tell.
    check(
        "Handover",
        "handover-model-guide",
        "People who act on it find a guide that is true for this version",
        "Cairn looks for the model’s guide: published, all seven sections written for this version, verified in time.",
        "model_guide",
    ),
    must(
        "Handover",
        "handover-runbook",
        "A runbook says what to do when something goes wrong",
        "The usual alarms and what to do about each, how to start, stop and check it, and whom to call when.",
    ),
    must(
        "Handover",
        "handover-rollback-tried",
        "Those who will run it have tried to roll it back",
        "When it was tried, by whom, and how long it took.",
    ),
    sign(
        "Handover",
        "handover-operations-sign-off",
        "Operations can run it",
        "An approver of the receiving side signs: documents read, access in place, alarms arriving.",
        Role.APPROVER,
    ),
    sign(
        "Handover",
        "handover-unit-sign-off",
        "The unit wants it",
        "The unit lead signs: what it decides and what it will change is understood and wanted.",
        Role.UNIT_LEAD,
    ),
)
PILOT = (
    must(
        "Pilot",
        "pilot-question",
        "What the pilot shall find out, and by when, is written down",
        "The question, the measure of success, the last day, and who decides on that day.",
    ),
    must(
        "Pilot",
        "pilot-people",
        "Those who take part know that it is a pilot",
        "Who takes part, what they were told, and how they say that something is wrong.",
    ),
    Ask(
        "Pilot",
        "pilot-personal-data",
        "Using personal data in the pilot is cleared",
        "Who cleared it and under which conditions. Without personal data it does not apply.",
        is_required=True,
    ),
    must(
        "Pilot",
        "pilot-stop",
        "It can be stopped within a day",
        "Who stops it, with which steps, and what people do instead.",
    ),
    *_basics("Facts"),
    sign(
        "Sign-off",
        "pilot-sign-off",
        "The unit takes part",
        "The unit lead signs: people, time and last day are agreed.",
        Role.UNIT_LEAD,
    ),
)
RETIREMENT = (
    must(
        "People",
        "retirement-users-told",
        "Everybody who uses it was told, and when it ends",
        "The message, to whom it went, and the day. At least two weeks before is good practice.",
    ),
    must(
        "People",
        "retirement-replacement",
        "What takes its place is settled",
        "Another model, a rule, a person, or nothing; and who is responsible for it.",
    ),
    must(
        "Systems",
        "retirement-callers",
        "No system asks it for predictions any more",
        "Logs or dashboards that show no calls, or the systems that were changed.",
    ),
    must(
        "Systems",
        "retirement-data",
        "What is kept and what is deleted is decided and done",
        "Training data, features, logged predictions, the model itself: kept how long, deleted when, by whom.",
    ),
    Ask(
        "Systems",
        "retirement-monitoring-off",
        "Schedules, alarms and monitoring are switched off",
        "Jobs, dashboards, alarms and their bills. Say what stays and why.",
        is_required=True,
    ),
    Ask(
        "Knowledge",
        "retirement-lessons",
        "What was learned is written down",
        "What it brought against what was forecast, and what the next team should know.",
    ),
    check(
        "Knowledge",
        "retirement-owner",
        "Somebody still answers for it",
        "The project has an owner with an open account, and a member for support or ML operations.",
        "owner_and_support_named",
    ),
    sign(
        "Sign-off",
        "retirement-operations-sign-off",
        "Operations can switch it off",
        "An approver of the receiving side signs: nothing that runs depends on it.",
        Role.APPROVER,
    ),
    sign(
        "Sign-off",
        "retirement-unit-sign-off",
        "The unit can do without it",
        "The unit lead signs: what takes its place is in use.",
        Role.UNIT_LEAD,
    ),
)
