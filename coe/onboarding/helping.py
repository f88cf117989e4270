"""When somebody is stuck, and when a step is to meet a mentor: a question to the help desk, with all that is known."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, events, helpdesk
from coe.core.errors import Refused, invalid
from coe.core.models import Event
from coe.mentors.models import Mentor
from coe.onboarding import marking, stepping
from coe.onboarding.enrolling import locked
from coe.onboarding.marking import Mark
from coe.onboarding.models import Enrolment, Progress, Stuck
from coe.onboarding.way import way_of
from coe.paths.models import Step

MOST_ERROR = 8_000
MOST_DETAILS = 4_000


@transaction.atomic
def ask_when_stuck(
    *,
    enrolment_id: int,
    key: str,
    actor: Person,
    goal: str = "",
    error: str = "",
    details: str = "",
    urgency: str = "week",
) -> Stuck:
    """Ask a mentor about a step: the path, the step, the error and what the team works on go with it. Asked twice while
    the first is open, the first is given.

    When it is resolved, a step that is not a quiz and that Cairn does not see by itself can be finished by it. Raises
    `Enrolment.DoesNotExist`, `Step.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` by field.
    """
    one = locked(enrolment_id, actor)
    access.require(actor, "onboarding.go", one)
    step = next((each for each in way_of(one).mine if each.key == key), None)
    if step is None:
        raise Step.DoesNotExist(key)
    for field, value, most in (("error", error, MOST_ERROR), ("details", details, MOST_DETAILS)):
        if len(value) > most:
            raise invalid(field, f"may have at most {most:,} characters")
    return _ask(
        one, step, actor, goal=goal.strip() or f"Stuck at “{step.title}”", error=error, details=details, urgency=urgency
    )


@transaction.atomic
def meet_mentor(*, enrolment_id: int, key: str, actor: Person, details: str = "") -> Stuck:
    """Ask for the meeting that the step is; it is done when the request is resolved, and who took it on is the
    person's mentor from then on.

    Raises as `ask_when_stuck` does.
    """
    one, _, step = stepping.opened(enrolment_id, key, actor)
    if step.kind != Step.Kind.MEET:
        raise Refused("This step is not to meet a mentor.")
    return _ask(one, step, actor, goal=step.title, error="", details=details, urgency="week")


def _ask(one: Enrolment, step: Step, actor: Person, *, goal: str, error: str, details: str, urgency: str) -> Stuck:
    if not helpdesk.is_open():
        raise Refused("There is nobody to ask yet: mentoring is not set up.")
    there = one.stuck.filter(step_key=step.key, answered_at=None).first()
    if there is not None:
        return there
    team = one.team
    made = helpdesk.ask(
        actor,
        helpdesk.Question(
            goal=goal[:200],
            topic=step.topic or "getting started",
            urgency=urgency,
            details=_told(one, step, error.strip(), details.strip()),
            subject=(team.subject_type_id, team.subject_id)
            if team and team.subject_type_id and team.subject_id
            else None,
            mentor_person=_mentor(one),
            origin=f"onboarding:{one.pk}:{step.key}",
        ),
    )
    row = Stuck.objects.create(
        enrolment=one,
        step_key=step.key,
        error=error.strip(),
        request_type_id=made.type_id,
        request_id=made.id,
        request_url=made.url,
        finishes_step=step.kind in (Step.Kind.MEET, Step.Kind.TASK, Step.Kind.READ),
    )
    facts = {"step": step.title, "key": step.key, "person": one.person_id}
    events.record(actor=actor, verb="onboarding.stuck", subject=one, facts=facts)
    return row


def _told(one: Enrolment, step: Step, error: str, details: str) -> str:
    """What the mentor reads first, in Markdown."""
    parts = [details] if details else []
    parts.append(f"Path: {one.path.title}, step: [{step.title}]({one.get_absolute_url()}#step-{step.key})")
    if error:
        fence = "```" if "```" not in error else "~~~~"
        parts.append(f"The error:\n\n{fence}\n{error}\n{fence}")
    return "\n\n".join(parts)


def _mentor(one: Enrolment) -> int | None:
    mentor = Mentor.objects.serving().filter(pk=one.mentor_id).first() if one.mentor_id else None
    return mentor.person_id if mentor else None


def hear(happened: Sequence[Event]) -> int:
    """What became of questions: who took one on is the mentor, and what is resolved can finish its step.

    Called by the consumer of the event stream; returns how many questions changed.
    """
    type_id = helpdesk.type_id()
    ids = {
        event.subject_id for event in happened if event.verb in helpdesk.verbs() and event.subject_type_id == type_id
    }
    rows = Stuck.objects.filter(request_type=type_id, request_id__in=ids, answered_at=None).select_related("enrolment")
    known = helpdesk.standings(ids) if rows else {}
    return sum(_hear(row, known[row.request_id]) for row in rows if row.request_id in known)


def _hear(row: Stuck, standing: helpdesk.Standing) -> bool:
    one = next(each for each in marking.lock([row.enrolment]) if each.pk == row.enrolment_id)
    mentor = Mentor.objects.filter(person=standing.helper).first() if standing.helper else None
    if (
        standing.state in ("open", "resolved")
        and mentor
        and one.mentor_id is None
        and mentor.person_id != one.person_id
    ):
        one.mentor = mentor
        one.save(update_fields=["mentor"])
    if standing.state not in ("resolved", "withdrawn"):
        return False
    row.answered_at = timezone.now()
    row.save(update_fields=["answered_at"])
    if standing.state == "resolved" and row.finishes_step and one.state == Enrolment.State.ACTIVE:
        _finish(one, row, standing)
    return True


def _finish(one: Enrolment, row: Stuck, standing: helpdesk.Standing) -> None:
    way = way_of(one)
    step = next((each for each in way.mine if each.key == row.step_key), None)
    if step is None or step.key not in way.open:
        return
    evidence = ((standing.label, standing.url),)
    marking.mark(way, [Mark(step, Progress.State.DONE, timezone.now(), evidence=evidence, by=one.person)])
    stepping.after(one)
