"""What readers say and do: votes, comments, reports of wrong outputs and their answers, who uses and reads what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from coe.accounts.models import Person
from coe.guides import feedback_services as feedback
from coe.guides.library import note_reader
from coe.guides.models import Document, Feedback, Reader
from demo.world import clock
from demo.world.clock import SEED, Story, moment, today
from demo.world.content.reports import READERS, REMARKS, REPORTS, USES, VOTES, Remark, Reply, Report
from demo.world.content.staff import SIGN_IN
from demo.world.guiding import models
from demo.world.people import Cast
from projects.modelpages import services as modelpages
from projects.modelpages.models import Use
from projects.modelpages.sections import guides_of
from projects.tracking.models import ModelVersion, RegisteredModel

# Votes are not older than this, so that nobody judged what was not written yet.
_VOTED_WITHIN, _READ_WITHIN = 50, 29
_USUAL_READERS = 6
_NEWCOMERS = frozenset(key for key, _ in SIGN_IN)


def pair(subject: Model) -> tuple[int, int]:
    """What feedback names its subject by."""
    return ContentType.objects.get_for_model(subject).pk, subject.pk


def missing() -> bool:
    """Whether nobody has read, said or used anything yet."""
    return not (Feedback.objects.exists() or Reader.objects.exists() or Use.objects.exists())


def add_all(story: Story, cast: Cast) -> None:
    """All of it."""
    for add in (add_uses, add_reports, add_remarks, add_votes, add_readers):
        add(story, cast)


def add_uses(story: Story, cast: Cast) -> None:
    known = models()
    for name, who, purpose, ago in USES:
        if name in known:
            use = partial(modelpages.use_model, model_id=known[name].pk, actor=cast.people[who], purpose=purpose)
            story.add(moment(ago, f"use {name} {who}"), use)


def add_reports(story: Story, cast: Cast) -> None:
    """Reports of wrong outputs, each of the version that was in production on its day."""
    known = models()
    for report in REPORTS:
        if report.model in known:
            give = partial(_report, cast, report, known[report.model])
            _add(story, cast, report.ago, f"report {report.model} {report.by}", give, report.reply)


def add_remarks(story: Story, cast: Cast) -> None:
    for remark in REMARKS:
        give = partial(_remark, cast, remark)
        _add(story, cast, remark.ago, f"remark {remark.document} {remark.by}", give, remark.reply)


def _add(story: Story, cast: Cast, ago: int, what: str, give: Callable[[], Feedback], reply: Reply | None) -> None:
    """Something that is said, and its answer."""
    said: list[Feedback] = []
    story.add(moment(ago, what), lambda: said.append(give()))
    if reply is not None:
        answer = partial(_answer, cast, said, reply)
        story.add(moment(reply.ago, f"answer {what}"), answer)


def _report(cast: Cast, report: Report, model: RegisteredModel) -> Feedback:
    return feedback.give_feedback(
        actor=cast.people[report.by],
        subject=pair(model),
        kind=Feedback.Kind.WRONG_OUTPUT,
        section=report.section,
        version=_in_production(model, report.ago),
        got=report.got,
        expected=report.expected,
        text=report.text,
        happened_on=today() - timedelta(days=report.ago + report.after),
    )


def _in_production(model: RegisteredModel, ago: int) -> int | None:
    """The version behind the alias on that day, else the newest that there was."""
    day = today() - timedelta(days=ago)
    move = model.alias_moves.filter(alias="production", at__date__lte=day).order_by("-at").first()
    if move is not None and move.version:
        return move.version
    there = ModelVersion.objects.filter(model=model, created_at__date__lte=day).order_by("-version").first()
    return there.version if there else None


def _remark(cast: Cast, remark: Remark) -> Feedback:
    document = Document.objects.get(slug=remark.document)
    return feedback.give_feedback(
        actor=cast.people[remark.by],
        subject=pair(document),
        kind=Feedback.Kind.COMMENT,
        section=remark.section,
        text=remark.text,
    )


def _answer(cast: Cast, said: list[Feedback], reply: Reply) -> None:
    feedback.answer_feedback(
        feedback_id=said[0].pk, actor=cast.people[reply.by], outcome=reply.outcome, answer=reply.text
    )


def add_votes(story: Story, cast: Cast) -> None:
    """Whether people found it helpful. A model is voted on by its version in production, since it is there."""
    known = models()
    for name, (helpful, others) in VOTES.items():
        random = Random(f"{SEED} votes {name}")
        # Whom the sign-in page offers are asked first, and were helped.
        voters = sorted(random.sample(sorted(cast.people), helpful + others), key=_NEWCOMERS.__contains__, reverse=True)
        within = _days_in_production(known[name]) if name in known else _VOTED_WITHIN
        for place, who in enumerate(voters):
            kind = Feedback.Kind.HELPFUL if place < helpful else Feedback.Kind.NOT_HELPFUL
            vote = partial(_vote, known.get(name), name, cast.people[who], kind)
            story.add(moment(random.randrange(within), f"vote {name} {who}"), vote)


def _days_in_production(model: RegisteredModel) -> int:
    """How many days the version has been there, at least one and no more than votes go back."""
    move = model.alias_moves.filter(alias="production").order_by("-at").first()
    days = (today() - move.at.date()).days if move else _VOTED_WITHIN
    return max(1, min(days, _VOTED_WITHIN))


def _vote(model: RegisteredModel | None, name: str, actor: Person, kind: Feedback.Kind) -> None:
    subject: Model | None = model or Document.objects.published_only().filter(slug=name).first()
    if subject is not None:
        version = _in_production(model, 0) if model else None
        feedback.give_feedback(actor=actor, subject=pair(subject), kind=kind, version=version)


def add_readers(story: Story, cast: Cast) -> None:
    """Who read what in the last month: what is published, and open to them."""
    story.add(moment(0, "readers"), partial(_read, cast))


def _read(cast: Cast) -> None:
    names = {guide.pk: model.name for model in models().values() for guide in guides_of([model]).values()}
    open_to = {
        key: set(Document.objects.visible_to(one).values_list("pk", flat=True)) for key, one in cast.people.items()
    }
    for document in Document.objects.published_only():
        name = names.get(document.pk, document.slug)
        random = Random(f"{SEED} readers {name}")
        count = READERS.get(name, random.randrange(_USUAL_READERS + 1))
        may = [key for key in sorted(cast.people) if document.pk in open_to[key]]
        for who in random.sample(may, min(count, len(may))):
            with clock.at(moment(random.randrange(_READ_WITHIN), f"read {name} {who}")):
                note_reader(document, cast.people[who])
