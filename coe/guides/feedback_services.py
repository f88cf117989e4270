"""The verbs of feedback: what a reader says of a document or of what it explains, and what its owner answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from coe.accounts.models import Person
from coe.core import access, events, markdown
from coe.core.errors import Refused, invalid
from coe.core.http import today
from coe.guides import feedback_subjects as subjects
from coe.guides.models import Feedback

Kind, State = Feedback.Kind, Feedback.State
VOTES = (Kind.HELPFUL, Kind.NOT_HELPFUL)
# What a PositiveIntegerField holds.
MOST = 2**31 - 1
_SECTION = re.compile(r"[\w-]{1,80}")
# What an answer leaves on the row, and reopening takes away; the event stream keeps what it was.
_ANSWER = ["state", "outcome", "answer", "answer_html", "answered_by", "answered_at"]


@dataclass(frozen=True)
class _Said:
    """What was said, checked."""

    kind: str
    text: str
    section: str
    version: int | None
    revision: int | None
    got: str
    expected: str
    happened_on: date | None

    @property
    def state(self) -> str:
        """A vote without words is only counted; everything else wants an answer."""
        return State.NOTED if self.kind in VOTES and not self.text else State.OPEN

    def fields(self) -> dict[str, Any]:
        return {**self.__dict__, "state": self.state}


def give_feedback(
    *,
    actor: Person,
    subject: tuple[int, int],
    kind: str,
    text: str = "",
    section: str = "",
    version: int | None = None,
    revision: int | None = None,
    got: str = "",
    expected: str = "",
    happened_on: date | None = None,
) -> Feedback:
    """Say something of the thing with that (content type id, id), to its owner.

    A person has one vote (helpful or not) on each thing: another one takes the place of the first, and what the first
    said in words stays as a comment. Without a `revision`, that of the published text is noted. Raises
    `Document.DoesNotExist` for what the actor may not know of, and `ValidationError` by field.
    """
    # Before the input is looked at: whoever may not know of the thing learns nothing from how the input is refused.
    about = subjects.find(actor, *subject)
    said = _checked(kind, text, section, version, revision, got, expected, happened_on)
    with transaction.atomic():
        # One person's words come in one after the other: a double click is one vote.
        Person.objects.select_for_update(no_key=True).get(pk=actor.pk)
        seen = subjects.text_of(about, actor)
        if said.revision is None and seen is not None:
            said = _Said(**{**said.__dict__, "revision": seen.number})
        return _vote(actor, subject, said, about) if said.kind in VOTES else _write(actor, subject, said, about)


def _write(actor: Person, subject: tuple[int, int], said: _Said, about: Any) -> Feedback:
    made = Feedback.objects.create(author=actor, subject_type_id=subject[0], subject_id=subject[1], **said.fields())
    _record(made, actor, "feedback.given", about, kind=made.get_kind_display().lower())
    return made


def _vote(actor: Person, subject: tuple[int, int], said: _Said, about: Any) -> Feedback:
    mine = Feedback.objects.select_for_update().filter(
        author=actor, subject_type=subject[0], subject_id=subject[1], kind__in=VOTES
    )
    vote = mine.first()
    if vote is None:
        return _write(actor, subject, said, about)
    if vote.kind == said.kind and not said.text and vote.version == said.version:
        return vote
    if vote.state == State.ANSWERED or (vote.text and vote.kind != said.kind):
        vote.kind = Kind.COMMENT
        vote.save(update_fields=["kind"])
        return _write(actor, subject, said, about)
    if not said.text:
        said = _Said(**{**said.__dict__, "text": vote.text})
    vote.created_at = timezone.now()
    for name, value in said.fields().items():
        setattr(vote, name, value)
    vote.save(update_fields=["created_at", *said.fields()])
    _record(vote, actor, "feedback.given", about, kind=vote.get_kind_display().lower())
    return vote


def answer_feedback(*, feedback_id: int, actor: Person, outcome: str, answer: str) -> Feedback:
    """Answer what a reader said, in Markdown, with what comes of it. Two who answer at once: the second is told.

    Raises `Feedback.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` by field.
    """
    access.require(actor, "feedback.answer", Feedback.objects.visible_to(actor).get(pk=feedback_id))
    answer = _words(answer, "answer", 4000, required="must say something to the person who wrote")
    if outcome not in Feedback.Outcome.values:
        raise invalid("outcome", "must be one of " + ", ".join(Feedback.Outcome.values))
    # Outside of the lock: rendering may take its time.
    html = markdown.render(answer, field="answer")
    with transaction.atomic():
        said = locked(feedback_id, actor)
        access.require(actor, "feedback.answer", said)
        if said.state == State.ANSWERED:
            raise Refused(f"{said.answered_by} has answered it already. Look at the answer first.")
        if said.state != State.OPEN:
            raise Refused("It was only a vote, without words: there is nothing to answer.")
        said.state, said.outcome, said.answer, said.answer_html = State.ANSWERED, outcome, answer, html
        said.answered_by, said.answered_at = actor, timezone.now()
        said.save(update_fields=_ANSWER)
        _record(said, actor, "feedback.answered", None, outcome=said.get_outcome_display(), answer=answer)
    return said


@transaction.atomic
def reopen_feedback(*, feedback_id: int, actor: Person, reason: str) -> Feedback:
    """Say why the answer does not settle it: it waits for an answer again. The old answer stays in what happened.

    Raises `Feedback.DoesNotExist`, `PermissionDenied`, `Refused`, `ValidationError` on `reason`.
    """
    said = locked(feedback_id, actor)
    access.require(actor, "feedback.reopen", said)
    reason = _words(reason, "reason", 1000, required="must say what the answer leaves open")
    if said.state != State.ANSWERED:
        raise Refused("It has no answer yet.")
    said.state, said.outcome, said.answer, said.answer_html = State.OPEN, "", "", ""
    said.answered_by = said.answered_at = None
    said.save(update_fields=_ANSWER)
    _record(said, actor, "feedback.reopened", None, reason=reason)
    return said


@transaction.atomic
def withdraw_feedback(*, feedback_id: int, actor: Person) -> None:
    """Take back what one said, while nobody has answered it: the words are gone for good.

    Raises `Feedback.DoesNotExist`, `PermissionDenied`, `Refused`.
    """
    said = locked(feedback_id, actor)
    access.require(actor, "feedback.withdraw", said)
    if said.state == State.ANSWERED:
        raise Refused("It has been answered, so that others rely on it. It stays.")
    _record(said, actor, "feedback.withdrawn", None)
    said.delete()


def locked(feedback_id: int, actor: Person) -> Feedback:
    """The feedback under its row's lock. Raises `Feedback.DoesNotExist` for whoever may not know of it."""
    visible = Feedback.objects.visible_to(actor).select_related("answered_by")
    found: Feedback = visible.select_for_update(of=("self",)).get(pk=feedback_id)
    return found


def _record(said: Feedback, actor: Person, verb: str, about: Any, **facts: object) -> None:
    if about is None:
        pair = (said.subject_type_id or 0, said.subject_id or 0)
        there = subjects.named([pair], actor).get(pair)
        label = there.label if there else "something that is closed to its author"
    else:
        label = subjects.title_of(about)
    events.record(actor=actor, verb=verb, subject=said, facts={"label": label, **facts})


def _checked(
    kind: str,
    text: str,
    section: str,
    version: int | None,
    revision: int | None,
    got: str,
    expected: str,
    happened_on: date | None,
) -> _Said:
    if kind not in Kind.values:
        raise invalid("kind", "must be one of " + ", ".join(Kind.values))
    text = _words(text, "text", 4000, required="must say something" if kind == Kind.COMMENT else "")
    if section and not _SECTION.fullmatch(section):
        raise invalid("section", "must be the key of a section: letters, digits and hyphens, at most 80")
    for name, number in (("version", version), ("revision", revision)):
        if number is not None and not 1 <= number <= MOST:
            raise invalid(name, f"must be a number from 1 to {MOST}")
    if kind == Kind.WRONG_OUTPUT:
        got = _words(got, "got", 1000, required="must say what came out")
        expected = _words(expected, "expected", 1000)
        if happened_on is not None and happened_on > today():
            raise invalid("happened_on", "must not lie in the future")
    else:
        for name, value in (("got", got), ("expected", expected), ("happened_on", happened_on)):
            if value:
                raise invalid(name, "belongs to the report of a wrong output")
        got, expected, happened_on = "", "", None
    return _Said(kind, text, section, version, revision, got, expected, happened_on)


def _words(value: str, field: str, most: int, *, required: str = "") -> str:
    value = value.strip()
    if required and not value:
        raise invalid(field, required)
    if len(value) > most:
        raise invalid(field, f"may have at most {most:,} characters")
    if "\x00" in value:
        raise invalid(field, "must not hold the character NUL")
    return value
