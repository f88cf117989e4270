"""Results of a team's own test job: sent with a token that is good for one handoff."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from coe.accounts.models import Person
from coe.core import access, events
from coe.core.errors import Refused
from projects.checklists.models import Item
from projects.handoffs import matching
from projects.handoffs.checking import keep
from projects.handoffs.models import Answer, Evidence, Handoff
from projects.handoffs.parts import locked, refuse_unless_open, save
from projects.handoffs.reports import Report

PREFIX = "cairn-results-"
TOKEN_DAYS = 30
MOST_REPORTS = 200


@transaction.atomic
def issue_results_token(*, handoff_id: int, actor: Person) -> str:
    """A new token for the handoff's test job, shown this once; the one before it ends.

    Raises `Handoff.DoesNotExist`, `PermissionDenied`, `Refused`.
    """
    handoff = locked(handoff_id, actor)
    access.require(actor, "handoff.answer", handoff)
    refuse_unless_open(handoff)
    raw = PREFIX + secrets.token_urlsafe(32)
    handoff.results_token_hash = _hash(raw)
    handoff.results_token_until = timezone.now() + timedelta(days=TOKEN_DAYS)
    save(handoff, "results_token_hash", "results_token_until")
    until = handoff.results_token_until.date().isoformat()
    events.record(actor=actor, verb="handoff.token_issued", subject=handoff, facts={"until": until})
    return raw


@transaction.atomic
def end_results_token(*, handoff_id: int, actor: Person) -> Handoff:
    """End the token now. Raises `Handoff.DoesNotExist`, `PermissionDenied`, `Refused` when there is none."""
    handoff = locked(handoff_id, actor)
    access.require(actor, "handoff.answer", handoff)
    if not handoff.results_token_hash:
        raise Refused("It has no token.")
    handoff.results_token_hash, handoff.results_token_until = "", None
    save(handoff, "results_token_hash", "results_token_until")
    events.record(actor=actor, verb="handoff.token_ended", subject=handoff, facts={})
    return handoff


def _hash(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


def token_fits(handoff: Handoff, raw: str) -> bool:
    """Whether `raw` is this handoff's token and has not expired."""
    until = handoff.results_token_until
    return bool(
        handoff.results_token_hash
        and until is not None
        and until > timezone.now()
        and constant_time_compare(handoff.results_token_hash, _hash(raw))
    )


@transaction.atomic
def take_results(*, handoff_id: int, actor: Person | None, report: Report, token: str = "") -> Evidence:
    """Keep a test report; items that it speaks of are done by machine, or open again, and checks of tests run anew.

    `actor` None: sent with the handoff's `token`. Raises `Handoff.DoesNotExist` (also for a token that does not fit),
    `PermissionDenied`, `Refused`.
    """
    handoff = locked(handoff_id, actor)
    if actor is None:
        # Under the row's lock: a token that is ended at this moment does not fit any more.
        if not token_fits(handoff, token):
            raise Handoff.DoesNotExist
    else:
        access.require(actor, "handoff.answer", handoff)
    refuse_unless_open(handoff)
    if handoff.evidence.filter(kind=Evidence.Kind.TESTS).count() >= MOST_REPORTS:
        raise Refused(f"It has {MOST_REPORTS} test reports already.")
    kept = Evidence.objects.create(
        handoff=handoff,
        kind=Evidence.Kind.TESTS,
        title=report.suite,
        tests=[test.as_json() for test in report.tests],
        by=actor,
        at=timezone.now(),
    )
    speaks_of = matching.results_by_item(handoff)
    _answer(handoff, speaks_of, actor)
    checked = handoff.edition.items.filter(kind=Item.Kind.AUTOMATIC, check_key="tests_passed")
    keep(handoff, [item for item in checked if item.key in speaks_of], actor)
    save(handoff)
    found = Counter(test.outcome for test in report.tests)
    facts = {"suite": report.suite, **{one: found[one] for one in ("passed", "failed", "skipped")}}
    events.record(actor=actor, verb="handoff.tested", subject=handoff, facts=facts)
    return kept


def _answer(handoff: Handoff, speaks_of: matching.Results, actor: Person | None) -> None:
    """Manual items that tests speak of: done by machine when all that ran passed; what a machine said before and says
    no more is open again. What people said by hand stands, unless tests say it better.
    """
    answers = handoff.answers.filter(item__kind=Item.Kind.MANUAL).select_related("item")
    for answer in answers.exclude(state=Answer.State.NOT_APPLICABLE):
        outcomes = set(speaks_of.get(answer.item.key, {}).values())
        passed = "passed" in outcomes and "failed" not in outcomes
        if passed and not answer.is_automated:
            answer.state, answer.is_automated = Answer.State.DONE, True
            answer.by, answer.at, answer.returned_because = actor, timezone.now(), ""
        elif not passed and answer.is_automated:
            by_hand = handoff.evidence.filter(item=answer.item, removed_at=None).exists()
            answer.state, answer.is_automated = (Answer.State.DONE if by_hand else Answer.State.OPEN), False
            if not by_hand:
                answer.by = answer.at = None
        else:
            continue
        answer.save(update_fields=["state", "is_automated", "by", "at", "returned_because"])
