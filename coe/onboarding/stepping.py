"""The verbs of steps: read and done, quizzes, waived, opened again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, events
from coe.core.errors import Refused, invalid
from coe.onboarding import marking, verifying
from coe.onboarding.enrolling import locked
from coe.onboarding.marking import Mark
from coe.onboarding.models import Enrolment, Progress, QuizTry
from coe.onboarding.way import Way, way_of
from coe.paths.models import Step

MOST_NOTE = 4_000
_DAY = timedelta(hours=24)


@transaction.atomic
def finish_step(*, enrolment_id: int, key: str, actor: Person, note: str = "", link: str = "") -> Progress:
    """Say that one has read it or done it; a task shows what it asks for (`note` in words, or a `link`).

    Raises `Enrolment.DoesNotExist`, `Step.DoesNotExist`, `PermissionDenied`, `Refused` for what is not open, what Cairn
    sees by itself and what is finished by other means, `ValidationError` by field.
    """
    one, way, step = opened(enrolment_id, key, actor)
    if step.kind in (Step.Kind.VERIFIED, Step.Kind.QUIZ, Step.Kind.MEET):
        raise Refused(_HOW[Step.Kind(step.kind)])
    note, link = note.strip(), link.strip()
    if step.evidence == "words" and not note:
        raise invalid("note", "must say what came of it")
    if step.evidence == "link" and not link:
        raise invalid("link", "must lead to what came of it")
    if len(note) > MOST_NOTE:
        raise invalid("note", f"may have at most {MOST_NOTE:,} characters")
    evidence = ((_shown(link), link),) if link else ()
    state = Progress.State.DONE
    row = marking.mark(way, [Mark(step, state, timezone.now(), evidence=evidence, note=note, by=actor)])[0]
    after(one)
    return row


@transaction.atomic
def undo_step(*, enrolment_id: int, key: str, actor: Person) -> None:
    """Open a step again that one finished by hand. Raises as `finish_step` does."""
    one = locked(enrolment_id, actor)
    access.require(actor, "onboarding.go", one)
    way = _active(one)
    step = _step(way, key)
    row = way.progress.get(key)
    if row is None or row.state != Progress.State.DONE or step.kind not in (Step.Kind.READ, Step.Kind.TASK):
        raise Refused("Only what you said yourself to have done can be taken back.")
    marking.unmark(way, step)
    events.record(actor=actor, verb="onboarding.step_reopened", subject=one, facts=_facts(one, step))
    after(one)


@transaction.atomic
def waive_step(*, enrolment_id: int, key: str, actor: Person, why: str) -> Progress:
    """Say that somebody does not need a step. By whoever guides the person. Raises as `finish_step` does."""
    one = locked(enrolment_id, actor)
    access.require(actor, "onboarding.guide", one)
    way = _active(one)
    step = _step(way, key)
    why = why.strip()
    if not why or len(why) > 500:
        raise invalid("why", "must say why, in at most 500 characters")
    if key in way.done:
        raise Refused("It is done already.")
    row = marking.mark(way, [Mark(step, Progress.State.WAIVED, timezone.now(), why=why, by=actor)])[0]
    after(one)
    return row


@transaction.atomic
def answer_quiz(*, enrolment_id: int, key: str, actor: Person, answers: Sequence[Sequence[int]]) -> QuizTry:
    """Try a quiz: `answers` has the places of the chosen options for each question. Passed, the step is done, and so
    are the steps that it covers.

    A question is right when exactly its right options are chosen. Raises as `finish_step` does, and `Refused` after as
    many tries within 24 hours as the step allows.
    """
    one, way, step = opened(enrolment_id, key, actor)
    if step.kind != Step.Kind.QUIZ:
        raise Refused("This step is no quiz.")
    if len(answers) != len(step.questions):
        raise invalid("answers", f"must answer each of the {len(step.questions)} questions")
    since = timezone.now() - _DAY
    recent = list(one.tries.filter(step_key=key, at__gt=since).order_by("at").values_list("at", flat=True))
    if len(recent) >= step.tries_a_day:
        raise Refused(f"You tried it {len(recent)} times within a day. Read it again, and try once more tomorrow.")
    right = sum(set(chosen) == set(question["right"]) for chosen, question in zip(answers, step.questions, strict=True))
    asked = len(step.questions)
    made = QuizTry.objects.create(
        enrolment=one,
        step_key=key,
        edition=one.edition,
        answers=[sorted(set(chosen)) for chosen in answers],
        right=right,
        asked=asked,
        passed=100 * right >= step.pass_mark * asked,
    )
    facts = {**_facts(one, step), "right": right, "asked": asked, "passed": made.passed}
    events.record(actor=actor, verb="onboarding.quiz_tried", subject=one, facts=facts)
    if made.passed:
        _pass(one, way, step, actor)
    return made


def _pass(one: Enrolment, way: Way, step: Step, actor: Person) -> None:
    now = timezone.now()
    covered = [each for each in way.mine if each.key in step.covers and each.key not in way.done and each is not step]
    marks = [Mark(step, Progress.State.DONE, now, by=actor)]
    marks += [Mark(each, Progress.State.TESTED_OUT, now, by=actor) for each in covered]
    marking.mark(way, marks)
    after(one)


def opened(enrolment_id: int, key: str, actor: Person) -> tuple[Enrolment, Way, Step]:
    """The step that the actor may do now, with its way, under the locks. Raises as `finish_step` does."""
    one = locked(enrolment_id, actor)
    access.require(actor, "onboarding.go", one)
    way = _active(one)
    step = _step(way, key)
    if key in way.done:
        raise Refused("It is done already.")
    if key not in way.open:
        line = way.line(key)
        first = line.held_by[0].title if line and line.held_by else "the steps before it"
        raise Refused(f"It is not open yet: “{first}” comes first.")
    return one, way, step


def after(one: Enrolment) -> None:
    """Bring the enrolment and those of the team up to date: what opens may be seen already."""
    wanted = Enrolment.objects.active().filter(pk=one.pk)
    if one.team_id:
        wanted = wanted | Enrolment.objects.active().filter(team=one.team_id)
    verifying.verify(wanted.only("pk"))


def _active(one: Enrolment) -> Way:
    if one.state != Enrolment.State.ACTIVE:
        raise Refused("This path has come to its end. What was done is kept as it is.")
    return way_of(one)


def _step(way: Way, key: str) -> Step:
    step = next((each for each in way.mine if each.key == key), None)
    if step is None:
        raise Step.DoesNotExist(key)
    return step


def _facts(one: Enrolment, step: Step) -> dict[str, object]:
    return {"step": step.title, "key": step.key, "person": one.person_id}


def _shown(link: str) -> str:
    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(link) > 500:
        raise invalid("link", "must begin with https:// or http:// and have at most 500 characters")
    return f"{parts.hostname}{parts.path}"[:80]


_HOW = {
    Step.Kind.VERIFIED: "Cairn sees this step by itself. Nothing needs to be ticked.",
    Step.Kind.QUIZ: "A quiz is finished by passing it.",
    Step.Kind.MEET: "It is finished when you and a mentor have met.",
}
