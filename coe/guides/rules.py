"""Who may know of documents and of what readers say, who writes, and who answers."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from coe.accounts.models import Person, Role
from coe.accounts.rules import in_scope, is_administrator, standing
from coe.core import access, events
from coe.guides import about
from coe.guides.models import Document, Feedback

WRITERS = (Role.CONTRIBUTOR, Role.UNIT_LEAD, Role.MENTOR, Role.APPROVER, Role.ADMINISTRATOR)


@access.visibility("document")
def _documents(person: Person) -> Q:
    """Published ones that are open to the person, about nothing or about what the person may know of; and those that
    the person may edit.
    """
    if is_administrator(person):
        return Q()
    own = in_scope(standing(person).scope())
    if person.unit_id:
        own |= in_scope(frozenset({person.unit_id}))
    open_to = Q(visibility="company") | Q(visibility="unit") & own
    known = Q(subject_type=None) | about.visible_subjects(person)
    return Q(published__isnull=False) & open_to & known | editable(person)


def editable(person: Person) -> Q:
    """The condition on documents that the person may edit: the owner, the lead of its unit, whoever may write on what
    it is about, the centre.
    """
    if is_administrator(person):
        return Q()
    led = Q(unit__isnull=False) & in_scope(standing(person).scope(Role.UNIT_LEAD))
    return Q(owner=person) | (Q(subject_type=None) & led) | about.editable_subjects(person)


@access.visibility("feedback")
def _feedback(person: Person) -> Q:
    """One's own, and what was said of things that the person may know of."""
    if is_administrator(person):
        return Q()
    documents = Document.objects.visible_to(person).order_by().values("pk")
    of_document = Q(subject_type=ContentType.objects.get_for_model(Document), subject_id__in=documents)
    return Q(author=person) | of_document | about.visible_subjects(person)


def answerable(person: Person) -> Q:
    """The condition on feedback that the person may answer."""
    if is_administrator(person):
        return Q()
    documents = Document.objects.filter(editable(person)).order_by().values("pk")
    of_document = Q(subject_type=ContentType.objects.get_for_model(Document), subject_id__in=documents)
    return of_document | about.editable_subjects(person)


@access.rule("document.create")
def _create(person: Person, _subject: object) -> bool:
    return standing(person).holds_anywhere(*WRITERS)


@access.rule("document.edit")
def _edit(person: Person, document: object) -> bool:
    """Write, publish, verify, archive it, give it to another owner."""
    return isinstance(document, Document) and (
        document.owner_id == person.pk
        or is_administrator(person)
        or Document.objects.filter(editable(person), pk=document.pk).exists()
    )


@access.rule("feedback.answer")
def _answer(person: Person, feedback: object) -> bool:
    return isinstance(feedback, Feedback) and Feedback.objects.filter(answerable(person), pk=feedback.pk).exists()


@access.rule("feedback.reopen")
def _reopen(person: Person, feedback: object) -> bool:
    """Whoever said it, and whoever may answer."""
    return isinstance(feedback, Feedback) and (
        feedback.author_id == person.pk or access.may(person, "feedback.answer", feedback)
    )


@access.rule("feedback.withdraw")
def _withdraw(person: Person, feedback: object) -> bool:
    return isinstance(feedback, Feedback) and feedback.author_id == person.pk


events.sentence("document.created", "began the {kind} “{title}”")
events.sentence("document.edited", lambda facts: "changed " + ", ".join(facts.get("fields", [])).replace("_", " "))
events.sentence(
    "document.revised",
    lambda facts: f"wrote revision {facts['number']}" + (f": {facts['note']}" if facts.get("note") else ""),
)
events.sentence("document.restored", "took up revision {restored_from} again, as revision {number}")
events.sentence("document.published", "published “{title}”")
events.sentence("document.withdrawn", "took “{title}” back from readers: {reason}")
events.sentence("document.verified", "verified “{title}”")
events.sentence("document.verification_due", "asks to verify “{title}”")
events.sentence("document.archived", "took “{title}” out of use: {reason}")
events.sentence("document.recalled", "put “{title}” into use again")
events.sentence("document.file_added", "added the file {name}")
events.sentence("document.file_removed", "removed the file {name}")
events.sentence("document.imported", "brought in “{title}” from {origin}")
events.sentence("feedback.given", lambda facts: f"said “{facts['kind']}” of {facts['label']}")
events.sentence("feedback.answered", lambda facts: f"answered what was said of {facts['label']}: {facts['outcome']}")
events.sentence(
    "feedback.reopened", lambda facts: f"took up again what was said of {facts['label']}: {facts['reason']}"
)
events.sentence("feedback.withdrawn", lambda facts: f"took back what was said of {facts['label']}")
