"""Whom news of guides reach: who owns what readers speak of, who wrote, who has to verify."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.contrib.contenttypes.models import ContentType

from coe.accounts.queries import administrators
from coe.core import telling
from coe.core.models import Event
from coe.core.telling import News
from coe.core.wording import because, pair, quote, who
from coe.guides import feedback_subjects as subjects
from coe.guides.models import Document, Feedback

FEEDBACK, VERIFICATION = "feedback", "verification"
telling.topic(
    FEEDBACK,
    "Feedback",
    about="What readers say of your guides, projects and models, and answers to what you said.",
    order=40,
    email="at_once",
)
telling.topic(
    VERIFICATION,
    "Guides to verify",
    about="Guides of yours that somebody should look through again, and guides that become yours.",
    order=50,
    email="daily",
)
_SAID = {
    Feedback.Kind.WRONG_OUTPUT: "reported a wrong output of",
    Feedback.Kind.COMMENT: "commented on",
    Feedback.Kind.HELPFUL: "finds it helpful and says of",
    Feedback.Kind.NOT_HELPFUL: "does not find it helpful and says of",
}


# -- feedback -------------------------------------------------------------------------------------------------------
def _said(event: Event) -> Feedback | None:
    return Feedback.objects.filter(pk=event.subject_id).first()


def _owners(said: Feedback) -> set[int]:
    """Whom it goes to: who owns what it is about; the centre where nobody does."""
    kind = ContentType.objects.get_for_id(said.subject_type_id or 0).model_class()
    thing = kind._base_manager.filter(pk=said.subject_id).first() if kind else None
    owner = subjects.owner_of(thing) if thing else None
    return {owner.pk} if owner else administrators()


def _news(said: Feedback, text: str, to: Collection[int]) -> Iterable[News]:
    yield News(FEEDBACK, text, to, pair(said), said.get_absolute_url(), f"feedback:{said.pk}")


@telling.tell("feedback.given")
def _given(event: Event) -> Iterable[News]:
    """Words, to whom they are addressed. A vote without words is only counted."""
    said = _said(event)
    if said is not None and said.state != Feedback.State.NOTED:
        words = quote(said.text or said.got)
        text = because(f"{who(event)} {_SAID[Feedback.Kind(said.kind)]} {event.facts['label']}", words)
        yield from _news(said, text, _owners(said))


@telling.tell("feedback.answered")
def _answered(event: Event) -> Iterable[News]:
    said = _said(event)
    if said is not None:
        about, outcome = event.facts["label"], event.facts["outcome"]
        outcome = outcome[:1].lower() + outcome[1:]
        text = because(f"{who(event)} answered what you said of {about} ({outcome})", quote(event.facts["answer"]))
        yield from _news(said, text, {said.author_id})


@telling.tell("feedback.reopened")
def _reopened(event: Event) -> Iterable[News]:
    """Both sides: whoever took it up again is the actor of the two."""
    said = _said(event)
    if said is not None:
        about = f"{who(event)} took up again what was said of {event.facts['label']}"
        yield from _news(said, because(about, event.facts["reason"]), {said.author_id, *_owners(said)})


# -- verification -----------------------------------------------------------------------------------------------------
def _to_verify(document: Document, text: str) -> Iterable[News]:
    url, thread = document.get_absolute_url(), f"document:{document.pk}"
    yield News(VERIFICATION, text, {document.owner_id}, pair(document), url, thread)


@telling.tell("document.verification_due")
def _due(event: Event) -> Iterable[News]:
    document = Document.objects.filter(pk=event.subject_id).first()
    if document is None:
        return
    title = f"“{event.facts['title']}”"
    if event.facts.get("was_verified"):
        text = f"The verification of {title} has run out. Read it through, and verify it where it is still true."
    else:
        text = f"Nobody has verified {title} since it was published. Read it through, and verify it where it is true."
    yield from _to_verify(document, text)


@telling.tell("document.edited")
def _given_away(event: Event) -> Iterable[News]:
    """Whose guide it became."""
    document = Document.objects.select_related("published").filter(pk=event.subject_id).first()
    if document is not None and "owner" in event.facts.get("fields", []):
        yield from _to_verify(document, f"{who(event)} made you the owner of “{subjects.title_of(document)}”.")
